//! What the shop has.

use std::collections::BTreeMap;

use ports::{Exchange, Fault, Lane};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Item;
use crate::client::api::{Answer, Api};
use crate::client::documents::{
    Document, PRODUCT_BY_KEY, PRODUCT_VARIANTS, PRODUCTS, PRODUCTS_BY_SKU,
};
use crate::map::{self, ProductsBySku, gid};
use crate::wire::{Connection, Product};

/// Articles asked for in one search.
const SKUS: usize = 250;

#[derive(Deserialize)]
struct ProductsData {
    /// Null for one that is not there, and without fields for what is no product.
    nodes: Vec<Option<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyData {
    product_by_identifier: Option<Product>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SkuData {
    product_variants: Connection<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    sku: Option<String>,
    product: HitProduct,
}

#[derive(Deserialize)]
struct HitProduct {
    id: String,
}

/// What the shop has of each write: its twin, or else the product that has its articles.
pub(super) async fn look(
    api: &Api,
    items: &[Item<'_>],
    exchanges: &mut Vec<Exchange>,
) -> Vec<Result<Option<Product>, Fault>> {
    let mut there = match by_twin(api, items, exchanges).await {
        Ok(there) => there,
        Err(fault) => return items.iter().map(|_| Err(fault.clone())).collect(),
    };
    let is_open = |item: &&Item<'_>| {
        let is_there = bound(item).is_some_and(|id| there.contains_key(&id));
        item.2.offered && !is_there
    };
    let skus: Vec<&str> = items
        .iter()
        .filter(is_open)
        .flat_map(|item| item.2.variants.iter().map(|variant| variant.sku.as_str()))
        .collect();
    let found = match by_sku(api, &skus, exchanges).await {
        Ok(found) => found,
        Err(fault) => return items.iter().map(|_| Err(fault.clone())).collect(),
    };
    let twins: Vec<Result<Option<String>, Fault>> = items
        .iter()
        .map(
            |item| match bound(item).filter(|id| there.contains_key(id)) {
                Some(id) => Ok(Some(id)),
                None => map::twin_of(item.2, &found),
            },
        )
        .collect();
    let others: Vec<String> = twins
        .iter()
        .filter_map(|twin| twin.as_ref().ok()?.clone())
        .filter(|id| !there.contains_key(id))
        .collect();
    match by_id(api, &others, exchanges).await {
        Ok(others) => there.extend(others),
        Err(fault) => return items.iter().map(|_| Err(fault.clone())).collect(),
    }
    let one = |twin: Result<Option<String>, Fault>| {
        let id = twin?;
        Ok(id.and_then(|id| there.get(&id).cloned()))
    };
    twins.into_iter().map(one).collect()
}

/// The global id of a write's twin.
fn bound(item: &Item<'_>) -> Option<String> {
    let twin = item.1.bound.as_ref()?;
    gid("Product", &twin.id)
}

/// The twins of the writes that are there, by global id.
pub(super) async fn by_twin(
    api: &Api,
    items: &[Item<'_>],
    exchanges: &mut Vec<Exchange>,
) -> Result<BTreeMap<String, Product>, Fault> {
    let ids: Vec<String> = items.iter().filter_map(bound).collect();
    by_id(api, &ids, exchanges).await
}

/// The twin of a write among them.
pub(super) fn twin_in<'a>(
    there: &'a BTreeMap<String, Product>,
    item: &Item<'_>,
) -> Option<&'a Product> {
    there.get(&bound(item)?)
}

/// What the shop has of each write by our key, which is as true as the shop itself, unlike its search.
pub(super) async fn by_key(
    api: &Api,
    items: &[Item<'_>],
    exchanges: &mut Vec<Exchange>,
) -> Vec<Result<Option<Product>, Fault>> {
    let mut found = Vec::with_capacity(items.len());
    for (_, write, _) in items {
        let variables = json!({ "key": write.key.as_str() });
        let read = read::<KeyData>(api, PRODUCT_BY_KEY, variables, exchanges).await;
        let product = match read.map(|data| data.product_by_identifier) {
            Ok(Some(product)) => whole(api, product, exchanges).await.map(Some),
            Ok(None) => Ok(None),
            Err(fault) => Err(fault),
        };
        found.push(product);
    }
    found
}

async fn by_id(
    api: &Api,
    ids: &[String],
    exchanges: &mut Vec<Exchange>,
) -> Result<BTreeMap<String, Product>, Fault> {
    let mut there = BTreeMap::new();
    if ids.is_empty() {
        return Ok(there);
    }
    let data: ProductsData = read(api, PRODUCTS, json!({ "ids": ids }), exchanges).await?;
    for node in data.nodes.into_iter().flatten() {
        let product: Product = serde_json::from_value(node).map_err(|error| Fault::Unreadable {
            why: format!("a product cannot be read: {error}"),
        })?;
        let product = whole(api, product, exchanges).await?;
        there.insert(product.id.clone(), product);
    }
    Ok(there)
}

async fn whole(
    api: &Api,
    mut product: Product,
    exchanges: &mut Vec<Exchange>,
) -> Result<Product, Fault> {
    let variants = &mut product.variants;
    api.complete(
        Lane::Bulk,
        PRODUCT_VARIANTS,
        &product.id,
        variants,
        exchanges,
    )
    .await?;
    Ok(product)
}

async fn by_sku(
    api: &Api,
    skus: &[&str],
    exchanges: &mut Vec<Exchange>,
) -> Result<ProductsBySku, Fault> {
    let mut found = ProductsBySku::new();
    for some in skus.chunks(SKUS) {
        let terms: Vec<String> = some
            .iter()
            .map(|sku| super::super::skus::term(sku))
            .collect();
        let query = terms.join(" OR ");
        let mut after: Option<String> = None;
        loop {
            let variables = json!({ "query": query, "after": after });
            let data: SkuData = read(api, PRODUCTS_BY_SKU, variables, exchanges).await?;
            let page = data.product_variants;
            for hit in page.nodes {
                // The search compares more loosely than we do.
                let sku = hit.sku.as_deref().map(str::trim).unwrap_or_default();
                if some.contains(&sku) {
                    let products = found.entry(sku.to_owned()).or_default();
                    products.insert(hit.product.id);
                }
            }
            if !page.page_info.has_next_page || page.page_info.end_cursor == after {
                break;
            }
            after = page.page_info.end_cursor;
        }
    }
    Ok(found)
}

/// Reads, and adds the exchange to those given.
pub(super) async fn read<T: DeserializeOwned>(
    api: &Api,
    document: Document,
    variables: Value,
    exchanges: &mut Vec<Exchange>,
) -> Result<T, Fault> {
    match api.query(Lane::Bulk, document, variables).await {
        Ok(reply) => {
            let data = reply.json::<Answer<T>>().map(|answer| answer.data);
            exchanges.push(reply.exchange);
            data
        }
        Err(failure) => {
            exchanges.push(failure.exchange);
            Err(failure.fault)
        }
    }
}
