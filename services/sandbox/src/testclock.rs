use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{Timestamp, ToSpan as _};

use crate::clock::Clock;

/// A clock that moves when told.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn at(start: &str) -> Self {
        Self(Arc::new(AtomicI64::new(
            start.parse::<Timestamp>().unwrap().as_second(),
        )))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.0);
        Clock::new(move || Timestamp::UNIX_EPOCH + seconds.load(Ordering::SeqCst).seconds())
    }
}
