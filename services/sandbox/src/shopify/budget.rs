use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::options::Bucket;

/// Cost points that the app can still spend.
#[derive(Debug)]
pub(super) struct Budget {
    bucket: Option<Bucket>,
    /// In thousandths of a point.
    available: i64,
    moved: Timestamp,
}

impl Budget {
    pub(super) fn new(bucket: Option<Bucket>, now: Timestamp) -> Self {
        Self {
            bucket,
            available: bucket.map_or(0, |bucket| i64::from(bucket.size) * 1_000),
            moved: now,
        }
    }

    /// Takes what a query may cost at most, if there is as much.
    pub(super) fn take(&mut self, points: u64, now: Timestamp) -> bool {
        let Some(bucket) = self.bucket else {
            return true;
        };
        let passed = i64::try_from(now.duration_since(self.moved).as_millis())
            .unwrap_or(0)
            .max(0);
        self.moved = self.moved.max(now);
        // A thousandth of a second times a point in a second is a thousandth of a point.
        self.available = self
            .available
            .saturating_add(passed.saturating_mul(i64::from(bucket.restore_rate)))
            .min(i64::from(bucket.size) * 1_000);
        let wanted = thousandths(points);
        let enough = self.available >= wanted;
        if enough {
            self.available -= wanted;
        }
        enough
    }

    /// Gives back what a query did not cost after all.
    pub(super) fn give_back(&mut self, points: u64) {
        if let Some(bucket) = self.bucket {
            self.available =
                (self.available + thousandths(points)).min(i64::from(bucket.size) * 1_000);
        }
    }

    /// `throttleStatus`. Without a bucket it shows one that is always full.
    pub(super) fn status(&self) -> Json {
        let bucket = self.bucket.unwrap_or(Bucket {
            size: 1_000_000,
            restore_rate: 1_000_000,
        });
        let available = self
            .bucket
            .map_or(i64::from(bucket.size), |_| self.available / 1_000);
        json!({ "maximumAvailable": bucket.size, "currentlyAvailable": available, "restoreRate": bucket.restore_rate })
    }
}

fn thousandths(points: u64) -> i64 {
    i64::try_from(points)
        .unwrap_or(i64::MAX / 1_000)
        .saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn points_come_back_with_time_and_never_overflow() {
        let start = Timestamp::UNIX_EPOCH;
        let mut budget = Budget::new(
            Some(Bucket {
                size: 100,
                restore_rate: 10,
            }),
            start,
        );
        assert!(budget.take(100, start));
        assert!(!budget.take(1, start));
        assert!(budget.take(5, start + 500.milliseconds()));
        assert!(!budget.take(1, start + 500.milliseconds()));
        assert!(!budget.take(101, start + 1.hour()));
        budget.give_back(50);
        assert_eq!(budget.status()["currentlyAvailable"], 100);
    }
}
