//! Fulfilments, stock levels, products, prices, refunds and cancellations, as a sink.

use std::sync::Arc;

use commerce::ConnectionId;
use kit::{ByOrder, Desks};

use super::api::Api;
use super::cancellations::Canceller;
use super::deliveries::Deliveries;
use super::givebacks::Repayer;
use super::prices::Prices;
use super::products::Products;
use super::stock::Stock;
use crate::Settings;

/// Writes to a shop.
pub(crate) fn writer(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Desks {
    let (of, set, api) = (
        || connection.clone(),
        || Arc::clone(&settings),
        || api.clone(),
    );
    Desks::new(
        "Shopify",
        crate::WRITES,
        vec![
            Box::new(ByOrder(Deliveries::new(of(), set(), api()))),
            Box::new(ByOrder(Canceller::new(of(), set(), api()))),
            Box::new(ByOrder(Repayer::new(of(), set(), api()))),
            Box::new(Stock::new(set(), api())),
            Box::new(Products::new(set(), api())),
            Box::new(Prices::new(set(), api())),
        ],
    )
}
