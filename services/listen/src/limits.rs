//! How much anybody may ask for.

use std::time::Duration;

/// Bounds on what strangers can make the process hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest body, in bytes.
    pub body: usize,
    /// Longest request line and headers together, in bytes; at least 8192.
    pub headers: usize,
    /// Webhooks answered at the same time; more are told to come back.
    pub in_flight: usize,
    /// Open connections; more wait in the operating system's queue.
    pub connections: usize,
    /// How long a caller may take to send its headers, and again its body.
    pub patience: Duration,
}

impl Default for Limits {
    /// 1 MiB of body, 16 KiB of headers, 128 webhooks on 512 connections, 10 seconds.
    fn default() -> Self {
        Self {
            body: 1024 * 1024,
            headers: 16 * 1024,
            in_flight: 128,
            connections: 512,
            patience: Duration::from_secs(10),
        }
    }
}
