//! What the shop has.

use std::collections::{BTreeSet, HashMap};

use commerce::StockLevel;
use ports::{Exchange, Fault, Lane};
use serde::Deserialize;
use serde_json::json;

use crate::client::api::{Answer, Api};
use crate::client::documents::{ITEM_LEVELS, LEVELS};
use crate::client::judge::is_too_costly;
use crate::map::Target;
use crate::wire::{Connection, InventoryItem};

/// Items on one page, the longest that Shopify gives, and articles asked for in one search.
const PAGE: usize = 250;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemsData {
    inventory_items: Connection<InventoryItem>,
}

/// Inventory items by SKU.
#[derive(Default)]
pub(super) struct Found(HashMap<String, Vec<InventoryItem>>);

impl Found {
    /// The item of that SKU.
    pub(super) fn one(&self, sku: &str) -> Result<&InventoryItem, Fault> {
        match self.0.get(sku).map(Vec::as_slice) {
            Some([item]) => Ok(item),
            None | Some([]) => Err(Fault::Missing {
                what: format!("item:{sku}"),
            }),
            Some(several) => Err(Fault::Held {
                why: format!(
                    "{} variants in Shopify bear the SKU {sku}: which one's stock is meant cannot be told; give each its own",
                    several.len()
                ),
            }),
        }
    }
}

/// Units available at a place. `None` where the item is not stocked.
pub(super) fn place(item: &InventoryItem, target: &Target) -> Option<i64> {
    let mut levels = item.inventory_levels.nodes.iter();
    let level = levels.find(|level| level.location.legacy_resource_id == target.location)?;
    level.quantities.first().map(|quantity| quantity.quantity)
}

/// Finds the items of those levels by SKU, with what is available of them everywhere.
pub(super) async fn look(
    api: &Api,
    levels: &[&StockLevel],
    exchanges: &mut Vec<Exchange>,
) -> Result<Found, Fault> {
    let skus: BTreeSet<&str> = levels.iter().map(|level| level.sku.as_str()).collect();
    let skus: Vec<&str> = skus.into_iter().collect();
    let mut found = Found::default();
    let mut size = PAGE;
    for some in skus.chunks(PAGE) {
        let terms: Vec<String> = some.iter().map(|sku| term(sku)).collect();
        let query = terms.join(" OR ");
        let mut after: Option<String> = None;
        loop {
            let variables = json!({ "query": query, "first": size, "after": after });
            let reply = match api.query(Lane::Stock, LEVELS, variables).await {
                Ok(reply) => reply,
                Err(failure) if size > 1 && is_too_costly(failure.reply.as_deref()) => {
                    size /= 2;
                    continue;
                }
                Err(failure) => {
                    exchanges.push(failure.exchange);
                    return Err(failure.fault);
                }
            };
            let read = reply.json::<Answer<ItemsData>>();
            exchanges.push(reply.exchange);
            let items = read?.data.inventory_items;
            for mut item in items.nodes {
                // The search compares more loosely than we do.
                let sku = item
                    .sku
                    .as_deref()
                    .map(str::trim)
                    .unwrap_or_default()
                    .to_owned();
                if !some.contains(&sku.as_str()) {
                    continue;
                }
                let levels = &mut item.inventory_levels;
                api.complete(Lane::Stock, ITEM_LEVELS, &item.id, levels, exchanges)
                    .await?;
                found.0.entry(sku).or_default().push(item);
            }
            if !items.page_info.has_next_page || items.page_info.end_cursor == after {
                break;
            }
            after = items.page_info.end_cursor;
        }
    }
    Ok(found)
}

/// One article in Shopify's search language.
pub(in crate::client) fn term(sku: &str) -> String {
    let mut quoted = String::with_capacity(sku.len() + 6);
    quoted.push_str("sku:\"");
    for letter in sku.chars() {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_cannot_leave_its_quotes() {
        assert_eq!(term("A B"), r#"sku:"A B""#);
        assert_eq!(term(r#"12" \ x"#), r#"sku:"12\" \\ x""#);
    }
}
