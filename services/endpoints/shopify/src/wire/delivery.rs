//! What of an order is delivered and what is still to be.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Connection, LineItemGroup};

/// An `Order`, as far as deliveries go.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderDeliveries {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) fulfillment_orders: Connection<FulfillmentOrder>,
    pub(crate) fulfillments: Vec<Delivered>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FulfillmentOrder {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) supported_actions: Vec<SupportedAction>,
    pub(crate) assigned_location: AssignedLocation,
    pub(crate) fulfillment_holds: Vec<Hold>,
    pub(crate) line_items: Connection<Remaining>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SupportedAction {
    pub(crate) action: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AssignedLocation {
    pub(crate) location: Option<LocationRef>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LocationRef {
    pub(crate) legacy_resource_id: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hold {
    pub(crate) display_reason: String,
    pub(crate) reason_notes: Option<String>,
}

/// A `FulfillmentOrderLineItem`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Remaining {
    pub(crate) id: String,
    pub(crate) remaining_quantity: i64,
    pub(crate) sku: Option<String>,
    pub(crate) line_item: SoldLine,
}

/// A `LineItem`, as far as deliveries go.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SoldLine {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) quantity: i64,
    #[serde(default)]
    pub(crate) line_item_group: Option<LineItemGroup>,
}

/// A `Fulfillment`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivered {
    pub(crate) id: String,
    pub(crate) legacy_resource_id: String,
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) created_at: Timestamp,
    pub(crate) tracking_info: Vec<TrackingNumber>,
    pub(crate) fulfillment_line_items: Connection<Fulfilled>,
}

/// A `Fulfillment`, as far as it is looked at again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parcels {
    pub(crate) status: String,
    pub(crate) tracking_info: Vec<TrackingNumber>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TrackingNumber {
    pub(crate) number: Option<String>,
}

/// A `FulfillmentLineItem`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fulfilled {
    pub(crate) quantity: Option<i64>,
    pub(crate) line_item: SoldLine,
}
