//! What is read from the shop.

use std::sync::Arc;

use commerce::Kind;
use kit::{Feeds, Rest, Whose};

use super::orders::Orders;
use super::refunds::Refunds;
use crate::Settings;

/// Reads a shop's orders and refunds.
pub(crate) fn reader(whose: Whose, settings: Arc<Settings>, api: Rest) -> Feeds {
    let orders = Orders {
        whose: whose.clone(),
        settings: Arc::clone(&settings),
        api: api.clone(),
    };
    let refunds = Refunds {
        whose,
        settings,
        api,
    };
    Feeds::new(
        "WooCommerce",
        crate::READS,
        vec![
            (Kind::Order, Box::new(orders)),
            (Kind::Refund, Box::new(refunds)),
        ],
    )
}
