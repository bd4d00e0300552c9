//! Waiting for real processes.

use std::net::TcpListener;
use std::time::Duration;

use ports::{Clock as _, SystemClock};

/// Looks, ten a second, before a wait is given up.
const PATIENCE: u32 = 4_000;

/// Waits until something is there; what stands in the way is told when it never is.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let mut missing = String::new();
    for _ in 0..PATIENCE {
        match look().await {
            Ok(found) => return found,
            Err(why) => missing = why,
        }
        SystemClock.sleep(Duration::from_millis(100)).await;
    }
    panic!("never: {what}\n{missing}");
}

/// A port that nobody listens on at the moment.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
