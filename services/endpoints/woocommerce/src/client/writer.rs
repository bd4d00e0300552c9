//! Fulfilments, stock levels, prices, products, refunds and cancellations, as a sink.

use std::sync::Arc;

use commerce::ConnectionId;
use kit::{ByOrder, Desks, Rest};

use super::cancellations::Canceller;
use super::deliveries::Deliveries;
use super::givebacks::Repayer;
use super::levels::{Levels, PriceDesk, StockDesk};
use super::products::Products;
use crate::Settings;

/// Writes to a shop.
pub(crate) fn writer(connection: ConnectionId, settings: Arc<Settings>, api: Rest) -> Desks {
    let levels = Arc::new(Levels::new(Arc::clone(&settings), api.clone()));
    let deliveries = Deliveries {
        connection: connection.clone(),
        settings: Arc::clone(&settings),
        api: api.clone(),
    };
    let canceller = Canceller {
        connection: connection.clone(),
        api: api.clone(),
    };
    let repayer = Repayer {
        connection,
        settings: Arc::clone(&settings),
        api: api.clone(),
    };
    Desks::new(
        "WooCommerce",
        crate::WRITES,
        vec![
            Box::new(ByOrder(deliveries)),
            Box::new(ByOrder(canceller)),
            Box::new(ByOrder(repayer)),
            Box::new(StockDesk(Arc::clone(&levels))),
            Box::new(PriceDesk(levels)),
            Box::new(Products { settings, api }),
        ],
    )
}
