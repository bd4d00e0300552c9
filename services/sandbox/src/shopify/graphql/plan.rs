//! What runs: an operation without fragments, one field for each response key.

use serde_json::{Map, Value as Json};

use super::schema::Shape;
use super::value::{Arguments, Input};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shopify) enum OperationKind {
    Query,
    Mutation,
}

#[derive(Debug)]
pub(in crate::shopify) struct Operation {
    pub(in crate::shopify) kind: OperationKind,
    pub(in crate::shopify) name: Option<String>,
    pub(in crate::shopify) fields: Vec<Field>,
    pub(super) variables: Vec<Variable>,
}

#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) default: Option<Json>,
}

#[derive(Debug)]
pub(in crate::shopify) struct Field {
    /// The name or alias.
    pub(in crate::shopify) key: String,
    pub(in crate::shopify) name: String,
    pub(super) shape: Shape,
    pub(super) selection: Selection,
    pub(super) conditions: Vec<(bool, Input)>,
    pub(super) arguments: Vec<(String, Input)>,
    pub(super) idempotency_key: Option<Input>,
}

impl Field {
    pub(in crate::shopify) fn arguments(&self, variables: &Map<String, Json>) -> Arguments {
        Arguments(
            self.arguments
                .iter()
                .filter_map(|(name, input)| Some((name.clone(), input.resolve(variables)?)))
                .collect(),
        )
    }

    /// The key of the directive `@idempotent`, if the field carries it.
    pub(in crate::shopify) fn idempotency_key(
        &self,
        variables: &Map<String, Json>,
    ) -> Option<String> {
        self.idempotency_key
            .as_ref()?
            .resolve(variables)?
            .as_str()
            .map(str::to_owned)
    }
}

/// What is selected of a field's value.
#[derive(Debug)]
pub(super) enum Selection {
    Nothing,
    Fields(Vec<Field>),
    /// Of an interface or union: the fields for each object that can stand there.
    ByType(Vec<(&'static str, Vec<Field>)>),
    Connection(Vec<(String, Part)>),
}

/// One field of a connection.
#[derive(Debug)]
pub(super) enum Part {
    Nodes(Selection),
    Edges(Vec<(String, EdgePart)>),
    PageInfo(Vec<(String, PageInfo)>),
}

#[derive(Debug)]
pub(super) enum EdgePart {
    Cursor,
    Node(Selection),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum PageInfo {
    HasNext,
    HasPrevious,
    Start,
    End,
}
