//! Where reading goes on.
//!
//! There is no list of what changed. Each round looks at the orders that may have changed, oldest first: those that are open, were placed
//! not long ago, or whose `updatedAt` did move. Told is what changed since the last round by the order's own history. The list is followed by time and not by
//! number, since an order that is delivered leaves it.

use jiff::{SignedDuration, Timestamp};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::api::PAGE;

/// A round, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// Orders that changed then or later are told; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<Timestamp>,
    /// The round has come to orders that were placed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    /// So many orders of that time were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skip: Option<usize>,
    /// The latest change seen in the round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Timestamp>,
}

impl Place {
    pub(super) fn at(since: Timestamp) -> Self {
        Self {
            since: Some(since),
            ..Self::default()
        }
    }

    pub(super) fn read(cursor: &Cursor) -> Result<Self, Fault> {
        if cursor.0.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(&cursor.0).map_err(|error| Fault::Unreadable {
            why: format!("cursor {}: {error}", cursor.0),
        })
    }

    pub(super) fn write(&self) -> Cursor {
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }

    /// The variables of the search.
    pub(super) fn asks(&self, first: Option<Timestamp>, watch: SignedDuration) -> Value {
        let from = self.from.max(first).unwrap_or(Timestamp::UNIX_EPOCH);
        let placed = json!({ "after": before(from) });
        let any_of = match self.since {
            // The server takes a list of alternatives, or none at all: not null.
            None => vec![json!({ "orderPlacedAt": placed })],
            Some(since) => {
                let recent = since.checked_sub(watch).unwrap_or(Timestamp::UNIX_EPOCH);
                vec![
                    json!({ "orderPlacedAt": { "after": before(recent) } }),
                    json!({ "updatedAt": { "after": before(since) } }),
                    json!({ "state": { "notIn": ["Delivered", "Cancelled"] } }),
                ]
            }
        };
        let filter = json!({ "active": { "eq": false }, "orderPlacedAt": placed, "_or": any_of });
        json!({ "options": {
            "take": PAGE,
            "skip": self.skip.unwrap_or_default(),
            "sort": { "orderPlacedAt": "ASC" },
            "filter": filter,
        } })
    }

    /// The place after a page whose last order was placed then and whose latest change was that, and whether there is more to be read at once.
    pub(super) fn next(
        self,
        full: bool,
        last: Option<Timestamp>,
        changed: Option<Timestamp>,
        overlap: SignedDuration,
    ) -> (Self, bool) {
        let seen = self.seen.max(changed);
        if full {
            let forward = last > self.from;
            let skip = self.skip.unwrap_or_default().saturating_add(PAGE);
            let next = Self {
                from: self.from.max(last),
                skip: (!forward).then_some(skip),
                seen,
                ..self
            };
            return (next, true);
        }
        let back = seen.and_then(|seen| seen.checked_sub(overlap).ok());
        let next = Self {
            since: self.since.max(back),
            ..Self::default()
        };
        (next, false)
    }
}

/// The millisecond before: `after` leaves out what it names.
pub(super) fn before(time: Timestamp) -> String {
    let earlier = time.as_millisecond().saturating_sub(1);
    let earlier = Timestamp::from_millisecond(earlier).unwrap_or(time);
    exact(earlier)
}

/// A time as the API takes it.
pub(super) fn exact(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn a_round_goes_on_by_the_time_of_placing() {
        let (next, more) = Place::at(at(0)).next(true, Some(at(10)), Some(at(900)), OVERLAP);
        assert_eq!((next.from, next.skip, more), (Some(at(10)), None, true));
        assert_eq!(Place::read(&next.write()).unwrap(), next);
        // As many of one moment as fit on a page.
        let (next, _) = next.next(true, Some(at(10)), None, OVERLAP);
        assert_eq!((next.from, next.skip), (Some(at(10)), Some(PAGE)));
        let (next, _) = next.next(true, Some(at(11)), None, OVERLAP);
        assert_eq!((next.from, next.skip), (Some(at(11)), None));
        let (next, more) = next.next(false, Some(at(12)), None, OVERLAP);
        assert_eq!((next, more), (Place::at(at(600)), false));
    }

    #[test]
    fn time_never_goes_back() {
        let (next, _) = Place::at(at(0)).next(false, Some(at(10)), Some(at(20)), OVERLAP);
        assert_eq!(next, Place::at(at(0)));
    }

    #[test]
    fn the_moment_itself_is_asked_for() {
        assert_eq!(before(at(0)), "2023-11-14T22:13:19.999Z");
    }
}
