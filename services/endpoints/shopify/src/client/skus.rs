//! Finding what bears a SKU.

use std::collections::BTreeSet;

use kit::BySku;
use ports::{Exchange, Fault, Lane};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::api::{Answer, Api};
use super::documents::Document;
use super::judge::is_too_costly;
use crate::wire::{Connection, InventoryItem, Variant};

/// Records on one page, the longest that Shopify gives, and articles asked for in one search.
const PAGE: usize = 250;

/// A search's answer, whatever it looks for.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
struct Data<T> {
    #[serde(alias = "inventoryItems", alias = "productVariants")]
    found: Connection<T>,
}

/// A record that bears a SKU.
pub(super) trait Article {
    fn sku(&self) -> Option<&str>;
}

impl Article for InventoryItem {
    fn sku(&self) -> Option<&str> {
        self.sku.as_deref()
    }
}

impl Article for Variant {
    fn sku(&self) -> Option<&str> {
        self.sku.as_deref()
    }
}

/// Records by SKU.
pub(super) type Found<T> = BySku<T>;

/// What such records are called.
pub(super) const CALLED: &str = "variants in Shopify";

/// Finds the records of those SKUs, with as few requests as their number allows.
pub(super) async fn find<T: Article + DeserializeOwned>(
    api: &Api,
    lane: Lane,
    document: Document,
    skus: impl Iterator<Item = &str>,
    exchanges: &mut Vec<Exchange>,
) -> Result<Found<T>, Fault> {
    let skus: BTreeSet<&str> = skus.collect();
    let skus: Vec<&str> = skus.into_iter().collect();
    let mut by_sku = Found::default();
    let mut size = PAGE;
    for some in skus.chunks(PAGE) {
        let terms: Vec<String> = some.iter().map(|sku| term(sku)).collect();
        let query = terms.join(" OR ");
        let mut after: Option<String> = None;
        loop {
            let variables = json!({ "query": query, "first": size, "after": after });
            let reply = match api.query(lane, document, variables).await {
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
            let read = reply.json::<Answer<Data<T>>>();
            exchanges.push(reply.exchange);
            let page = read?.data.found;
            for record in page.nodes {
                // The search compares more loosely than we do.
                let sku = record.sku().map(str::trim).unwrap_or_default().to_owned();
                if some.contains(&sku.as_str()) {
                    by_sku.add(sku, record);
                }
            }
            if !page.page_info.has_next_page || page.page_info.end_cursor == after {
                break;
            }
            after = page.page_info.end_cursor;
        }
    }
    Ok(by_sku)
}

/// One article in Shopify's search language.
pub(super) fn term(sku: &str) -> String {
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
