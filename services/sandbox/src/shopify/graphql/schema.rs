//! The part of the Admin schema that the sandbox has, in a notation of its own, one type a paragraph:
//!
//! `Type: field object:Type list:[Type] connection:Type* with(argument required!)`, and `Type = A | B` for an interface or a
//! union of which the sandbox has `A` and `B`. Connections take the paging arguments without saying so.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Every type and field of the sandbox.
const TYPES: &str = include_str!("../schema.txt");

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shopify) enum Shape {
    /// A scalar, an enum, or a list of them.
    Leaf,
    /// One object or null.
    Object(&'static str),
    /// A plain list of objects.
    List(&'static str),
    /// A connection over nodes of this type.
    Connection(&'static str),
}

#[derive(Debug)]
pub(in crate::shopify) struct FieldType {
    pub(in crate::shopify) shape: Shape,
    pub(in crate::shopify) arguments: Vec<&'static str>,
    pub(in crate::shopify) required: Vec<&'static str>,
}

#[derive(Debug, Default)]
pub(in crate::shopify) struct Type {
    pub(in crate::shopify) fields: HashMap<&'static str, FieldType>,
    /// For an interface or a union: the objects that can stand in its place.
    pub(in crate::shopify) possible: Vec<&'static str>,
}

/// Types by name.
#[derive(Debug)]
pub(in crate::shopify) struct Schema(HashMap<&'static str, Type>);

/// The sandbox's schema.
pub(in crate::shopify) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(TYPES));

const PAGING: [&str; 5] = ["first", "last", "after", "before", "reverse"];

impl Schema {
    fn read(text: &'static str) -> Self {
        let mut types: HashMap<&'static str, Type> = HashMap::new();
        let mut current = "";
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
        {
            let mut body = line;
            if !line.starts_with(' ') {
                if let Some((name, possible)) = line.split_once(" = ") {
                    types.entry(name).or_default().possible = possible.split(" | ").collect();
                    continue;
                }
                let Some((name, rest)) = line.split_once(':') else {
                    continue;
                };
                (current, body) = (name, rest);
            }
            let fields = &mut types.entry(current).or_default().fields;
            for (name, field) in split(body).into_iter().map(field) {
                fields.insert(name, field);
            }
        }
        Self(types)
    }

    pub(in crate::shopify) fn get(&self, name: &str) -> Option<&Type> {
        self.0.get(name)
    }

    /// The schema's own spelling of a type's name.
    pub(in crate::shopify) fn name(&self, name: &str) -> Option<&'static str> {
        self.0.get_key_value(name).map(|(name, _)| *name)
    }

    /// The objects an object, interface or union name stands for.
    pub(in crate::shopify) fn possible(&self, name: &'static str) -> Vec<&'static str> {
        match self.get(name) {
            Some(found) if !found.possible.is_empty() => found.possible.clone(),
            _ => vec![name],
        }
    }

    #[cfg(test)]
    pub(in crate::shopify) fn iter(&self) -> impl Iterator<Item = (&'static str, &Type)> {
        self.0.iter().map(|(name, found)| (*name, found))
    }
}

/// Splits at spaces outside parentheses.
fn split(body: &'static str) -> Vec<&'static str> {
    let mut depth = 0;
    body.split(move |c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ' ' && depth == 0
    })
    .filter(|word| !word.is_empty())
    .collect()
}

fn field(text: &'static str) -> (&'static str, FieldType) {
    let (head, shape) = match text.rsplit_once(':') {
        None => (text, Shape::Leaf),
        Some((head, held)) => {
            let shape = if let Some(node) = held.strip_suffix('*') {
                Shape::Connection(node)
            } else if let Some(item) = held
                .strip_prefix('[')
                .and_then(|held| held.strip_suffix(']'))
            {
                Shape::List(item)
            } else {
                Shape::Object(held)
            };
            (head, shape)
        }
    };
    let (name, list) = head.split_once('(').map_or((head, ""), |(name, list)| {
        (name, list.trim_end_matches(')'))
    });
    let mut arguments: Vec<&'static str> = list
        .split_whitespace()
        .map(|name| name.trim_end_matches('!'))
        .collect();
    if matches!(shape, Shape::Connection(_)) {
        arguments.extend(PAGING);
    }
    let required = list
        .split_whitespace()
        .filter_map(|name| name.strip_suffix('!'))
        .collect();
    (
        name,
        FieldType {
            shape,
            arguments,
            required,
        },
    )
}
