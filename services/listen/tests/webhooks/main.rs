//! Webhooks over real connections, written byte by byte: genuine, odd and hostile ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod answers;
mod caller;
mod floods;
mod house;
