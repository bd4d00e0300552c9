//! Units sold in orders on their way: what the system that keeps the stock has not heard of.

use std::collections::BTreeSet;

use async_trait::async_trait;
use commerce::{MerchantId, Sku, SyncId};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::LedgerError;

/// Units of one SKU in one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// The article.
    pub sku: Sku,
    /// How many.
    pub units: Decimal,
    /// The order's number.
    pub order: String,
    /// When the order's state last changed after it had reached its target; `None` while the target has nothing of it.
    pub landed: Option<Timestamp>,
}

/// Orders on their way, by what they take from stock.
#[async_trait]
pub trait Underway: Send + Sync {
    /// Units of those SKUs in orders of those syncs that their targets do not have, or whose state changed at or after `since`: a level read
    /// before that may not contain them. Orders that are left out do not count. One look for all.
    async fn underway(
        &self,
        merchant: &MerchantId,
        orders: &[SyncId],
        skus: &BTreeSet<Sku>,
        since: Timestamp,
    ) -> Result<Vec<Sold>, LedgerError>;
}
