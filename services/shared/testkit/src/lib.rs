//! What tests of several crates share. Only tests depend on this crate.

/// Shopify's sample payloads in the words of its Admin API.
pub mod shopify;
mod skip;

pub use skip::{contracts, service, skip};
