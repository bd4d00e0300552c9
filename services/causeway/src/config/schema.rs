//! The published JSON schema of the configuration file, for editors.

use schemars::schema_for;
use serde_json::{Value, json};

use super::file::File;

/// The schema of the file, with each endpoint's settings under its name.
pub(crate) fn schema() -> Value {
    let mut schema = schema_for!(File).to_value();
    let variants: Vec<Value> = endpoints::ALL
        .iter()
        .map(|endpoint| {
            json!({
                "if": {"properties": {"endpoint": {"const": endpoint.name}}},
                "then": {"properties": {"settings": (endpoint.schema)()}},
            })
        })
        .collect();
    if let Some(entry) = schema
        .pointer_mut("/$defs/ConnectionEntry")
        .and_then(Value::as_object_mut)
    {
        entry.insert("allOf".into(), Value::Array(variants));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::schema;

    /// Written by `causeway schema > deploy/examples/causeway.schema.json`.
    const PUBLISHED: &str = include_str!("../../../../deploy/examples/causeway.schema.json");

    #[test]
    fn the_published_schema_is_the_schema() {
        let published: serde_json::Value = serde_json::from_str(PUBLISHED).unwrap();
        assert_eq!(published, schema());
    }
}
