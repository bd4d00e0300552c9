//! Tables: a storefront's value on the left, the target's on the right.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A named look-up, used in expressions as `lookup("name", value)`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The storefront's value and the target's value for it.
    #[serde(default)]
    pub entries: BTreeMap<String, String>,
    /// What a value without an entry becomes.
    #[serde(default)]
    pub unmapped: OnUnmapped,
}

/// What a value without an entry becomes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnUnmapped {
    /// The record is held until somebody adds the entry.
    #[default]
    Hold,
    /// This value.
    Default(String),
}

impl Table {
    /// The target's value, or `None` when the record is to be held.
    #[must_use]
    pub fn find(&self, value: &str) -> Option<&str> {
        match (self.entries.get(value), &self.unmapped) {
            (Some(found), _) => Some(found),
            (None, OnUnmapped::Default(default)) => Some(default),
            (None, OnUnmapped::Hold) => None,
        }
    }
}
