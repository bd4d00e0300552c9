//! Sales orders that somebody else sends.

use serde::Deserialize;

use super::rows::{optional_text, text};

/// A sales order with where it goes.
#[derive(Debug, Deserialize)]
pub(crate) struct ShippingOrderRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) tranid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) otherrefnum: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) memo: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(crate) status: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) email: Option<String>,
    /// UTC.
    #[serde(deserialize_with = "text")]
    pub(crate) modified: String,
    /// UTC.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) created: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addressee: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) attention: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addr1: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addr2: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) city: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) state: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) zip: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) country: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addrphone: Option<String>,
}

/// A line of a sales order that is to be sent.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ShippingLineRow {
    #[serde(deserialize_with = "text")]
    pub(crate) sales_order: String,
    #[serde(deserialize_with = "text")]
    pub(crate) line: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) order_number: Option<String>,
    /// The order's status letter.
    #[serde(deserialize_with = "text")]
    pub(crate) status: String,
    #[serde(deserialize_with = "text")]
    pub(crate) item: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) sku: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) displayname: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) itemid: Option<String>,
    /// Negative.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) quantity: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) picked: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) shipped: Option<String>,
    /// `T` or `F`.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) closed: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) location: Option<String>,
    /// The order's own location.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) order_location: Option<String>,
    /// The order's currency, by internal id.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) currency: Option<String>,
}

/// What of a line is in an item fulfilment.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FulfilledRow {
    #[serde(deserialize_with = "text")]
    pub(crate) sales_order: String,
    #[serde(deserialize_with = "text")]
    pub(crate) line: String,
    #[serde(deserialize_with = "text")]
    pub(crate) fulfilment: String,
    /// The item fulfilment's external id.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) written_as: Option<String>,
    /// Negative on some rows.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) quantity: Option<String>,
}

/// A sales order's delivery method.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct MethodRow {
    #[serde(deserialize_with = "text")]
    pub(crate) sales_order: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) method: Option<String>,
}
