//! The published JSON schema of the configuration file, for editors.

use std::collections::{BTreeMap, BTreeSet};

use commerce::ConnectionId;
use endpoints::Endpoint;
use ports::Listing;
use schemars::schema_for;
use serde_json::{Map, Value, json};

use super::file::File;
use super::listed::LIST;

/// The extension of a setting's schema with a list whose ids editors offer for it, by their names; a name does not take the id's place.
const OFFERS: &str = "x-offers";

/// The schema of the file, with each endpoint's settings under its name.
pub(crate) fn schema() -> Value {
    let mut schema = schema_for!(File).to_value();
    let mut variants = Vec::new();
    for endpoint in endpoints::ALL {
        let settings = define(&mut schema, endpoint.name, (endpoint.schema)());
        variants.push(json!({
            "if": {"properties": {"endpoint": {"const": endpoint.name}}},
            "then": {"properties": {"settings": settings}},
        }));
    }
    if let Some(entry) = object(&mut schema, "/$defs/ConnectionEntry") {
        entry.insert("allOf".into(), Value::Array(variants));
    }
    schema
}

/// The schema of a file with that connection, whose settings take their ids by the names that the account's lists have for them.
pub(crate) fn schema_with(
    id: &ConnectionId,
    endpoint: &Endpoint,
    lists: &BTreeMap<String, Vec<Listing>>,
) -> Value {
    let mut schema = schema();
    let mut settings = (endpoint.schema)();
    offer(&mut settings, lists);
    let settings = define(&mut schema, &format!("connections.{id}"), settings);
    if let Some(connections) = object(&mut schema, "/properties/connections") {
        let entry = json!({
            "allOf": [{"$ref": "#/$defs/ConnectionEntry"}],
            "properties": {"settings": settings},
        });
        connections.insert("properties".into(), json!({ id.as_str(): entry }));
    }
    schema
}

/// The account's lists that an endpoint's settings name.
pub(crate) fn lists(endpoint: &Endpoint) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(&(endpoint.schema)(), &mut found);
    found
}

fn collect(schema: &Value, found: &mut BTreeSet<String>) {
    found.extend(list(schema).map(str::to_owned));
    let fields = schema.as_object().into_iter().flatten();
    let items = schema.as_array().into_iter().flatten();
    for part in fields.map(|(_, part)| part).chain(items) {
        collect(part, found);
    }
}

fn list(schema: &Value) -> Option<&str> {
    schema.get(LIST).or_else(|| schema.get(OFFERS))?.as_str()
}

fn object<'a>(schema: &'a mut Value, pointer: &str) -> Option<&'a mut Map<String, Value>> {
    schema.pointer_mut(pointer).and_then(Value::as_object_mut)
}

/// Moves a schema with its definitions under a name of its own into another's, since references count from the root; returns the
/// reference to it.
fn define(root: &mut Value, name: &str, mut schema: Value) -> Value {
    let own = object(&mut schema, "").and_then(|fields| {
        fields.remove("$schema");
        fields.remove("$defs")
    });
    let own = own.as_ref().and_then(Value::as_object).cloned();
    if let Some(definitions) = object(root, "/$defs") {
        for (part, mut definition) in own.into_iter().flatten() {
            rename(&mut definition, name);
            definitions.insert(format!("{name}.{part}"), definition);
        }
        rename(&mut schema, name);
        definitions.insert(name.to_owned(), schema);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn rename(schema: &mut Value, name: &str) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(to) if key == "$ref" => {
                        *to = to.replacen("#/$defs/", &format!("#/$defs/{name}."), 1);
                    }
                    other => rename(other, name),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, name)),
        _ => {}
    }
}

/// Lists the account's entries wherever the schema names their list.
fn offer(schema: &mut Value, lists: &BTreeMap<String, Vec<Listing>>) {
    let by_name = schema.get(LIST).is_some();
    let entries = list(schema).and_then(|list| lists.get(list)).cloned();
    if let Some(entries) = entries {
        choose(schema, &entries, by_name);
        return;
    }
    match schema {
        Value::Object(fields) => fields.values_mut().for_each(|part| offer(part, lists)),
        Value::Array(items) => items.iter_mut().for_each(|part| offer(part, lists)),
        _ => {}
    }
}

/// Any of the entries, or what the schema took before; within a list or group, of each of its values.
fn choose(schema: &mut Value, entries: &[Listing], by_name: bool) {
    for inner in ["items", "additionalProperties"] {
        if schema.get(inner).is_some_and(Value::is_object) {
            if let Some(inner) = schema.get_mut(inner) {
                choose(inner, entries, by_name);
            }
            return;
        }
    }
    let Some(fields) = schema.as_object_mut() else {
        return;
    };
    let kept = ["$ref", "anyOf", "type"].into_iter();
    let before: Map<String, Value> = kept.filter_map(|key| fields.remove_entry(key)).collect();
    let is_clear = |name: &str| {
        let same = entries.iter().filter(|one| one.name == name);
        by_name && !Listing::is_id(name) && same.count() == 1
    };
    let mut choices: Vec<Value> = entries
        .iter()
        .map(|entry| match is_clear(&entry.name) {
            true => json!({"const": entry.name, "title": entry.id}),
            false => json!({"const": entry.id, "title": entry.name}),
        })
        .collect();
    choices.push(Value::Object(before));
    fields.insert("anyOf".into(), Value::Array(choices));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by `causeway schema > deploy/examples/causeway.schema.json`.
    const PUBLISHED: &str = include_str!("../../../../deploy/examples/causeway.schema.json");

    #[test]
    fn the_published_schema_is_the_schema() {
        let published: Value = serde_json::from_str(PUBLISHED).unwrap();
        assert_eq!(published, schema());
    }

    fn references<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
        found.extend(schema.get("$ref").and_then(Value::as_str));
        let fields = schema.as_object().into_iter().flatten();
        let items = schema.as_array().into_iter().flatten();
        for part in fields.map(|(_, part)| part).chain(items) {
            references(part, found);
        }
    }

    fn completed() -> Value {
        let entry = |id: &str, name: &str| Listing {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        let lists = [
            (
                "locations".to_owned(),
                vec![
                    entry("1", "Main"),
                    entry("2", "Twin"),
                    entry("3", "Twin"),
                    entry("4", "100"),
                ],
            ),
            (
                "custom_fields".to_owned(),
                vec![entry("custcol_line", "Shop line")],
            ),
        ];
        let id = ConnectionId::new("netsuite").unwrap();
        schema_with(&id, endpoints::find("netsuite").unwrap(), &lists.into())
    }

    #[test]
    fn every_reference_leads_somewhere() {
        for schema in [schema(), completed()] {
            let mut found = Vec::new();
            references(&schema, &mut found);
            assert!(found.len() > 50, "{}", found.len());
            for reference in found {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(schema.pointer(pointer).is_some(), "{reference}");
            }
        }
    }

    #[test]
    fn editors_are_offered_the_accounts_names_where_ids_are_wanted() {
        let schema = completed();
        let offered = |place: &str| {
            let pointer = format!("/$defs/connections.netsuite.{place}/anyOf");
            let choices = schema.pointer(&pointer).and_then(Value::as_array).unwrap();
            let told = choices.iter().filter_map(|one| one["const"].as_str());
            told.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(offered("Orders/properties/location"), "Main, 2, 3, 4");
        assert_eq!(offered("Orders/properties/line_field"), "custcol_line");
        assert_eq!(offered("Stock/properties/locations/items"), "Main, 2, 3, 4");
        let per_name = "Refunds/properties/locations/additionalProperties";
        assert_eq!(offered(per_name), "Main, 2, 3, 4");
        let untouched = schema.pointer("/$defs/netsuite.Orders/properties/location/anyOf/0/const");
        assert_eq!(untouched, None);
    }
}
