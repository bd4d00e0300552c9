use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// Where the sandbox reads the time: the machine's clock by default, a hand-moved one in tests of expiry and skew.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks `read` every time.
    pub fn new(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The machine's clock.
    #[allow(
        clippy::disallowed_methods,
        reason = "the sandbox plays the other side, which has a clock of its own: this is the one place that reads it"
    )]
    pub fn system() -> Self {
        Self::new(Timestamp::now)
    }

    /// The time now, UTC.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
