//! Times are stored as microseconds since the epoch, in both databases: PostgreSQL keeps no finer ones, and a revision's time
//! has to compare equal to itself after a round trip. So every time is cut to microseconds before it is compared or stored.

use std::time::Duration;

use commerce::Revision;
use jiff::Timestamp;

use crate::error::{Result, unreadable};

pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(crate) fn timestamp(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| unreadable("a stored time", error))
}

pub(crate) fn cut(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(micros(at)).unwrap_or(at)
}

pub(crate) fn cut_revision(revision: Revision) -> Revision {
    Revision {
        at: cut(revision.at),
        digest: revision.digest,
    }
}

/// A `ttl` too long for the calendar never ends.
pub(crate) fn end_of(ttl: Duration, now: Timestamp) -> Timestamp {
    cut(now.checked_add(ttl).unwrap_or(Timestamp::MAX))
}
