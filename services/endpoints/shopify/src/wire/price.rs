//! Prices. Amounts are decimal texts.

use serde::{Deserialize, Serialize};

use super::Connection;

/// A `ProductVariant` with its price in the shop's currency.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variant {
    pub(crate) id: String,
    pub(crate) legacy_resource_id: String,
    pub(crate) sku: Option<String>,
    pub(crate) price: String,
    pub(crate) compare_at_price: Option<String>,
    pub(crate) product: Reference,
}

/// A record by its global id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) id: String,
}

/// A `PriceList` with some of its fixed prices.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PriceList {
    pub(crate) currency: String,
    pub(crate) prices: Connection<FixedPrice>,
}

/// A `PriceListPrice` that is fixed for a variant.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FixedPrice {
    pub(crate) variant: Reference,
    pub(crate) price: Sum,
    pub(crate) compare_at_price: Option<Sum>,
    pub(crate) quantity_price_breaks: Connection<QuantityPrice>,
}

/// A `QuantityPriceBreak`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuantityPrice {
    pub(crate) minimum_quantity: i64,
    pub(crate) price: Sum,
}

/// A `MoneyV2` in a currency that is known already.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) amount: String,
}
