//! What is read from the shop.

use commerce::Kind;
use kit::{Feeds, Whose};

use super::Api;
use super::orders::Orders;
use super::payouts::PayoutReader;
use super::people::People;
use super::refunds::RefundReader;
use crate::Settings;

/// Reads a shop's orders, refunds, payouts, customers and companies.
pub(crate) fn reader(whose: &Whose, settings: &Settings, api: &Api) -> Feeds {
    let (whose, api) = (|| whose.clone(), || api.clone());
    Feeds::new(
        "Shopify",
        crate::READS,
        vec![
            (Kind::Order, Box::new(Orders::new(whose(), settings, api()))),
            (
                Kind::Refund,
                Box::new(RefundReader::new(whose(), settings, api())),
            ),
            (
                Kind::Customer,
                Box::new(People::customers(whose(), settings, api())),
            ),
            (
                Kind::Company,
                Box::new(People::companies(whose(), settings, api())),
            ),
            (
                Kind::Payout,
                Box::new(PayoutReader::new(whose(), settings, api())),
            ),
        ],
    )
}
