//! Time that moves when told.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ports::Clock;
use tokio::sync::watch;

/// A clock that stands until it is moved; clones show the same time, in every runtime.
#[derive(Debug, Clone)]
pub struct SimClock(Arc<watch::Sender<Timestamp>>);

impl SimClock {
    /// A clock that stands at that time.
    #[must_use]
    pub fn at(start: &str) -> Self {
        Self(Arc::new(watch::Sender::new(start.parse().unwrap())))
    }

    /// Moves it on and wakes whoever has slept long enough.
    pub fn pass(&self, time: Duration) {
        self.0.send_modify(|now| *now += time);
    }

    /// The same clock for the sandbox.
    #[must_use]
    pub fn for_sandbox(&self) -> sandbox::Clock {
        let clock = self.clone();
        sandbox::Clock::new(move || clock.now())
    }
}

#[async_trait]
impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        let due = self.now() + duration;
        let mut time = self.0.subscribe();
        time.wait_for(|now| *now >= due).await.unwrap();
    }
}
