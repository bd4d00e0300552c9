//! What a sink is asked to write, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{Event, ExternalId, LineId, TargetKey};
use serde::{Deserialize, Serialize};

use crate::exchange::Exchange;
use crate::fault::Fault;

/// A record's proven twin at the other end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// Its id there.
    pub id: ExternalId,
    /// The number people use there, where known.
    pub number: Option<String>,
}

/// The values that the user's rules set on the target's own fields, as the target's JSON. Decimals are texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Assignments {
    /// Fields of the record itself, by the target's field name.
    pub header: BTreeMap<String, serde_json::Value>,
    /// Fields of its lines, by source line, then by the target's field name.
    pub lines: BTreeMap<LineId, BTreeMap<String, serde_json::Value>>,
}

/// One record to be written.
#[derive(Debug, Clone)]
pub struct Write {
    /// The record, with where it came from.
    pub event: Arc<Event>,
    /// The id to write it under: the same for every attempt.
    pub key: TargetKey,
    /// The record's own twin at the target, if it was written before.
    pub bound: Option<Twin>,
    /// The twin of the record it belongs to (a fulfilment's order) at the target.
    pub parent: Option<Twin>,
    /// What the user's rules set.
    pub set: Assignments,
}

/// What a write came to, and the requests it took.
#[derive(Debug)]
pub struct Attempt {
    /// The outcome.
    pub result: Result<Written, Fault>,
    /// The requests made for this record alone, in order; requests shared by a batch are in the first record's.
    pub exchanges: Vec<Exchange>,
}

impl Attempt {
    /// An attempt that ended before any request.
    #[must_use]
    pub const fn without_request(fault: Fault) -> Self {
        Self {
            result: Err(fault),
            exchanges: Vec::new(),
        }
    }
}

/// A write that the target holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The record there.
    pub twin: Twin,
    /// What was done.
    pub effect: Effect,
    /// What does not fit although it was written (a total that reads back differently): wants a person.
    pub discrepancy: Option<String>,
}

/// What a write did at the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A new record.
    Created,
    /// An existing record was changed.
    Updated,
    /// The record was there already: an earlier attempt had landed.
    AlreadyThere,
    /// The target held the same values already.
    Unchanged,
    /// This record is not meant for this target (a fulfilment of somebody else's order): it is left out, for the reason that the
    /// discrepancy gives.
    NotOurs,
}
