//! What users' rules set in WooCommerce's records.

use commerce::Kind;
use ports::{Assignments, Fields, Place};
use serde_json::Value;

const PROVIDER: &str = "tracking_provider";
const NOTIFY: &str = "notify_customer";

static FULFILMENT: Fields = Fields {
    text: &[PROVIDER],
    number: &[],
    bool: &[NOTIFY],
    date: &[],
    id: &[],
    group: &[],
    custom: None,
};

/// What rules may set, by the kind of record that is written and the place in it.
pub(crate) fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    let of_a_fulfilment = kind == Kind::Fulfilment && place == Place::Record;
    of_a_fulfilment.then_some(&FULFILMENT)
}

/// What they set in one fulfilment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruled {
    /// The carrier, in place of those that the parcels bear.
    pub(crate) provider: Option<String>,
    /// Whether the buyer is told.
    pub(crate) notify: bool,
}

impl Ruled {
    /// What is set, and what stands where nothing is.
    pub(crate) fn of(set: &Assignments, notify: bool) -> Self {
        let provider = set.header.get(PROVIDER).and_then(Value::as_str);
        let told = set.header.get(NOTIFY).and_then(Value::as_bool);
        Self {
            provider: provider.map(str::to_owned),
            notify: told.unwrap_or(notify),
        }
    }
}
