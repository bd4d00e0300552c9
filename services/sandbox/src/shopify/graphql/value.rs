use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::error::GraphError;

/// What a field resolves to.
#[derive(Debug)]
pub(in crate::shopify) enum Value<'a, O> {
    Null,
    Bool(bool),
    Int(i64),
    /// A number by its text, for `Float`: no binary fraction is ever involved.
    Number(String),
    Text(Cow<'a, str>),
    Texts(Vec<Cow<'a, str>>),
    Object(O),
    /// All items of a list, or all nodes of a connection that the engine is to page.
    Objects(Vec<O>),
    /// Objects found by id, null for each that was not found.
    Nodes(Vec<Option<O>>),
    /// One page of a connection that the resolver has paged itself.
    Page(Page<O>),
}

/// One page of a connection.
#[derive(Debug)]
pub(in crate::shopify) struct Page<O> {
    /// Nodes with their cursors.
    pub(in crate::shopify) nodes: Vec<(String, O)>,
    pub(in crate::shopify) has_next: bool,
    pub(in crate::shopify) has_previous: bool,
}

impl<O> From<bool> for Value<'_, O> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<O> From<u32> for Value<'_, O> {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl<O> From<i64> for Value<'_, O> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl<O> From<usize> for Value<'_, O> {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl<'a, O> From<&'a str> for Value<'a, O> {
    fn from(value: &'a str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl<'a, O> From<&'a String> for Value<'a, O> {
    fn from(value: &'a String) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl<O> From<String> for Value<'_, O> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl<O> From<jiff::Timestamp> for Value<'_, O> {
    fn from(value: jiff::Timestamp) -> Self {
        Self::Text(Cow::Owned(value.to_string()))
    }
}

impl<'a, O, T> From<Option<T>> for Value<'a, O>
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// A document's argument value, before the variables are known.
#[derive(Clone, Debug)]
pub(in crate::shopify) enum Input {
    Constant(Json),
    Variable(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Input {
    /// The value with `variables` filled in; `None` when it is a variable that was not given, which is not the same as null.
    pub(in crate::shopify) fn resolve(&self, variables: &Map<String, Json>) -> Option<Json> {
        match self {
            Self::Constant(value) => Some(value.clone()),
            Self::Variable(name) => variables.get(name).cloned(),
            Self::List(items) => Some(Json::Array(
                items
                    .iter()
                    .map(|item| item.resolve(variables).unwrap_or_default())
                    .collect(),
            )),
            Self::Object(fields) => {
                let given = fields
                    .iter()
                    .filter_map(|(name, field)| Some((name.clone(), field.resolve(variables)?)));
                Some(Json::Object(given.collect()))
            }
        }
    }
}

/// The arguments of one field, variables filled in.
#[derive(Debug, Default)]
pub(in crate::shopify) struct Arguments(pub(in crate::shopify) Vec<(String, Json)>);

impl Arguments {
    /// The argument, unless it is absent or null.
    pub(in crate::shopify) fn get(&self, name: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    pub(in crate::shopify) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    pub(in crate::shopify) fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Json::as_bool).unwrap_or(false)
    }

    pub(in crate::shopify) fn int(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    pub(in crate::shopify) fn texts(&self, name: &str) -> Vec<&str> {
        match self.get(name) {
            // GraphQL takes a single value where a list is expected.
            Some(Json::String(one)) => vec![one],
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// How many nodes of a connection are asked for: 1 to 250.
    pub(in crate::shopify) fn size(&self) -> Result<usize, GraphError> {
        let asked = self.int("first").or_else(|| self.int("last"));
        let Some(asked) = asked else {
            return Err(GraphError::coded(
                "BAD_REQUEST",
                "you must provide one of first or last",
            ));
        };
        match usize::try_from(asked) {
            Ok(size @ 0..=250) => Ok(size),
            Ok(_) => Err(GraphError::coded(
                "BAD_REQUEST",
                format!("first cannot exceed 250, got {asked}"),
            )),
            Err(_) => Err(GraphError::coded(
                "BAD_REQUEST",
                format!("first cannot be negative, got {asked}"),
            )),
        }
    }
}
