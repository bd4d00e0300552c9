//! Time in which nobody has to wait.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ports::Clock;

/// A clock that stands until somebody sleeps, and then is at once where the sleep ends.
#[derive(Debug)]
pub(crate) struct StageClock(Mutex<Timestamp>);

impl StageClock {
    pub(crate) const fn at(start: Timestamp) -> Self {
        Self(Mutex::new(start))
    }

    /// Moves it on.
    pub(crate) fn pass(&self, time: Duration) {
        let mut now = self.time();
        *now = now.checked_add(time).unwrap_or(Timestamp::MAX);
    }

    fn time(&self) -> MutexGuard<'_, Timestamp> {
        // A time is never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for StageClock {
    fn now(&self) -> Timestamp {
        *self.time()
    }

    async fn sleep(&self, duration: Duration) {
        self.pass(duration);
    }
}
