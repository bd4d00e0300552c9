//! Stock.

use jiff::Timestamp;
use serde::Deserialize;

use super::Connection;
use super::delivery::LocationRef;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InventoryItem {
    pub(crate) id: String,
    pub(crate) legacy_resource_id: String,
    pub(crate) sku: Option<String>,
    /// Whether the shop counts its stock; it does not of a bundle, whose stock is that of its parts.
    #[serde(default)]
    pub(crate) tracked: Option<bool>,
    pub(crate) inventory_levels: Connection<Level>,
}

/// An `InventoryLevel`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Level {
    pub(crate) location: LocationRef,
    pub(crate) quantities: Vec<Quantity>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Quantity {
    pub(crate) quantity: i64,
    /// When it last moved.
    #[serde(default)]
    pub(crate) updated_at: Option<Timestamp>,
}
