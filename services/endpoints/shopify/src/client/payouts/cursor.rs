//! Where reading payouts goes on.

use jiff::{SignedDuration, Timestamp};
use kit::{cursor_of, state_of};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};

use crate::map::{is_open, is_paid};
use crate::wire::{self, PageInfo};

/// A payout that has not reached the bank by then no longer keeps the reading back; when it does after all, the audit finds it.
const LONGEST: SignedDuration = SignedDuration::from_hours(60 * 24);

/// A search by the day of issue. A payout is told once its money has reached the bank, days after it was issued and not in that order, so the search goes
/// back to the first that has not, and remembers which of the later ones were told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    /// Payouts issued since then; none: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Timestamp>,
    /// Shopify's cursor of the last payout read, within a search that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// The first in this search whose money is on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<Timestamp>,
    /// The latest issue seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Timestamp>,
    /// Those issued since `from` that were told: when they were issued, and their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    told: Vec<(Timestamp, String)>,
}

impl Place {
    pub(super) fn at(from: Timestamp) -> Self {
        Self {
            from: Some(from),
            ..Self::default()
        }
    }

    pub(super) fn read(cursor: &Cursor) -> Result<Self, Fault> {
        Ok(state_of(cursor)?.unwrap_or_default())
    }

    pub(super) fn write(&self) -> Cursor {
        cursor_of(self)
    }

    /// Whether the payout is to be told now: it is paid, and was not told before.
    pub(super) fn wants(&self, payout: &wire::Payout) -> bool {
        let known = |(_, told): &(Timestamp, String)| *told == payout.legacy_resource_id;
        is_paid(payout) && !self.told.iter().any(known)
    }

    /// The place after a page of these payouts, all of which were told that were to be.
    pub(super) fn next(
        mut self,
        page: &PageInfo,
        payouts: &[wire::Payout],
        overlap: SignedDuration,
    ) -> Self {
        for payout in payouts {
            if self.wants(payout) {
                let told = (payout.issued_at, payout.legacy_resource_id.clone());
                self.told.push(told);
            }
            if is_open(payout) {
                let open = self.open.unwrap_or(payout.issued_at);
                self.open = Some(open.min(payout.issued_at));
            }
            self.seen = self.seen.max(Some(payout.issued_at));
        }
        if page.has_next_page {
            self.after.clone_from(&page.end_cursor);
            return self;
        }
        let Some(seen) = self.seen else {
            self.after = None;
            return self;
        };
        let oldest = seen.checked_sub(LONGEST).unwrap_or(seen);
        let back = seen.checked_sub(overlap).unwrap_or(seen);
        let from = self.open.map_or(back, |open| open.max(oldest).min(back));
        let from = self.from.map_or(from, |before| before.max(from));
        Self {
            from: Some(from),
            after: None,
            open: None,
            seen: Some(seen),
            told: self
                .told
                .into_iter()
                .filter(|(issued_at, _)| *issued_at >= from)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

    fn payout(number: i64, day: i64, status: &str) -> wire::Payout {
        let wire = serde_json::json!({
            "id": format!("gid://shopify/ShopifyPaymentsPayout/{number}"), "legacyResourceId": number.to_string(), "status": status,
            "issuedAt": at(day), "externalTraceId": null, "net": { "amount": "1.0", "currencyCode": "USD" },
        });
        serde_json::from_value(wire).unwrap()
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + 86_400 * day).unwrap()
    }

    fn end() -> PageInfo {
        PageInfo {
            has_next_page: false,
            end_cursor: None,
        }
    }

    #[test]
    fn one_on_its_way_is_waited_for_and_the_later_ones_are_not_told_again() {
        let (slow, quick) = (payout(1, 1, "SCHEDULED"), payout(2, 2, "PAID"));
        let start = Place::default();
        assert!(!start.wants(&slow) && start.wants(&quick));
        let next = start.next(&end(), &[slow, quick.clone()], OVERLAP);
        assert_eq!(next.from, Some(at(1)));
        assert!(!next.wants(&quick));
        let slow = payout(1, 1, "PAID");
        assert!(next.wants(&slow));
        let next = Place::read(&next.write()).unwrap();
        let last = next.next(&end(), &[slow.clone(), quick.clone()], OVERLAP);
        assert_eq!(last.from, Some(at(2) - OVERLAP));
        assert!(!last.wants(&quick));
        assert_eq!(last.told.len(), 1, "what lies before is forgotten");
    }

    #[test]
    fn one_that_never_arrives_does_not_keep_it_back_for_ever() {
        let place = Place::default().next(
            &end(),
            &[payout(1, 1, "SCHEDULED"), payout(2, 100, "PAID")],
            OVERLAP,
        );
        assert_eq!(place.from, Some(at(40)));
        let failed = Place::default().next(
            &end(),
            &[payout(1, 1, "FAILED"), payout(2, 3, "PAID")],
            OVERLAP,
        );
        assert_eq!(failed.from, Some(at(3) - OVERLAP));
    }

    #[test]
    fn a_search_goes_on_where_it_stopped_and_never_goes_back() {
        let more = PageInfo {
            has_next_page: true,
            end_cursor: Some("abc".into()),
        };
        let inside = Place::at(at(0)).next(&more, &[payout(1, 1, "PAID")], OVERLAP);
        assert_eq!(
            (inside.from, inside.after.as_deref()),
            (Some(at(0)), Some("abc"))
        );
        let ended = inside.next(&end(), &[], OVERLAP);
        assert_eq!(ended.from, Some(at(1) - OVERLAP));
        assert_eq!(ended.after, None);
        let idle = ended.clone().next(&end(), &[], OVERLAP);
        assert_eq!(idle, ended);
    }
}
