//! What users' rules set in a fulfilment.

use ports::Assignments;
use serde_json::Value;

/// What they set in one fulfilment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// The carrier, in place of those that the parcels bear.
    pub carrier: Option<String>,
    /// Whether the buyer is told.
    pub notify: bool,
}

impl Ruled {
    /// What is set, by the target's names of the two fields, and whether the buyer is told where nothing is.
    #[must_use]
    pub fn of(
        set: &Assignments,
        (carrier_field, notify_field): (&str, &str),
        notify: bool,
    ) -> Self {
        let carrier = set.header.get(carrier_field).and_then(Value::as_str);
        let told = set.header.get(notify_field).and_then(Value::as_bool);
        Self {
            carrier: carrier.map(str::to_owned),
            notify: told.unwrap_or(notify),
        }
    }
}
