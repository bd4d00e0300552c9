//! Money given back in a shop because it was elsewhere. Shops have no field for the key of a refund: it stands at the end of its note or reason.

use commerce::Refund;
use ports::{Effect, Fault, Twin, Write, Written};

use crate::event::external;

/// The most characters of the merchant's own words that are kept.
const WORDS: usize = 200;

/// The note of a refund made under this key.
#[must_use]
pub fn note(refund: &Refund, key: &str) -> String {
    let words = refund.note.as_deref().map(str::trim).unwrap_or_default();
    let words: String = words.chars().take(WORDS).collect();
    let mut note = refund.number.clone();
    if !words.is_empty() {
        note.push_str(": ");
        note.push_str(&words);
    }
    format!("{note} [{key}]")
}

/// The key at the end of a note.
#[must_use]
pub fn key_in(note: &str) -> Option<&str> {
    let (_, key) = note.trim_end().strip_suffix(']')?.rsplit_once('[')?;
    key.contains("-refund-").then_some(key)
}

/// What there is to be said before anything is given back: of one that is there (`found`), that it stands while the totals are the same; nothing
/// where the money is still to go.
///
/// # Errors
/// [`Fault::Held`] for one that is there with another total, or was there and is no longer: money that went back stays there.
pub fn already(
    found: Option<Written>,
    write: &Write,
    refund: &Refund,
) -> Result<Option<Written>, Fault> {
    let held = |why| Err(Fault::Held { why });
    match (found, &write.bound) {
        (None, None) => Ok(None),
        (None, Some(_)) => held(format!(
            "{} was given back before, and the shop no longer shows that refund: look there, then mark this record as ignored",
            refund.number
        )),
        (Some(written), None) => Ok(Some(written)),
        (Some(written), Some(_)) => match written.discrepancy {
            None => Ok(Some(Written {
                effect: Effect::Unchanged,
                ..written
            })),
            Some(why) => held(format!(
                "the credit was changed after its money went back: {why}. Such changes are not carried over: give back in the shop what is missing, then mark this record as ignored"
            )),
        },
    }
}

/// The order does not bear the refund; nothing was written.
#[must_use]
pub fn more_than_is_left(refund: &Refund, order: &str, why: &str) -> Fault {
    Fault::Held {
        why: format!(
            "{} gives back of {order}, but {why}. Nothing was written. Choices: give back in the shop by hand what is due and mark this record as ignored; or correct {} and retry",
            refund.number, refund.number
        ),
    }
}

/// The twin of a refund: refunds have no numbers of their own, so which of its order's it is, by how many came `before` it.
///
/// # Errors
/// [`Fault::Unreadable`] for what is no id.
pub fn numbered(id: &str, order: &str, before: usize) -> Result<Twin, Fault> {
    Ok(Twin {
        id: external(id)?,
        number: Some(format!("{order}-R{}", before.saturating_add(1))),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use commerce::{Event, Record};
    use ports::Assignments;
    use serde_json::json;

    use super::*;

    fn refund(note: Option<&str>) -> Refund {
        let amount = json!({ "amount": "5", "currency": "USD" });
        let amount = json!({ "shop": amount, "presentment": amount });
        serde_json::from_value(json!({
            "number": "CM7", "order": { "id": "5", "key": null }, "order_number": "1", "at": "2026-03-01T00:00:00Z",
            "test": false, "taxes_included": false, "lines": [], "adjustments": [], "transactions": [], "total": amount,
            "order_total": amount, "refunded_before": amount, "note": note,
        }))
        .unwrap()
    }

    fn write(refund: &Refund, bound: bool) -> Write {
        let source = commerce::ConnectionId::new("netsuite").unwrap();
        let id = external("7").unwrap();
        let record = Record::Refund(Box::new(refund.clone()));
        let revision = commerce::Revision {
            at: refund.at,
            digest: record.digest(),
        };
        let key = commerce::TargetKey::of(&source, record.kind(), &id);
        let merchant = commerce::MerchantId::default();
        let event = Event::new(merchant, source, id.clone(), revision, refund.at, record);
        Write {
            event: Arc::new(event),
            key,
            bound: bound.then_some(Twin { id, number: None }),
            parent: None,
            set: Assignments::default(),
        }
    }

    #[test]
    fn the_key_is_found_again_behind_any_words() {
        let key = "netsuite-refund-7";
        for words in [None, Some("broken"), Some("see [A-1]"), Some("  ")] {
            assert_eq!(key_in(&note(&refund(words), key)), Some(key), "{words:?}");
        }
        assert_eq!(key_in("see [netsuite-order-7]"), None);
    }

    #[test]
    fn money_that_went_back_stays_and_is_not_sent_twice() {
        let refund = refund(None);
        let found = |discrepancy: Option<&str>| {
            Some(Written {
                twin: numbered("9", "#1", 0).unwrap(),
                effect: Effect::AlreadyThere,
                discrepancy: discrepancy.map(str::to_owned),
            })
        };
        let told = |found, bound| match already(found, &write(&refund, bound), &refund) {
            Ok(None) => "to be sent".to_owned(),
            Ok(Some(written)) => format!("{:?} {:?}", written.effect, written.discrepancy),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(told(None, false), "to be sent");
        assert!(told(None, true).contains("no longer shows that refund"));
        assert_eq!(told(found(None), false), "AlreadyThere None");
        assert_eq!(
            told(found(Some("4 there")), false),
            "AlreadyThere Some(\"4 there\")"
        );
        assert_eq!(told(found(None), true), "Unchanged None");
        assert!(
            told(found(Some("4 there")), true).contains("was changed after its money went back")
        );
    }
}
