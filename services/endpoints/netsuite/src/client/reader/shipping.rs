//! Sales orders that somebody else sends. A page takes up to four queries: the orders, their lines, their delivery methods, and what is fulfilled of those
//! of which anything is.

use std::collections::{BTreeSet, HashMap};

use commerce::Record;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ports::{Fault, Found, Lane, Page};
use serde_json::json;

use super::{Reader, fault, last, text};
use crate::map::settings::InternalId;
use crate::map::{Position, ShippingParts, query, shipping_order};
use crate::wire::{FulfilledRow, MethodRow, Row, ShippingLineRow};

/// Sales orders of one page.
const ORDERS: u32 = 200;

impl Reader {
    pub(super) async fn shipping_page(&self, position: &Position) -> Result<Page, Fault> {
        let query = query::shipping_orders(position, self.shipped_from());
        let page = self.query(Lane::Orders, &query, ORDERS).await?;
        let harvest = self.shipping_orders(&page.rows).await?;
        let last = last(&page.rows, "modified", |row| text(row, "id"))?;
        Ok(self.turned(position, &page, last, harvest))
    }

    pub(super) async fn shipping_orders_of(&self, ids: &[InternalId]) -> Result<Found, Fault> {
        let query = query::shipping_orders_of(ids);
        let rows = self.all(Lane::Orders, ids, &query).await?;
        self.shipping_orders(&rows).await
    }

    /// From when on orders are told.
    pub(super) fn shipped_from(&self) -> Option<Timestamp> {
        let day = self.settings.shipping_orders.from?;
        let midnight = day.to_zoned(TimeZone::UTC).ok()?;
        Some(midnight.timestamp())
    }

    async fn shipping_orders(&self, orders: &[Row]) -> Result<Found, Fault> {
        let ids: Vec<InternalId> = orders
            .iter()
            .filter_map(|row| InternalId::new(text(row, "id")?).ok())
            .collect();
        let mut parts: HashMap<String, ShippingParts> = HashMap::new();
        if !ids.is_empty() {
            let lines = query::shipping_lines(&ids, &self.settings.item_field, false);
            let found = self.api.find::<ShippingLineRow>(Lane::Orders, &lines);
            for line in found.await.map_err(fault)?.0 {
                parts
                    .entry(line.sales_order.clone())
                    .or_default()
                    .lines
                    .push(line);
            }
            let methods = query::shipping_methods(&ids);
            let found = self.api.find::<MethodRow>(Lane::Orders, &methods);
            for row in found.await.map_err(fault)?.0 {
                parts.entry(row.sales_order).or_default().method = row.method;
            }
        }
        let begun = parts.values().flat_map(|order| &order.lines);
        let begun = begun.filter(|line| line.picked.is_some() || line.shipped.is_some());
        let begun: BTreeSet<&str> = begun.map(|line| line.sales_order.as_str()).collect();
        let begun = begun.into_iter();
        let begun: Vec<InternalId> = begun.filter_map(|id| InternalId::new(id).ok()).collect();
        if !begun.is_empty() {
            let fulfilled = query::fulfilled(&begun);
            let found = self.api.find::<FulfilledRow>(Lane::Orders, &fulfilled);
            for row in found.await.map_err(fault)?.0 {
                let order = parts.entry(row.sales_order.clone()).or_default();
                order.fulfilled.push(row);
            }
        }
        Ok(self.harvest(orders, |row| {
            let parts = text(row, "id").and_then(|id| parts.remove(&id));
            let settings = &self.settings.shipping_orders;
            let read = shipping_order(row, &parts.unwrap_or_default(), settings)?;
            let source = json!({ "sales_order": row });
            Ok((
                read.id,
                read.at,
                Record::ShippingOrder(Box::new(read.record)),
                source,
            ))
        }))
    }
}
