//! The variables of the requests that set a product and what stands beside it.

use std::collections::BTreeMap;

use ports::Fault;
use serde_json::{Map, Value, json};

use super::Input;
use crate::wire::State;

/// The product with that global id, or else the one that bears our key, which is made where there is none.
pub(crate) fn set(id: Option<&str>, key: &str, input: &Input) -> Value {
    let identifier = match id {
        Some(id) => json!({ "id": id }),
        None => json!({ "customId": { "namespace": "causeway", "key": "key", "value": key } }),
    };
    json!({ "identifier": identifier, "input": input })
}

/// The metafield by which a product bears our key.
pub(crate) fn key(owner: &str, key: &str) -> Value {
    metafield(owner, "key", "id", key)
}

/// The metafield in which is remembered what we put in.
pub(crate) fn state(owner: &str, state: &State) -> Value {
    metafield(owner, "state", "json", &json!(state).to_string())
}

fn metafield(owner: &str, key: &str, kind: &str, value: &str) -> Value {
    json!({ "ownerId": owner, "namespace": "causeway", "key": key, "type": kind, "value": value })
}

/// Metafields to be set.
pub(crate) fn remembered(fields: &[Value]) -> Value {
    json!({ "metafields": fields })
}

/// The sales channels of those names; `known` says what shows a product there.
///
/// # Errors
/// [`Fault::Held`] for a name that the shop does not know.
pub(crate) fn published(
    id: &str,
    names: &[String],
    known: &BTreeMap<String, String>,
) -> Result<Value, Fault> {
    let mut input = Vec::with_capacity(names.len());
    for name in names {
        let Some(publication) = known.get(name) else {
            let known: Vec<&str> = known.keys().map(String::as_str).collect();
            return Err(Fault::Held {
                why: format!(
                    "the shop has no sales channel '{name}', only {}: correct the connection's setting 'products.publish_to'",
                    known.join(", ")
                ),
            });
        };
        input.push(json!({ "publicationId": publication }));
    }
    Ok(json!({ "id": id, "input": input }))
}

/// Products, by their global ids, that are put into a collection, and that are taken out of it.
pub(crate) fn collected(
    collection: &str,
    source: &str,
    (joining, leaving): (&[&str], &[&str]),
) -> Value {
    let products =
        |ids: &[&str]| -> Vec<Value> { ids.iter().map(|id| json!({ "productId": id })).collect() };
    let mut inclusion = Map::new();
    for (name, some) in [
        ("selectionsToAdd", joining),
        ("selectionsToRemove", leaving),
    ] {
        if !some.is_empty() {
            inclusion.insert(name.to_owned(), products(some).into());
        }
    }
    let update = json!({ "condition": { "id": source, "inclusion": inclusion } });
    json!({ "collection": { "id": collection, "sourcesToUpdate": [update] } })
}
