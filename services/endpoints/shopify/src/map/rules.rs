//! What users' rules set in Shopify's records.

use commerce::Kind;
use kit::Ruled;
use ports::{Assignments, Fields, Place};
use serde_json::{Map, Value, json};

const COMPANY: &str = "trackingInfo.company";
const NOTIFY: &str = "notifyCustomer";

/// A fulfilment, by the names of `FulfillmentInput`.
static FULFILMENT: Fields = Fields {
    text: &[COMPANY],
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

/// What they set in one fulfilment; whether the buyer is told where nothing is set.
pub(super) fn ruled(set: &Assignments, notify: bool) -> Ruled {
    Ruled::of(set, (COMPANY, NOTIFY), notify)
}

/// The carrier's name takes the place of the one that the parcels bear; without a tracking number it stands alone.
pub(super) fn ruled_tracking(ruled: &Ruled, tracking: Option<Value>) -> Option<Value> {
    let Some(company) = &ruled.carrier else {
        return tracking;
    };
    let mut input = match tracking {
        Some(Value::Object(input)) => input,
        _ => Map::new(),
    };
    input.insert("company".to_owned(), json!(company));
    Some(Value::Object(input))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(header: Value) -> Ruled {
        let set = Assignments {
            header: serde_json::from_value(header).unwrap(),
            ..Assignments::default()
        };
        ruled(&set, true)
    }

    #[test]
    fn a_rule_names_the_carrier_and_says_whether_the_buyer_is_told() {
        let told = json!({"numbers": ["1Z"], "company": "ups"});
        let by_rule = by(json!({"trackingInfo.company": "UPS", "notifyCustomer": false}));
        assert!(!by_rule.notify);
        assert_eq!(
            ruled_tracking(&by_rule, Some(told.clone())),
            Some(json!({"numbers": ["1Z"], "company": "UPS"}))
        );
        assert_eq!(
            ruled_tracking(&by_rule, None),
            Some(json!({"company": "UPS"}))
        );
        let without = by(json!({}));
        assert!(without.notify);
        assert_eq!(ruled_tracking(&without, Some(told.clone())), Some(told));
    }

    #[test]
    fn every_field_that_may_be_set_is_carried_over() {
        let names: Vec<&str> = FULFILMENT.names().collect();
        assert_eq!(names, [COMPANY, NOTIFY]);
    }
}
