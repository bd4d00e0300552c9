//! Stock levels.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::ExternalId;
use crate::sku::Sku;

/// Units of one SKU that can be sold from one location, or from several that are one pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    /// The article.
    pub sku: Sku,
    /// The location's id, or the pool's name, at the system the level was read from.
    pub location: ExternalId,
    /// Units available to sell there; may be negative where more was promised than there is.
    pub available: Decimal,
    /// Whether it is so little that the level goes before others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scarce: bool,
}
