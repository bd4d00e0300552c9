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
