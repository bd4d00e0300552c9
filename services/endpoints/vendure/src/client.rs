//! Requests to the server, and what its answers mean.

mod api;
mod auth;
mod cancellations;
mod checkup;
mod cursor;
mod deliveries;
mod documents;
mod givebacks;
mod judge;
mod levels;
mod reader;
mod writer;

pub(crate) use api::Api;
pub(crate) use checkup::Checkup;
pub(crate) use reader::Reader;
pub(crate) use writer::Writer;
