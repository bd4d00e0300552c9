//! Refunds, which the Admin API only tells of inside their orders.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Connection;
use super::order::{Bag, CashRounding, Reference, TaxLine, Transaction};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Location {
    pub(crate) legacy_resource_id: String,
}

/// An order, as far as its refunds need it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundedOrder {
    pub(crate) legacy_resource_id: String,
    pub(crate) name: String,
    pub(crate) test: bool,
    pub(crate) edited: bool,
    pub(crate) taxes_included: bool,
    pub(crate) total_price_set: Bag,
    pub(crate) current_total_price_set: Bag,
    pub(crate) total_cash_rounding_adjustment: CashRounding,
    pub(crate) refunds: Vec<Box<RawValue>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refund {
    pub(crate) legacy_resource_id: String,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) processed_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) note: Option<String>,
    pub(crate) total_refunded_set: Bag,
    pub(crate) duties: Option<Vec<RefundDuty>>,
    pub(crate) refund_line_items: Connection<RefundLineItem>,
    pub(crate) refund_shipping_lines: Connection<RefundShippingLine>,
    pub(crate) order_adjustments: Connection<OrderAdjustment>,
    pub(crate) transactions: Connection<Transaction>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundLineItem {
    pub(crate) id: Option<String>,
    pub(crate) quantity: i64,
    pub(crate) restock_type: String,
    pub(crate) restocked: bool,
    pub(crate) subtotal_set: Bag,
    pub(crate) total_tax_set: Bag,
    pub(crate) location: Option<Location>,
    pub(crate) line_item: RefundedLine,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundedLine {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) variant_title: Option<String>,
    pub(crate) sku: Option<String>,
    pub(crate) is_gift_card: bool,
    pub(crate) tax_lines: Vec<TaxLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundShippingLine {
    pub(crate) id: String,
    pub(crate) subtotal_amount_set: Bag,
    pub(crate) tax_amount_set: Bag,
    pub(crate) shipping_line: RefundedShipping,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundedShipping {
    pub(crate) id: Option<String>,
    pub(crate) title: String,
    pub(crate) code: Option<String>,
    pub(crate) tax_lines: Vec<TaxLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundDuty {
    pub(crate) amount_set: Bag,
    pub(crate) original_duty: Option<Reference>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderAdjustment {
    pub(crate) id: String,
    pub(crate) reason: Option<String>,
    pub(crate) amount_set: Bag,
    pub(crate) tax_amount_set: Bag,
}
