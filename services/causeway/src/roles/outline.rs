//! Reads configurations for the control service.

use std::collections::BTreeMap;

use commerce::SyncId;
use control::{Outline, Reader};
use mapping::Mapping;
use serde_json::Value;

use crate::config;

/// The binary's grammar of configurations, as control sees it.
pub(crate) struct OutlineReader;

impl Reader for OutlineReader {
    fn read(&self, text: &str) -> Result<Outline, Vec<String>> {
        let config = config::read(text).map_err(told)?;
        let mut values = BTreeMap::new();
        flatten(
            "",
            &config::values(text).map_err(|problem| vec![problem.to_string()])?,
            &mut values,
        );
        let pools = config
            .connections
            .iter()
            .filter_map(|(id, one)| Some((id.clone(), (one.endpoint.limits)(&one.settings).ok()?)))
            .collect();
        let syncs = config.syncs.into_iter().map(|one| one.sync).collect();
        Ok(Outline {
            merchant: config.merchant,
            syncs,
            values,
            pools,
        })
    }

    fn mappings(&self, text: &str) -> Result<BTreeMap<SyncId, Mapping>, Vec<String>> {
        let config = config::read(text).map_err(told)?;
        let mut mappings = BTreeMap::new();
        for one in &config.syncs {
            let sync = &one.sync;
            let mapping = config
                .mapping(one)
                .map_err(|error| vec![format!("syncs.{}.{error}", sync.id)])?;
            mappings.insert(sync.id.clone(), mapping);
        }
        Ok(mappings)
    }
}

fn told(problems: Vec<config::Problem>) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// Every single value by its path.
fn flatten(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
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
                flatten(&below(key), value, into);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                flatten(&below(&index.to_string()), value, into);
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
