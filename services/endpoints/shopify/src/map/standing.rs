//! How what was written stands in the shop now.

use commerce::{Cancellation, Fulfilment, Refund};
use jiff::Timestamp;
use kit::{tracking_differs, tracking_numbers};
use ports::{Fault, Standing};

use super::cancellation::call_off;
use super::delivery::{counts, tracked};
use super::giveback::discrepancy;
use super::product::Plan;
use crate::wire::{CalledOff, Given, Parcels};

fn differs(what: String) -> Standing {
    Standing::Differs { what }
}

/// A delivery by its fulfilments; none for one that is gone.
pub(crate) fn delivered(delivery: &Fulfilment, there: &[Option<Parcels>]) -> Standing {
    let counting = |one: &&Parcels| counts(&one.status);
    let standing: Vec<&Parcels> = there.iter().flatten().filter(counting).collect();
    if standing.is_empty() || standing.len() < there.len() {
        return Standing::Missing;
    }
    let ours = tracking_numbers(delivery);
    let shown = |one: &&Parcels| tracked(&one.tracking_info);
    let other = standing.iter().map(shown).find(|theirs| *theirs != ours);
    match other {
        // Without numbers of its own it leaves those alone that somebody entered.
        Some(theirs) if !ours.is_empty() => tracking_differs(&ours, &theirs),
        _ => Standing::Held,
    }
}

/// An order that was called off.
pub(crate) fn called_off(off: &Cancellation, there: &[Option<CalledOff>]) -> Standing {
    let Some(Some(order)) = there.first() else {
        return Standing::Missing;
    };
    call_off(off, order).standing()
}

/// A refund that was made.
pub(crate) fn given_back(refund: &Refund, there: &[Option<Given>]) -> Result<Standing, Fault> {
    let Some(Some(given)) = there.first() else {
        return Ok(Standing::Missing);
    };
    Ok(discrepancy(given, refund)?.map_or(Standing::Held, differs))
}

/// A level: what is available there, and since when.
pub(crate) fn level(
    ours: i64,
    there: Option<(i64, Option<Timestamp>)>,
    settled: Timestamp,
) -> Standing {
    match there {
        None => Standing::Missing,
        Some((theirs, _)) if theirs == ours => Standing::Held,
        // Sold or counted a moment ago: the other side hears of it, and answers with a level of its own.
        Some((_, Some(moved))) if moved >= settled => Standing::Held,
        Some((theirs, _)) => differs(format!("{ours} units here, {theirs} there")),
    }
}

/// A product by what would be done about it.
pub(crate) fn product(plan: &Plan) -> Standing {
    let mut parts: Vec<&str> = plan.input.keys().map(String::as_str).collect();
    if plan.publish {
        parts.push("sales channels");
    }
    if !plan.join.is_empty() || !plan.leave.is_empty() {
        parts.push("collections");
    }
    if parts.is_empty() {
        return Standing::Held;
    }
    differs(format!("other there: {}", parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn delivery(numbers: &[&str]) -> Fulfilment {
        let parcels = numbers.iter().map(
            |number| json!({ "tracking_number": number, "carrier": null, "tracking_url": null }),
        );
        serde_json::from_value(json!({
            "number": "IF1", "order": { "id": "5", "key": null }, "shipped_at": "2026-03-01T00:00:00Z",
            "location": null, "method": null, "parcels": parcels.collect::<Vec<_>>(), "lines": [],
        }))
        .unwrap()
    }

    fn parcels(status: &str, numbers: &[&str]) -> Option<Parcels> {
        let tracking: Vec<_> = numbers.iter().map(|one| json!({ "number": one })).collect();
        let parcels = json!({ "status": status, "trackingInfo": tracking });
        Some(serde_json::from_value(parcels).unwrap())
    }

    #[test]
    fn a_delivery_stands_with_all_its_fulfilments_and_its_numbers() {
        let of = |ours: &[&str], there: &[Option<Parcels>]| delivered(&delivery(ours), there);
        let good = parcels("SUCCESS", &["A", "B"]);
        assert_eq!(of(&["B", "A"], std::slice::from_ref(&good)), Standing::Held);
        assert_eq!(of(&[], std::slice::from_ref(&good)), Standing::Held);
        assert_eq!(of(&["A", "B"], &[good.clone(), None]), Standing::Missing);
        let cancelled = parcels("CANCELLED", &["A"]);
        assert_eq!(of(&["A"], &[cancelled]), Standing::Missing);
        assert_eq!(of(&["A"], &[]), Standing::Missing);
        let what = "tracking numbers: C here, A, B there".to_owned();
        assert_eq!(of(&["C"], &[good]), Standing::Differs { what });
        let what = "tracking numbers: C here, none there".to_owned();
        let bare = parcels("SUCCESS", &[]);
        assert_eq!(of(&["C"], &[bare]), Standing::Differs { what });
    }

    #[test]
    fn a_level_that_moved_a_moment_ago_is_not_told() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let settled = at("2026-03-01T12:00:00Z");
        let (early, late) = (at("2026-03-01T11:59:59Z"), at("2026-03-01T12:00:00Z"));
        assert_eq!(level(5, Some((5, None)), settled), Standing::Held);
        assert_eq!(level(5, Some((4, Some(late))), settled), Standing::Held);
        assert_eq!(level(5, None, settled), Standing::Missing);
        for since in [Some(early), None] {
            let what = "5 units here, 4 there".to_owned();
            let standing = level(5, Some((4, since)), settled);
            assert_eq!(standing, Standing::Differs { what });
        }
    }
}
