//! Requests to the shop, and what its answers mean.

mod api;
mod articles;
mod auth;
mod bell;
mod belonging;
mod body;
mod cancellations;
mod checkup;
mod cursor;
mod deliveries;
mod givebacks;
mod judge;
mod levels;
mod orders;
mod products;
mod pushed;
mod reader;
mod refunds;
mod vendor;
mod writer;

pub(crate) use api::api;
pub(crate) use bell::Bell;
pub(crate) use checkup::Checkup;
pub(crate) use pushed::remake;
pub(crate) use reader::reader;
pub(crate) use writer::writer;
