//! Requests to the shop, and what its answers mean.

mod api;
mod auth;
mod bell;
mod belonging;
mod cancellations;
mod checkup;
mod cursor;
mod deliveries;
mod documents;
mod givebacks;
mod judge;
mod orders;
mod payouts;
mod people;
mod prices;
mod products;
mod pushed;
mod reader;
mod refunds;
mod search;
mod skus;
mod stock;
mod twins;
mod vendor;
mod writer;

pub(crate) use api::Api;
pub(crate) use bell::Bell;
pub(crate) use checkup::Checkup;
pub(crate) use pushed::remake;
pub(crate) use reader::reader;
pub(crate) use writer::writer;

/// The version of the Admin API that is spoken. Shopify supports a version for a year and then answers as the next one without
/// saying so but in the header `X-Shopify-API-Version`.
pub const API_VERSION: &str = "2026-07";
