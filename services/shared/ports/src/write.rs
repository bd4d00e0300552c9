//! What a sink is asked to write, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{ConnectionId, Digest, Event, ExternalId, Kind, LineId, OrderRef, TargetKey};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::exchange::Exchange;
use crate::fault::Fault;
use crate::fields::Place;

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
    /// Fields of its lines, or of the addresses in its book, by their id at the source, then by the target's field name.
    pub lines: BTreeMap<LineId, BTreeMap<String, serde_json::Value>>,
    /// Fields of what goes along with it (its customer, its addresses), by the target's field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<Place, BTreeMap<String, serde_json::Value>>,
    /// Fields of what is made of its payments, by the payment's id at the source, then by the target's field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub payments: BTreeMap<LineId, BTreeMap<String, serde_json::Value>>,
    /// How far the stated total may lie from what the lines come to, for a rounding line to make good the difference; `None`: not at all. In
    /// the currency that is booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Decimal>,
}

impl Assignments {
    /// The fields set in a part of the record; none where nothing was set.
    #[must_use]
    pub fn part(&self, place: Place) -> Option<&BTreeMap<String, serde_json::Value>> {
        self.parts.get(&place)
    }
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

impl Write {
    /// The id at the target of the order that the record belongs to: its proven twin, else what Causeway's own key says, where the order was
    /// read from that connection. `None` for an order of somebody else's.
    #[must_use]
    pub fn order_at(&self, order: &OrderRef, target: &ConnectionId) -> Option<ExternalId> {
        let own = |key: &String| TargetKey::source_id(key, target, Kind::Order);
        match &self.parent {
            Some(twin) => Some(twin.id.clone()),
            None => order.key.as_ref().and_then(own),
        }
    }
}

/// What a write came to, and the requests it took.
#[derive(Debug)]
pub struct Attempt {
    /// The outcome.
    pub result: Result<Written, Fault>,
    /// The requests made for this record alone, in order; requests shared by a batch are in the first record's.
    pub exchanges: Vec<Exchange>,
}

/// What is kept of a request that wrote something of a record, so that its body can be made anew from the stored record and compared byte for
/// byte. The exchanges cannot serve for that: what they show is redacted and shortened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The digest of its body as it was sent, in hexadecimal digits; of a request that many records share, of the record's own part.
    pub digest: String,
    /// What had been looked up for it at the target: the endpoint's own.
    pub facts: serde_json::Value,
}

impl Kept {
    /// What is kept of that body, made from the record, its settings and these facts.
    #[must_use]
    pub fn of(body: &[u8], facts: serde_json::Value) -> Self {
        Self {
            digest: Self::digest_of(body),
            facts,
        }
    }

    /// The digest of a body.
    #[must_use]
    pub fn digest_of(body: &[u8]) -> String {
        Digest::of([body]).to_string()
    }
}

impl Attempt {
    /// A record of an order that did not come from this target: it is left out.
    #[must_use]
    pub fn not_ours(write: &Write) -> Self {
        Self {
            result: Ok(Written {
                twin: Twin {
                    id: write.event.external_id.clone(),
                    number: None,
                },
                effect: Effect::NotOurs,
                discrepancy: None,
            }),
            exchanges: Vec::new(),
        }
    }

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
    /// The record is there, and part of what belongs to it is not: only a look-up after an uncertain write tells so, and the write goes on.
    Unfinished,
    /// The target held the same values already.
    Unchanged,
    /// This record is not meant for this target (a fulfilment of somebody else's order): it is left out, for the reason that the
    /// discrepancy gives.
    NotOurs,
}

/// Answers with their places in a batch, as one answer per place.
pub fn in_order<T>(answers: Vec<(usize, T)>, places: usize, otherwise: impl Fn() -> T) -> Vec<T> {
    let mut sorted: Vec<Option<T>> = std::iter::repeat_with(|| None).take(places).collect();
    for (place, answer) in answers {
        if let Some(slot) = sorted.get_mut(place) {
            *slot = Some(answer);
        }
    }
    let all = sorted.into_iter();
    all.map(|answer| answer.unwrap_or_else(&otherwise))
        .collect()
}
