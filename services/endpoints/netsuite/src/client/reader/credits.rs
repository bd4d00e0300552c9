//! Credits of sales orders. A page takes two queries: the credits, and their lines.

use std::collections::HashMap;

use commerce::Record;
use ports::{Fault, Found, Lane, Page};
use serde_json::json;

use super::{Reader, fault, last, text};
use crate::map::settings::InternalId;
use crate::map::{Currencies, Position, Reading, giveback, query};
use crate::wire::Row;

/// Credits of one page.
const CREDITS: u32 = 200;

impl Reader {
    pub(super) async fn credit_page(&self, position: &Position) -> Result<Page, Fault> {
        let currencies = self.currencies().await?;
        let query = query::credits(position, is_one_of_many(currencies));
        let page = self.query(Lane::Orders, &query, CREDITS).await?;
        let harvest = self.credits(&page.rows, currencies).await?;
        let last = last(&page.rows, "modified", |row| text(row, "id"))?;
        Ok(self.turned(position, &page, last, harvest))
    }

    pub(super) async fn credits_of(&self, ids: &[InternalId]) -> Result<Found, Fault> {
        let currencies = self.currencies().await?;
        let query = query::credits_of(ids, is_one_of_many(currencies));
        let rows = self.all(Lane::Orders, ids, &query).await?;
        self.credits(&rows, currencies).await
    }

    async fn currencies(&self) -> Result<&Currencies, Fault> {
        let known = self.facts.currencies(&self.api, &self.settings.orders);
        Ok(known.await.map_err(fault)?.0)
    }

    async fn credits(&self, rows: &[Row], currencies: &Currencies) -> Result<Found, Fault> {
        let mut heads: Vec<Vec<Row>> = Vec::new();
        for row in rows {
            match heads.last_mut() {
                Some(same) if same.first().and_then(|one| text(one, "id")) == text(row, "id") => {
                    same.push(row.clone());
                }
                _ => heads.push(vec![row.clone()]),
            }
        }
        let firsts: Vec<Row> = heads
            .iter()
            .filter_map(|all| all.first().cloned())
            .collect();
        let ids: Vec<InternalId> = firsts
            .iter()
            .filter_map(|row| InternalId::new(text(row, "id")?).ok())
            .collect();
        let mut lines: HashMap<String, Vec<Row>> = HashMap::new();
        if !ids.is_empty() {
            let line_field = self.settings.orders.line_field.as_ref();
            let query = query::credit_lines(&ids, &self.settings.item_field, line_field);
            let (found, _) = self.api.all(Lane::Orders, &query).await.map_err(fault)?;
            for row in found {
                let of = text(&row, "credit").unwrap_or_default();
                lines.entry(of).or_default().push(row);
            }
        }
        let mut all = heads.into_iter();
        let reading = Reading {
            orders: &self.settings.orders,
            refunds: &self.settings.refunds,
        };
        Ok(self.harvest(&firsts, |row| {
            let heads = all.next().unwrap_or_default();
            let id = text(row, "id").unwrap_or_default();
            let lines = lines.remove(&id).unwrap_or_default();
            let currency = code(row, currencies)?;
            let read = giveback(&heads, &lines, &currency, reading)?;
            let source = json!({"credit": heads, "lines": lines});
            Ok((
                read.id,
                read.at,
                Record::Refund(Box::new(read.record)),
                source,
            ))
        }))
    }
}

/// Whether transactions bear a currency.
const fn is_one_of_many(currencies: &Currencies) -> bool {
    matches!(currencies, Currencies::ByCode(_))
}

/// The ISO code of a row's currency.
fn code(row: &Row, currencies: &Currencies) -> Result<String, String> {
    let ids = match currencies {
        Currencies::Only(code) => return Ok(code.clone()),
        Currencies::ByCode(ids) => ids,
    };
    let id = text(row, "currency").ok_or("it has no currency")?;
    let found = ids.iter().find(|(_, known)| **known == id);
    found.map(|(code, _)| code.clone()).ok_or_else(|| {
        format!("its currency {id} is none that the role sees: give it Lists > Currency: View, or set orders.currencies")
    })
}
