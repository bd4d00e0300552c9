//! The rules of the architecture, each as a test named for it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod code;
mod drivers;
mod endpoints;
mod imports;
mod resolved;
mod sources;
mod workspace;

/// Fails with one line for each thing that breaks the rule.
#[track_caller]
fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n  {}\n", violations.join("\n  "));
}
