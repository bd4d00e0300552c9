//! The NetSuite account, asked over HTTP as a connector would ask it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod applied;
mod bank;
mod entities;
mod faults;
mod fulfilment;
mod lab;
mod limits;
mod login;
mod orders;
mod records;
mod suiteql;
mod warehouse;
