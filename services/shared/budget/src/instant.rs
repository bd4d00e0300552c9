//! Arithmetic on instants that can neither overflow nor go below zero.

use std::time::Duration;

use jiff::Timestamp;

/// That long after the instant.
pub(crate) fn after(instant: Timestamp, wait: Duration) -> Timestamp {
    instant.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// How long it is from one instant to another; zero when the clock was set back.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
