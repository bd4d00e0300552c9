//! What tests of several crates share. Only tests depend on this crate.

mod skip;

pub use skip::{contracts, service, skip};
