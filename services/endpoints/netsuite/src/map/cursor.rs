//! Where reading goes on: a time to begin at, and within one pass the last record read.

use jiff::{SignedDuration, Timestamp};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};

/// Older than any record of a NetSuite account.
const BEGINNING: Timestamp = Timestamp::constant(915_148_800, 0);

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
            return Ok(Self::at(BEGINNING));
        }
        serde_json::from_str(&cursor.0).map_err(|error| Fault::Unreadable {
            why: format!("the stored cursor is not one of NetSuite's: {error}"),
        })
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
    /// Without that time, from the last record seen. Never backwards.
    pub(crate) fn next_pass(
        &self,
        server_time: Option<Timestamp>,
        overlap: SignedDuration,
    ) -> Self {
        let seen = self.last.as_ref().map(|last| last.ts);
        let end = server_time.or(seen).unwrap_or(self.since);
        let back = end.checked_sub(overlap).unwrap_or(self.since);
        Self::at(back.max(self.since))
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
    fn the_next_pass_overlaps_and_never_goes_back() {
        let overlap = SignedDuration::from_mins(5);
        let pass = Position::at(at("2026-03-02T10:00:00Z"));
        let next = pass.next_pass(Some(at("2026-03-02T12:00:00Z")), overlap);
        assert_eq!(next.since, at("2026-03-02T11:55:00Z"));
        assert_eq!(next.last, None);
        assert_eq!(
            pass.next_pass(Some(at("2026-03-02T10:01:00Z")), overlap),
            pass
        );
        assert_eq!(pass.next_pass(None, overlap), pass);
        let read = pass.after(at("2026-03-02T11:00:00Z"), "1".to_owned());
        assert_eq!(
            read.next_pass(None, overlap).since,
            at("2026-03-02T10:55:00Z")
        );
    }
}
