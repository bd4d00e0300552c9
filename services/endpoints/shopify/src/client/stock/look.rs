//! What the shop has.

use commerce::StockLevel;
use ports::{Exchange, Fault, Lane};

use crate::client::api::Api;
use crate::client::documents::{ITEM_LEVELS, LEVELS};
use crate::client::skus::{self, Found};
use crate::map::Target;
use crate::wire::{InventoryItem, Quantity};

/// Units available at a place. `None` where the item is not stocked.
pub(super) fn place(item: &InventoryItem, target: &Target) -> Option<i64> {
    quantity(item, target).map(|quantity| quantity.quantity)
}

/// The same, with when it last moved.
pub(super) fn quantity<'a>(item: &'a InventoryItem, target: &Target) -> Option<&'a Quantity> {
    let mut levels = item.inventory_levels.nodes.iter();
    let level = levels.find(|level| level.location.legacy_resource_id == target.location)?;
    level.quantities.first()
}

/// Finds the items of those levels by SKU, with what is available of them everywhere.
pub(super) async fn look(
    api: &Api,
    lane: Lane,
    levels: &[&StockLevel],
    exchanges: &mut Vec<Exchange>,
) -> Result<Found<InventoryItem>, Fault> {
    let skus = levels.iter().map(|level| level.sku.as_str());
    let mut found: Found<InventoryItem> = skus::find(api, lane, LEVELS, skus, exchanges).await?;
    for item in found.all_mut() {
        let levels = &mut item.inventory_levels;
        api.complete(lane, ITEM_LEVELS, &item.id, levels, exchanges)
            .await?;
    }
    Ok(found)
}
