//! What users can write in their rules, and what it comes to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod effects;
mod hostile;
mod names;
mod places;
mod random;
mod records;
mod refused;
mod tables;
mod views;
