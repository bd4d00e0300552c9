//! So many calls in so long, with bursts: a token bucket, kept as the instant when it would be full again.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::instant::{after, between};

/// A plain rate of calls. Default: 2 a second, bursts of 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateSettings {
    /// Calls …
    pub calls: u32,
    /// … in that many seconds.
    pub seconds: u32,
    /// Calls that may follow each other at once after a pause.
    pub burst: u32,
}

impl Default for RateSettings {
    fn default() -> Self {
        Self {
            calls: 2,
            seconds: 1,
            burst: 2,
        }
    }
}

/// A token bucket (the generic cell rate algorithm).
#[derive(Debug, Clone)]
pub struct TokenBucket {
    interval: Duration,
    /// The most that `full_at` may lie ahead when another call begins.
    tolerance: Duration,
    full_at: Option<Timestamp>,
}

impl TokenBucket {
    /// A full bucket.
    #[must_use]
    pub fn new(settings: &RateSettings) -> Self {
        let interval = Duration::from_secs(u64::from(settings.seconds)) / settings.calls.max(1);
        Self {
            interval,
            tolerance: interval * settings.burst.saturating_sub(1),
            full_at: None,
        }
    }

    /// From when on a call may begin; `None` when it may now.
    #[must_use]
    pub fn wait(&self, now: Timestamp) -> Option<Timestamp> {
        let ahead = self.ahead(now);
        let too_early = ahead.checked_sub(self.tolerance)?;
        (!too_early.is_zero()).then(|| after(now, too_early))
    }

    /// A call begins.
    pub fn begin(&mut self, now: Timestamp) {
        self.full_at = Some(after(now, self.ahead(now) + self.interval));
    }

    /// A call that had leave was never made: its token comes back.
    pub fn cancel(&mut self, now: Timestamp) {
        self.full_at = Some(after(now, self.ahead(now).saturating_sub(self.interval)));
    }

    /// How long until the bucket is full: never longer than a full draw takes, even when the clock was set back.
    fn ahead(&self, now: Timestamp) -> Duration {
        let ahead = self
            .full_at
            .map_or(Duration::ZERO, |full| between(now, full));
        ahead.min(self.tolerance + self.interval)
    }
}
