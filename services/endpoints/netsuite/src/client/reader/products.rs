//! Reads products. A page takes two queries, whatever the products are made of, and a third for first prices.

use std::collections::BTreeMap;

use commerce::{ExternalId, Record};
use ports::{Fault, Found, Lane, Page, Unreadable};
use serde_json::Value;

use super::{Reader, fault, last, text};
use crate::map::settings::InternalId;
use crate::map::{FirstPrices, Position, Read, product, product_of, query, typed};
use crate::wire::{FirstPriceRow, Row};

/// Products of one page: their items should fit into few pages of rows.
const PRODUCTS: u32 = 100;

impl Reader {
    /// A page of changed products, and the position after it.
    pub(super) async fn product_page(&self, position: &Position) -> Result<Page, Fault> {
        let page = self
            .query(Lane::Bulk, &query::products(position), PRODUCTS)
            .await?;
        let last = last(&page.rows, "changed", |row| text(row, "product"))?;
        let ids = page.rows.iter();
        let ids: Vec<InternalId> = ids
            .filter_map(|row| InternalId::new(text(row, "product")?).ok())
            .collect();
        let harvest = self.products(&ids).await?;
        Ok(self.turned(position, &page, last, harvest))
    }

    /// The products of those items, which are no children of matrix items.
    pub(super) async fn products(&self, ids: &[InternalId]) -> Result<Found, Fault> {
        let mut harvest = Found::default();
        if ids.is_empty() {
            return Ok(harvest);
        }
        let settings = &self.settings.products;
        let query = query::product_items(ids, &self.settings.item_field, settings);
        let (rows, _) = self.api.all(Lane::Bulk, &query).await.map_err(fault)?;
        let prices = self.first_prices(&rows).await?;
        let mut families: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in rows {
            let of = product_of(&row).unwrap_or_default();
            families.entry(of).or_default().push(row);
        }
        for id in ids {
            let Some(rows) = families.remove(id.as_str()) else {
                continue;
            };
            let read = product(&rows, &prices, settings);
            let source = Value::Array(rows.into_iter().map(Value::Object).collect());
            match read {
                Ok(Some(Read { id, at, record })) => {
                    let record = Record::Product(Box::new(record));
                    harvest.events.push(self.event(id, at, record, &source));
                }
                Ok(None) => {}
                Err(why) => {
                    let unreadable = |id| Unreadable {
                        id,
                        why,
                        body: source.to_string().into_bytes(),
                    };
                    let id = ExternalId::new(id.as_str()).ok();
                    harvest.unreadable.extend(id.map(unreadable));
                }
            }
        }
        Ok(harvest)
    }

    async fn first_prices(&self, items: &[Row]) -> Result<FirstPrices, Fault> {
        let mut prices = FirstPrices::new();
        let Some(setting) = &self.settings.products.first_price else {
            return Ok(prices);
        };
        let ids = items.iter();
        let ids: Vec<InternalId> = ids
            .filter_map(|row| InternalId::new(text(row, "item")?).ok())
            .collect();
        for some in ids.chunks(query::IN_LIST) {
            let query = query::first_prices(some, setting);
            let (rows, _) = self.api.all(Lane::Bulk, &query).await.map_err(fault)?;
            for row in &rows {
                let row: FirstPriceRow = typed(row).map_err(|why| Fault::Unreadable { why })?;
                let price = row.price.and_then(|text| text.parse().ok());
                // The smallest quantity comes first.
                if let Some(price) = price {
                    prices.entry(row.item).or_insert(price);
                }
            }
        }
        Ok(prices)
    }
}
