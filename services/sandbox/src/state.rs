use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// State shared by the handlers of one server and by the tests that look into it.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(value)))
    }

    /// Locks. A handler that panicked leaves the state usable: the sandbox would rather go on than fail every later request.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Takes as long as the real system would. Returns at once for zero.
#[allow(
    clippy::disallowed_methods,
    reason = "simulates the latency of the other side, nothing waits on it for correctness"
)]
pub(crate) async fn dawdle(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
