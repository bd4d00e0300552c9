//! Time as a dependency.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// Reads the time and waits. Everything that needs either takes a clock, so that tests can own time.
#[async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant, UTC.
    fn now(&self) -> Timestamp;
    /// Returns after that long.
    async fn sleep(&self, duration: Duration);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where time enters the program"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where time enters the program"
    )]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
