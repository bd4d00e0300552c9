//! Units sold in orders on their way.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use commerce::{MerchantId, Sku, SyncId};
use jiff::Timestamp;
use ports::ledger::{Seen, Sold, Underway};
use rust_decimal::Decimal;

use crate::error::{Result, unreadable};
use crate::store::{Database, UnderwayStore};
use crate::time::{micros, timestamp};

#[async_trait]
impl<S: UnderwayStore> Underway for Database<S> {
    async fn underway(
        &self,
        merchant: &MerchantId,
        orders: &[SyncId],
        skus: &BTreeSet<Sku>,
        since: Timestamp,
    ) -> Result<Vec<Sold>> {
        let mut sold = Vec::new();
        if orders.is_empty() || skus.is_empty() {
            return Ok(sold);
        }
        let rows = self.0.underway(merchant, orders, micros(since)).await?;
        for (order, units, landed) in rows {
            let units: BTreeMap<Sku, Decimal> = serde_json::from_str(&units)
                .map_err(|error| unreadable("an order's units", error))?;
            let landed = landed.map(timestamp).transpose()?;
            let wanted = units.into_iter().filter(|(sku, _)| skus.contains(sku));
            sold.extend(wanted.map(|(sku, units)| Sold {
                sku,
                units,
                order: order.clone(),
                landed,
            }));
        }
        Ok(sold)
    }
}

/// As they are stored; nothing where there are none.
pub(crate) fn stored(seen: &Seen) -> Option<String> {
    let units = (!seen.units.is_empty()).then(|| serde_json::to_string(&seen.units));
    // A map of texts to texts can always be written.
    units.and_then(std::result::Result::ok)
}
