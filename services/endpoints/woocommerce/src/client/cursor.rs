//! Where reading goes on.
//!
//! The API pages by number over a list that moves: a record that changes while it is read goes to the end, and all behind it move up by one. So
//! only the first page is read, from the time of the last record on, as long as time goes on; a second page only of records of one and the same second.
//! Its times are whole seconds and its `after` leaves out the second that it names: each search begins one earlier.

use jiff::{SignedDuration, Timestamp};
use kit::{cursor_of, state_of};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};

/// A search by time, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    /// Records of that time and later; none: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Timestamp>,
    /// Pages of that search that were read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) pages: u32,
    /// Whether it is the trash that is read: the list of orders leaves it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) trash: bool,
    /// Where the round began: the trash is read from there, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// The latest time seen in the round.
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
            since: Some(from),
            ..Self::default()
        }
    }

    pub(super) fn read(cursor: &Cursor) -> Result<Self, Fault> {
        Ok(state_of(cursor)?.unwrap_or_default())
    }

    pub(super) fn write(&self) -> Cursor {
        cursor_of(self)
    }

    /// The `after` of the search, and the page.
    pub(super) fn asks(&self) -> (Option<String>, String) {
        (
            self.from.map(before),
            self.pages.saturating_add(1).to_string(),
        )
    }

    /// The place after a page whose last record is of `last`, and whether there is more to be read at once.
    pub(super) fn next(
        self,
        full: bool,
        last: Option<Timestamp>,
        overlap: SignedDuration,
        has_trash: bool,
    ) -> (Self, bool) {
        let seen = self.seen.max(last);
        if full {
            let forward = last > self.from;
            let next = Self {
                from: if forward { last } else { self.from },
                pages: if forward {
                    0
                } else {
                    self.pages.saturating_add(1)
                },
                seen,
                ..self
            };
            return (next, true);
        }
        if has_trash && !self.trash {
            let next = Self {
                from: self.since,
                pages: 0,
                trash: true,
                seen,
                ..self
            };
            return (next, true);
        }
        let back = seen.and_then(|seen| seen.checked_sub(overlap).ok());
        let from = self.since.max(back);
        let next = Self {
            from,
            since: from,
            ..Self::default()
        };
        (next, false)
    }
}

/// The second before, as the API takes it.
pub(super) fn before(time: Timestamp) -> String {
    let earlier = time.as_second().saturating_sub(1);
    let earlier = Timestamp::from_second(earlier).unwrap_or(time);
    gmt(earlier)
}

/// A time as the API takes it.
pub(super) fn gmt(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn a_search_goes_on_from_the_last_record_and_not_by_page() {
        let (next, more) = Place::at(at(0)).next(true, Some(at(10)), OVERLAP, true);
        assert_eq!((next.from, next.pages, more), (Some(at(10)), 0, true));
        assert_eq!(Place::read(&next.write()).unwrap(), next);
        // As many of one second as fit on a page.
        let (next, _) = next.next(true, Some(at(10)), OVERLAP, true);
        assert_eq!((next.from, next.pages), (Some(at(10)), 1));
        let (next, _) = next.next(true, Some(at(11)), OVERLAP, true);
        assert_eq!((next.from, next.pages), (Some(at(11)), 0));
    }

    #[test]
    fn the_trash_of_the_same_time_is_read_before_a_round_ends() {
        let (next, _) = Place::at(at(0)).next(true, Some(at(600)), OVERLAP, true);
        let (trash, more) = next.next(false, Some(at(900)), OVERLAP, true);
        assert_eq!((trash.from, trash.trash, more), (Some(at(0)), true, true));
        let (next, more) = trash.next(false, None, OVERLAP, true);
        assert_eq!((next, more), (Place::at(at(600)), false));
    }

    #[test]
    fn time_never_goes_back() {
        let (next, more) = Place::at(at(0)).next(false, Some(at(10)), OVERLAP, false);
        assert_eq!((next, more), (Place::at(at(0)), false));
    }

    #[test]
    fn the_second_itself_is_asked_for() {
        let (after, page) = Place::at(at(0)).asks();
        assert_eq!(after.as_deref(), Some("2023-11-14T22:13:19"));
        assert_eq!(page, "1");
        assert_eq!(Place::default().asks(), (None, "1".to_owned()));
    }
}
