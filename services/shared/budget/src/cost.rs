//! A bucket of points: calls cost points, points come back by the second, and replies say how the bucket stands.

use std::time::Duration;

use jiff::Timestamp;
use ports::Feedback;
use serde::{Deserialize, Serialize};

use crate::instant::{after, between};

/// What is believed of the bucket until the first reply tells better. Default: 1000 points, 50 a second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CostSettings {
    /// Points in the full bucket.
    pub maximum: u32,
    /// Points that come back each second.
    pub per_second: u32,
}

impl Default for CostSettings {
    fn default() -> Self {
        Self {
            maximum: 1000,
            per_second: 50,
        }
    }
}

/// The bucket as far as we know it. Others may draw from it too: each reply sets it right.
#[derive(Debug, Clone)]
pub struct CostBucket {
    maximum: u32,
    per_second: u32,
    /// Thousandths of a point that were there at `at`.
    milli: u64,
    at: Option<Timestamp>,
    /// Points promised to running calls.
    promised: u64,
}

impl CostBucket {
    /// A full bucket.
    #[must_use]
    pub fn new(settings: &CostSettings) -> Self {
        Self {
            maximum: settings.maximum.max(1),
            per_second: settings.per_second.max(1),
            milli: thousand(settings.maximum.max(1)),
            at: None,
            promised: 0,
        }
    }

    /// From when on a call of that many points may begin; `None` when it may now. A call that costs more than the whole bucket waits
    /// for the full bucket.
    #[must_use]
    pub fn wait(&self, now: Timestamp, points: u32) -> Option<Timestamp> {
        let needed = thousand(points.min(self.maximum));
        let missing = needed
            .checked_sub(self.free(now))
            .filter(|missing| *missing > 0)?;
        // Thousandths of a point, by points a second: milliseconds. Those promised to running calls may come sooner, with their replies.
        let wait = Duration::from_millis(missing.div_ceil(u64::from(self.per_second)));
        Some(after(now, wait))
    }

    /// A call of that many points begins.
    pub fn begin(&mut self, points: u32) {
        self.promised = self
            .promised
            .saturating_add(thousand(points.min(self.maximum)));
    }

    /// The call is over. `None` when it taught nothing: its points are taken as not used.
    pub fn end(&mut self, now: Timestamp, points: u32, feedback: Option<&Feedback>) {
        let promised = thousand(points.min(self.maximum));
        self.promised = self.promised.saturating_sub(promised);
        let Some(feedback) = feedback else { return };
        if let Some((available, maximum, per_second)) = feedback.bucket {
            self.maximum = maximum.max(1);
            self.per_second = per_second.max(1);
            self.milli = thousand(available.min(self.maximum));
        } else if feedback.refused {
            self.milli = 0;
        } else {
            let used = feedback.cost.map_or(promised, thousand);
            self.milli = self.filled(now).saturating_sub(used);
        }
        self.at = Some(now);
    }

    fn free(&self, now: Timestamp) -> u64 {
        self.filled(now).saturating_sub(self.promised)
    }

    fn filled(&self, now: Timestamp) -> u64 {
        let passed = between(self.at.unwrap_or(now), now).as_millis();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        let back = passed.saturating_mul(u64::from(self.per_second));
        self.milli.saturating_add(back).min(thousand(self.maximum))
    }
}

fn thousand(points: u32) -> u64 {
    u64::from(points) * 1000
}
