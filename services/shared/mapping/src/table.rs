//! Tables: a storefront's value on the left, the target's on the right.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rules::{Origin, Reference};

/// A named look-up, used in expressions as `lookup("name", value)` and in rules as `table`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The storefront's value and the target's value for it.
    #[serde(default)]
    pub entries: BTreeMap<String, String>,
    /// What a value without an entry becomes. Whatever it becomes, the value is listed by `causeway unmapped`.
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
    /// Nothing: the field is not set.
    PostWithout,
}

/// What a table gives for a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// The target's value.
    Value(&'a str),
    /// No value: the field is not set.
    Nothing,
    /// The record is to be held.
    Hold,
}

/// A value that a table has no entry for, and how often it was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped {
    /// The table's name.
    pub table: String,
    /// The value.
    pub value: String,
    /// How many look-ups of it there were.
    pub times: u64,
}

impl Table {
    /// What the table gives for a value.
    #[must_use]
    pub fn find(&self, value: &str) -> Found<'_> {
        match (self.entries.get(value), &self.unmapped) {
            (Some(found), _) => Found::Value(found),
            (None, OnUnmapped::Default(default)) => Found::Value(default),
            (None, OnUnmapped::PostWithout) => Found::Nothing,
            (None, OnUnmapped::Hold) => Found::Hold,
        }
    }
}

/// The longest value that is noted: a longer one is no name of a method.
const LONGEST_VALUE: usize = 200;
/// The most values noted between two looks, so that a rule that looks up order numbers fills no memory.
const MOST_NOTED: usize = 1_000;

/// The tables of a sync, and what they were asked for in vain.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    tables: BTreeMap<String, Table>,
    noted: Mutex<BTreeMap<(String, String), u64>>,
}

impl Tables {
    pub(crate) fn new(tables: &BTreeMap<String, Table>) -> Self {
        Self {
            tables: tables.clone(),
            noted: Mutex::default(),
        }
    }

    /// The table of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The names of all tables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// Looks a value up, and notes it where there is no entry. `None`: there is no such table.
    pub(crate) fn look_up(&self, name: &str, value: &str) -> Option<Found<'_>> {
        let table = self.tables.get(name)?;
        if !table.entries.contains_key(value) {
            self.note(name, value);
        }
        Some(table.find(value))
    }

    /// The ids that a table gives.
    pub(crate) fn references(&self, name: &str, list: &'static str) -> Vec<Reference> {
        let Some(table) = self.tables.get(name) else {
            return Vec::new();
        };
        let one = |value: Option<&String>, id: &String| Reference {
            place: Origin::Table(name.to_owned(), value.cloned()),
            list,
            id: id.clone(),
        };
        let entries = table.entries.iter().map(|(value, id)| one(Some(value), id));
        let default = match &table.unmapped {
            OnUnmapped::Default(id) => Some(one(None, id)),
            OnUnmapped::Hold | OnUnmapped::PostWithout => None,
        };
        entries.chain(default).collect()
    }

    /// What was looked up in vain since the last call.
    pub(crate) fn take(&self) -> Vec<Unmapped> {
        let noted = std::mem::take(&mut *self.noted());
        let noted = noted.into_iter();
        noted
            .map(|((table, value), times)| Unmapped {
                table,
                value,
                times,
            })
            .collect()
    }

    fn note(&self, name: &str, value: &str) {
        let mut noted = self.noted();
        if value.is_empty() || value.len() > LONGEST_VALUE || noted.len() >= MOST_NOTED {
            return;
        }
        let times = noted
            .entry((name.to_owned(), value.to_owned()))
            .or_default();
        *times = times.saturating_add(1);
    }

    fn noted(&self) -> MutexGuard<'_, BTreeMap<(String, String), u64>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
