//! Requests to Amazon, and what its answers mean.

mod api;
mod auth;
mod checkup;
mod cursor;
mod deliveries;
mod feeds;
mod levels;
mod orders;
mod reader;
mod settlements;
mod vendor;
mod writer;

pub(crate) use api::Api;
pub(crate) use checkup::Checkup;
pub(crate) use reader::Reader;
pub(crate) use writer::Writer;
