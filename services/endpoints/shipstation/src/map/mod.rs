//! ShipStation's records to and from commerce. Pure.

mod order;
mod shipment;
mod time;

pub(crate) use order::{agrees, body, fields, items_agree, number};
pub(crate) use shipment::{Told, fulfillment, ids, shipment};
pub(crate) use time::{instant, since, until, zone};
