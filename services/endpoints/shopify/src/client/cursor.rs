//! Where reading orders goes on.

use jiff::{SignedDuration, Timestamp};
use kit::{cursor_of, state_of};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};

use crate::wire::PageInfo;

/// After so many pages the search begins anew at the last order's time: Shopify ends a search after 25,000 records.
const PAGES_PER_SEARCH: u32 = 200;

/// A search by the time of the last change, and how far its pages are read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    /// Orders changed since then; none: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Timestamp>,
    /// Shopify's cursor of the last order read, within a search that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pages: u32,
    /// The latest change seen in this search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Timestamp>,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(pages: &u32) -> bool {
    *pages == 0
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

    /// The place after a page whose last change was at `last`. The search goes on where it stopped, or begins anew: the overlap
    /// before the latest change seen when there is no more, at that change when the search grows too long. Time never goes back.
    pub(super) fn next(
        self,
        page: &PageInfo,
        last: Option<Timestamp>,
        overlap: SignedDuration,
    ) -> Self {
        let seen = self.seen.max(last);
        let pages = self.pages.saturating_add(1);
        if !page.has_next_page {
            let back = seen.and_then(|seen| seen.checked_sub(overlap).ok());
            return Self {
                from: self.from.max(back),
                ..Self::default()
            };
        }
        if pages >= PAGES_PER_SEARCH && seen > self.from {
            return Self {
                from: seen,
                ..Self::default()
            };
        }
        Self {
            from: self.from,
            after: page.end_cursor.clone(),
            pages,
            seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + 60 * minute).unwrap()
    }

    fn page(more: bool) -> PageInfo {
        PageInfo {
            has_next_page: more,
            end_cursor: Some("abc".into()),
        }
    }

    #[test]
    fn a_search_goes_on_where_it_stopped() {
        let next = Place::at(at(0)).next(&page(true), Some(at(10)), OVERLAP);
        assert_eq!(next.from, Some(at(0)));
        assert_eq!(next.after.as_deref(), Some("abc"));
        assert_eq!(Place::read(&next.write()).unwrap(), next);
    }

    #[test]
    fn an_ended_search_steps_back_by_the_overlap_and_never_before_its_beginning() {
        let next = Place::at(at(0)).next(&page(false), Some(at(10)), OVERLAP);
        assert_eq!(next, Place::at(at(5)));
        assert_eq!(next.clone().next(&page(false), Some(at(6)), OVERLAP), next);
        assert_eq!(next.clone().next(&page(false), None, OVERLAP), next);
    }

    #[test]
    fn what_an_earlier_page_saw_counts_when_the_last_page_is_empty() {
        let next = Place::at(at(0)).next(&page(true), Some(at(10)), OVERLAP);
        assert_eq!(next.next(&page(false), None, OVERLAP), Place::at(at(5)));
    }

    #[test]
    fn a_long_search_begins_anew_unless_time_stands_still() {
        let mut place = Place::at(at(0));
        place.pages = PAGES_PER_SEARCH - 1;
        assert_eq!(
            place.clone().next(&page(true), Some(at(3)), OVERLAP),
            Place::at(at(3))
        );
        let still = place.next(&page(true), Some(at(0)), OVERLAP);
        assert!(
            still.after.is_some(),
            "the same second would be read for ever"
        );
    }

    #[test]
    fn a_foreign_cursor_is_told() {
        assert!(matches!(
            Place::read(&Cursor("17".into())),
            Err(Fault::Unreadable { .. })
        ));
        assert_eq!(Place::read(&Cursor::default()).unwrap(), Place::default());
    }
}
