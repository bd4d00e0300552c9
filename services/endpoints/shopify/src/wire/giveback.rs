//! An order, as far as giving back goes.

use serde::{Deserialize, Serialize};

use super::Connection;
use super::order::{Bag, Transaction};

/// An `Order`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderGivebacks {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) presentment_currency_code: String,
    /// What of delivery was not given back, after discounts.
    pub(crate) current_shipping_price_set: Bag,
    /// Delivery before discounts and refunds.
    pub(crate) total_shipping_price_set: Bag,
    pub(crate) total_refunded_shipping_set: Bag,
    pub(crate) line_items: Connection<GivebackLine>,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) refunds: Vec<Given>,
}

/// A `LineItem`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GivebackLine {
    pub(crate) id: String,
    pub(crate) sku: Option<String>,
    pub(crate) refundable_quantity: i64,
    pub(crate) unfulfilled_quantity: i64,
    pub(crate) original_unit_price_set: Bag,
}

/// A `Refund`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Given {
    pub(crate) legacy_resource_id: String,
    pub(crate) note: Option<String>,
    pub(crate) total_refunded_set: Bag,
}
