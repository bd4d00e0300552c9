//! What an order that was put in says of itself, field by field.

use serde_json::{Map, Value as Json};

use super::super::graphql::GraphError;
use super::super::graphql::schema::{SCHEMA, Shape};
use super::{Node, Outcome, Thing, Value};

/// Whether the shop says this of every order itself: it gives out ids, files orders by its own time, and knows how far it has come
/// with them.
pub(super) fn is_the_shops(field: &str) -> bool {
    matches!(
        field,
        "id" | "legacyResourceId"
            | "createdAt"
            | "updatedAt"
            | "displayFulfillmentStatus"
            | "retailLocation"
            | "risk"
    )
}

/// A field of an order, or of one of its parts. What is not said is refused: an answer of nothing would be made up.
pub(super) fn field<'s>(
    node: Node<'s>,
    of: &'static str,
    said: &'s Map<String, Json>,
    name: &str,
) -> Outcome<'s> {
    let Some(value) = said.get(name) else {
        return Err(GraphError::new(format!(
            "the sandbox cannot answer {of}.{name}: the order that was put in does not say it"
        )));
    };
    let held = SCHEMA.get(of).and_then(|found| found.fields.get(name));
    Ok(match held.map_or(Shape::Leaf, |field| field.shape) {
        Shape::Leaf => leaf(value),
        Shape::Object(held) => node.maybe(part(held, value)),
        Shape::List(held) => node.many(parts(held, value)),
        Shape::Connection(held) => node.many(
            value
                .get("nodes")
                .into_iter()
                .flat_map(|nodes| parts(held, nodes)),
        ),
    })
}

fn part<'s>(held: &'static str, value: &'s Json) -> Option<Thing<'s>> {
    let said = value.as_object()?;
    // An object in the place of an interface or a union says which it is.
    let own = said.get("__typename").and_then(Json::as_str);
    let name = own.and_then(|name| SCHEMA.name(name)).unwrap_or(held);
    Some(Thing::Stated(name, said))
}

fn parts<'s>(held: &'static str, value: &'s Json) -> impl Iterator<Item = Thing<'s>> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(move |item| part(held, item))
}

fn leaf(value: &Json) -> Value<'_> {
    match value {
        Json::Null | Json::Object(_) => Value::Null,
        Json::Bool(value) => (*value).into(),
        Json::Number(value) => Value::Number(value.to_string()),
        Json::String(value) => value.into(),
        Json::Array(values) => {
            let texts = values.iter().filter_map(Json::as_str);
            Value::Texts(texts.map(Into::into).collect())
        }
    }
}
