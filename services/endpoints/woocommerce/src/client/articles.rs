//! Finding what bears a SKU: products and variations alike (a search by SKU finds both).

use std::collections::BTreeSet;

use kit::{BySku, Rest};
use ports::{Exchange, Fault, Lane};

use super::api::{PAGE, PAGE_TEXT};
use crate::wire::Article;

/// SKUs asked for with one request: as many as an address bears that every server takes.
const AT_ONCE: usize = 50;

/// What is read of an article where its level and price are all that matters.
pub(super) const LEVELS: &str = "id,parent_id,type,sku,status,manage_stock,stock_quantity,regular_price,sale_price,date_modified_gmt";
/// What is read of a product.
pub(super) const PRODUCTS: &str = "id,parent_id,type,sku,status,attributes,meta_data";

/// Articles by SKU.
pub(super) type Articles = BySku<Article>;

/// Finds the articles of those SKUs.
pub(super) async fn find(
    api: &Rest,
    lane: Lane,
    skus: BTreeSet<&str>,
    fields: &str,
    exchanges: &mut Vec<Exchange>,
) -> Result<Articles, Fault> {
    // A comma parts one SKU from the next: what has one in it is asked for alone.
    let (alone, together): (Vec<&str>, Vec<&str>) =
        skus.into_iter().partition(|sku| sku.contains(','));
    let chunks = together.chunks(AT_ONCE).chain(alone.chunks(1));
    let mut by_sku = Articles::default();
    for some in chunks {
        let wanted = some.join(",");
        for page in 1_u64.. {
            let page = page.to_string();
            let query = [
                ("sku", wanted.as_str()),
                ("per_page", PAGE_TEXT),
                ("page", page.as_str()),
                ("_fields", fields),
            ];
            let found: Vec<Article> = api.read(lane, "products", &query, exchanges).await?;
            let full = found.len() >= PAGE;
            for article in found {
                // The database compares more loosely than we do.
                if some.contains(&article.sku.0.as_str()) {
                    by_sku.add(article.sku.0.clone(), article);
                }
            }
            if !full {
                break;
            }
        }
    }
    Ok(by_sku)
}
