//! Sales orders that were cancelled or closed. A page takes two queries: the orders, and those of them of which something had left.

use std::collections::HashSet;

use commerce::Record;
use ports::{Fault, Found, Lane, Page};
use serde_json::json;

use super::{Reader, fault, last, text};
use crate::map::settings::InternalId;
use crate::map::{Position, cancellation, query};
use crate::wire::Row;

/// Sales orders of one page.
const ORDERS: u32 = 200;

impl Reader {
    pub(super) async fn cancellation_page(&self, position: &Position) -> Result<Page, Fault> {
        let query = query::cancellations(position);
        let page = self.query(Lane::Orders, &query, ORDERS).await?;
        let harvest = self.cancellations(&page.rows).await?;
        let last = last(&page.rows, "modified", |row| text(row, "id"))?;
        Ok(self.turned(position, &page, last, harvest))
    }

    pub(super) async fn cancellations_of(&self, ids: &[InternalId]) -> Result<Found, Fault> {
        let query = query::cancellations_of(ids);
        let rows = self.all(Lane::Orders, ids, &query).await?;
        self.cancellations(&rows).await
    }

    async fn cancellations(&self, orders: &[Row]) -> Result<Found, Fault> {
        let ids: Vec<InternalId> = orders
            .iter()
            .filter_map(|row| InternalId::new(text(row, "id")?).ok())
            .collect();
        let mut begun = HashSet::new();
        if !ids.is_empty() {
            let query = query::begun(&ids);
            let (rows, _) = self.api.all(Lane::Orders, &query).await.map_err(fault)?;
            begun.extend(rows.iter().filter_map(|row| text(row, "sales_order")));
        }
        Ok(self.harvest(orders, |row| {
            let begun = text(row, "id").is_some_and(|id| begun.contains(&id));
            let read = cancellation(row, begun)?;
            let source = json!({"sales_order": row, "begun": begun});
            Ok((read.id, read.at, Record::Cancellation(read.record), source))
        }))
    }
}
