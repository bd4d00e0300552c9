//! ShipStation's JSON, only the fields used. Amounts are JSON numbers, kept as their texts.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A page of shipments.
#[derive(Debug, Deserialize)]
pub(crate) struct Shipments {
    pub(crate) shipments: Vec<Shipment>,
    #[serde(flatten)]
    pub(crate) page: PageInfo,
}

/// A page of orders that were marked as shipped.
#[derive(Debug, Deserialize)]
pub(crate) struct Fulfillments {
    pub(crate) fulfillments: Vec<Fulfillment>,
    #[serde(flatten)]
    pub(crate) page: PageInfo,
}

/// A page of orders.
#[derive(Debug, Deserialize)]
pub(crate) struct Orders {
    pub(crate) orders: Vec<Order>,
}

/// Where a page stands.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct PageInfo {
    /// Rows of all pages.
    pub(crate) total: u64,
    /// How many pages; the vendor's own examples say 0 of a single one.
    #[serde(default)]
    pub(crate) pages: u64,
}

/// A label, and what went out under it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shipment {
    pub(crate) shipment_id: u64,
    pub(crate) order_id: u64,
    #[serde(default)]
    pub(crate) order_key: Option<String>,
    pub(crate) order_number: String,
    /// Pacific time, as all times here.
    pub(crate) create_date: String,
    #[serde(default)]
    pub(crate) ship_date: Option<String>,
    #[serde(default)]
    pub(crate) shipment_cost: Option<Box<RawValue>>,
    #[serde(default)]
    pub(crate) insurance_cost: Option<Box<RawValue>>,
    #[serde(default)]
    pub(crate) tracking_number: Option<String>,
    #[serde(default)]
    pub(crate) is_return_label: bool,
    #[serde(default)]
    pub(crate) carrier_code: Option<String>,
    #[serde(default)]
    pub(crate) service_code: Option<String>,
    #[serde(default)]
    pub(crate) warehouse_id: Option<u64>,
    #[serde(default)]
    pub(crate) voided: bool,
    #[serde(default)]
    pub(crate) void_date: Option<String>,
    #[serde(default)]
    pub(crate) weight: Option<Weight>,
    /// Null unless asked for.
    #[serde(default)]
    pub(crate) shipment_items: Option<Vec<Item>>,
}

/// An order that was marked as shipped, without a label from here.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fulfillment {
    pub(crate) fulfillment_id: u64,
    pub(crate) order_id: u64,
    pub(crate) order_number: String,
    pub(crate) create_date: String,
    #[serde(default)]
    pub(crate) ship_date: Option<String>,
    #[serde(default)]
    pub(crate) tracking_number: Option<String>,
    #[serde(default)]
    pub(crate) carrier_code: Option<String>,
    #[serde(default)]
    pub(crate) fulfillment_fee: Option<Box<RawValue>>,
    #[serde(default)]
    pub(crate) voided: bool,
    #[serde(default)]
    pub(crate) void_date: Option<String>,
}

/// Units of an article.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    #[serde(default)]
    pub(crate) line_item_key: Option<String>,
    #[serde(default)]
    pub(crate) sku: Option<String>,
    pub(crate) quantity: Box<RawValue>,
    /// A discount or the like, not goods.
    #[serde(default)]
    pub(crate) adjustment: bool,
}

/// A weight.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Weight {
    #[serde(default)]
    pub(crate) value: Option<Box<RawValue>>,
    /// `pounds`, `ounces` or `grams`.
    #[serde(default)]
    pub(crate) units: Option<String>,
}

/// An order as it stands.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    pub(crate) order_id: u64,
    pub(crate) order_number: String,
    #[serde(default)]
    pub(crate) order_key: Option<String>,
    pub(crate) order_status: String,
    #[serde(default)]
    pub(crate) items: Vec<Item>,
    #[serde(default)]
    pub(crate) ship_to: Option<ShipTo>,
}

/// Where an order goes, as far as it is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipTo {
    #[serde(default)]
    pub(crate) street1: Option<String>,
    #[serde(default)]
    pub(crate) postal_code: Option<String>,
}

/// What became of the orders of one request.
#[derive(Debug, Deserialize)]
pub(crate) struct Saved {
    #[serde(default)]
    pub(crate) results: Vec<SavedOrder>,
}

/// What became of one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedOrder {
    #[serde(default)]
    pub(crate) order_id: Option<u64>,
    #[serde(default)]
    pub(crate) order_number: Option<String>,
    #[serde(default)]
    pub(crate) order_key: Option<String>,
    #[serde(default)]
    pub(crate) success: bool,
    #[serde(default)]
    pub(crate) error_message: Option<String>,
}

/// A webhook's body: an address where its news can be read, which is not asked.
#[derive(Debug, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) resource_type: String,
}
