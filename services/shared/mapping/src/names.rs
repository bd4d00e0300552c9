//! Ids in the place of names. What a name stands for is looked up before rules are compiled, so that rules in force hold ids only.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::rule::{Choice, Rule};
use crate::rules::{Origin, Rules};
use crate::table::{OnUnmapped, Table};

/// Rules and tables with ids where names stand, by the place and the name; see [`crate::Mapping::references`]. What is not listed stays as
/// it is.
#[must_use]
pub fn with_ids(
    rules: &Rules,
    tables: &BTreeMap<String, Table>,
    ids: &BTreeMap<(Origin, String), String>,
) -> (Rules, BTreeMap<String, Table>) {
    let (mut rules, mut tables) = (rules.clone(), tables.clone());
    let set = rules
        .set
        .iter_mut()
        .map(|(field, rule)| ("set", field, rule));
    let lines = rules.set_lines.iter_mut();
    let lines = lines.map(|(field, rule)| ("set_lines", field, rule));
    for (place, field, rule) in set.chain(lines) {
        put(rule, &format!("{place}.{field}"), ids);
    }
    for (place, fields) in &mut rules.set_on {
        for (field, rule) in fields {
            put(rule, &format!("set_on.{}.{field}", place.name()), ids);
        }
    }
    for (name, table) in &mut tables {
        let id = |value: Option<&String>, written: &str| {
            let origin = Origin::Table(name.clone(), value.cloned());
            ids.get(&(origin, written.to_owned())).cloned()
        };
        for (value, written) in &mut table.entries {
            if let Some(id) = id(Some(value), written) {
                *written = id;
            }
        }
        if let OnUnmapped::Default(written) = &mut table.unmapped
            && let Some(id) = id(None, written)
        {
            *written = id;
        }
    }
    (rules, tables)
}

fn put(rule: &mut Rule, place: &str, ids: &BTreeMap<(Origin, String), String>) {
    let choices: &mut [Choice] = match rule {
        Rule::Expression(_) => return,
        Rule::One(choice) => std::slice::from_mut(choice),
        Rule::FirstOf(choices) => choices,
    };
    for value in choices.iter_mut().filter_map(|one| one.value.as_mut()) {
        let written = match value {
            Value::Object(fields) => fields.get_mut("id"),
            plain => Some(plain),
        };
        if let Some(Value::String(written)) = written
            && let name = written.trim().to_owned()
            && let Some(id) = ids.get(&(Origin::Rule(place.to_owned()), name))
        {
            written.clone_from(id);
        }
    }
}
