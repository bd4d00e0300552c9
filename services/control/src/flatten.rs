//! A document as its single values, for comparing two.

use std::collections::BTreeMap;

use serde_json::Value;

/// Every single value of a document by its path (`syncs.orders.every`); texts as they are, all else as JSON.
#[must_use]
pub fn flatten(document: &Value) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    collect("", document, &mut values);
    values
}

fn collect(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                collect(&below(key), value, into);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                collect(&below(&index.to_string()), value, into);
            }
        }
        Value::String(text) => {
            into.insert(path.to_owned(), text.clone());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            into.insert(path.to_owned(), value.to_string());
        }
    }
}
