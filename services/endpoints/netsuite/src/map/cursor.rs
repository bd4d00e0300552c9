//! Where reading goes on: a time to begin at, and within one pass the last record read.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};

/// Older than any record of a NetSuite account.
const BEGINNING: Timestamp = Timestamp::constant(915_148_800, 0);

/// A pass never begins further than this before the last one, whatever the clocks say.
const FURTHEST: SignedDuration = SignedDuration::from_hours(3);

/// Zones that between them know every rule by which an hour repeats.
const REPEATING: [&str; 24] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Adak",
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Jerusalem",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Chisinau",
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Chatham",
];

/// A position in a feed that is ordered by (time of change, id).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Position {
    /// The pass reads what changed at or after this instant.
    pub(crate) since: Timestamp,
    /// The last record read in this pass; none at its beginning.
    #[serde(default, flatten)]
    pub(crate) last: Option<Last>,
}

/// The last record read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Last {
    /// When it changed.
    pub(crate) ts: Timestamp,
    /// Its id: a number, or two joined by `-`.
    pub(crate) id: String,
}

impl Position {
    /// Reads a cursor; the empty one is the beginning of time.
    pub(crate) fn read(cursor: &Cursor) -> Result<Self, Fault> {
        if cursor.0.is_empty() {
            return Ok(Self::beginning());
        }
        serde_json::from_str(&cursor.0).map_err(|error| Fault::Unreadable {
            why: format!("the stored cursor is not one of NetSuite's: {error}"),
        })
    }

    /// A pass over everything.
    pub(crate) const fn beginning() -> Self {
        Self::at(BEGINNING)
    }

    /// A pass over what changed since then.
    pub(crate) const fn at(since: Timestamp) -> Self {
        Self { since, last: None }
    }

    /// The same pass, after that record.
    pub(crate) fn after(&self, ts: Timestamp, id: String) -> Self {
        Self {
            since: self.since,
            last: Some(Last { ts, id }),
        }
    }

    /// The next pass: from NetSuite's own time at the end of this one, less the overlap, since its analytics shows some changes late.
    /// Without that time, from the last record seen. Further back while somewhere an hour repeats.
    pub(crate) fn next_pass(
        &self,
        server_time: Option<Timestamp>,
        overlap: SignedDuration,
    ) -> Self {
        let seen = self.last.as_ref().map(|last| last.ts);
        let end = server_time.or(seen).unwrap_or(self.since);
        let back = end.checked_sub(overlap).unwrap_or(self.since);
        let back = repeated_hour(end, overlap).map_or(back, |shown| shown.min(back));
        let floor = self.since.checked_sub(FURTHEST).unwrap_or(self.since);
        Self::at(back.max(floor))
    }

    /// As everybody else stores it.
    pub(crate) fn cursor(&self) -> Cursor {
        let last = self.last.as_ref();
        let json = match last {
            Some(last) => serde_json::json!({"since": self.since, "ts": last.ts, "id": last.id}),
            None => serde_json::json!({"since": self.since}),
        };
        Cursor(json.to_string())
    }
}

/// NetSuite may keep a change by the wall clock of the session alone, whose zone we cannot see from outside. What changes in the hour
/// that comes twice is then shown with a time of the first round, an hour too early. Where an hour is repeating or has just repeated,
/// the earliest time shown for it.
fn repeated_hour(end: Timestamp, overlap: SignedDuration) -> Option<Timestamp> {
    let shown = REPEATING.into_iter().filter_map(|name| {
        let zone = TimeZone::get(name).ok()?;
        let turn = zone
            .preceding(end.checked_add(SignedDuration::from_nanos(1)).ok()?)
            .next()?;
        let just_before = turn
            .timestamp()
            .checked_sub(SignedDuration::from_secs(1))
            .ok()?;
        let fell = zone.to_offset(just_before).seconds() - turn.offset().seconds();
        let fell = SignedDuration::from_secs(i64::from(fell));
        let over = turn
            .timestamp()
            .checked_add(fell.checked_add(overlap)?)
            .ok()?;
        let repeats = fell.is_positive() && end <= over;
        repeats.then(|| turn.timestamp().checked_sub(fell).ok())?
    });
    shown.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_position_survives_its_cursor() {
        let start = Position::at(at("2026-03-02T10:00:00Z"));
        let inside = start.after(at("2026-03-02T10:05:00Z"), "647".to_owned());
        for position in [start, inside] {
            assert_eq!(Position::read(&position.cursor()).unwrap(), position);
        }
        assert_eq!(Position::read(&Cursor::default()).unwrap().since, BEGINNING);
        assert!(Position::read(&Cursor("page 3".to_owned())).is_err());
    }

    #[test]
    fn the_next_pass_overlaps() {
        let overlap = SignedDuration::from_mins(5);
        let pass = Position::at(at("2026-03-02T10:00:00Z"));
        let next = pass.next_pass(Some(at("2026-03-02T12:00:00Z")), overlap);
        assert_eq!(next.since, at("2026-03-02T11:55:00Z"));
        assert_eq!(next.last, None);
        let read = pass.after(at("2026-03-02T11:00:00Z"), "1".to_owned());
        assert_eq!(
            read.next_pass(None, overlap).since,
            at("2026-03-02T10:55:00Z")
        );
        // A clock gone mad costs repeats, not the whole history.
        let mad = pass.next_pass(Some(at("1999-01-01T00:00:00Z")), overlap);
        assert_eq!(mad.since, at("2026-03-02T07:00:00Z"));
    }

    #[test]
    fn an_hour_that_repeats_is_read_again() {
        let overlap = SignedDuration::from_mins(5);
        // In Los Angeles the clock goes from 01:59:59 back to 01:00 at 09:00 UTC; in Denver an hour earlier.
        for (end, since) in [
            ("2026-11-01T09:10:00Z", "2026-11-01T08:00:00Z"),
            ("2026-11-01T10:04:00Z", "2026-11-01T08:00:00Z"),
            ("2026-11-01T13:30:00Z", "2026-11-01T13:25:00Z"),
            // Sydney.
            ("2026-04-04T16:20:00Z", "2026-04-04T15:00:00Z"),
            // An hour that is skipped loses nothing.
            ("2026-03-08T10:10:00Z", "2026-03-08T10:05:00Z"),
        ] {
            let end = at(end);
            let pass = Position::at(end.checked_sub(SignedDuration::from_mins(10)).unwrap());
            assert_eq!(pass.next_pass(Some(end), overlap).since, at(since), "{end}");
        }
    }
}
