//! Reads shipped fulfilments, changed stock, changed products and prices, credits, and sales orders that were called off. A page of fulfilments takes three queries however many there are: headers, lines,
//! tracking numbers.

mod cancellations;
mod credits;
mod prices;
mod products;
mod shipping;
mod stock;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, Document, Event, ExternalId, Kind, MerchantId, Record};
use jiff::Timestamp;
use ports::{Cursor, Fault, Found, Lane, Page, Source, Unreadable, Window};
use serde_json::{Value, json};

use super::facts::Facts;
use super::tracking::Tracking;
use super::{Api, Rows, Trouble};
use crate::Settings;
use crate::map::settings::InternalId;
use crate::map::{FulfilmentParts, Position, fulfilment, query};
use crate::wire::Row;

/// Fulfilments of one page: their lines should fit into few pages of rows.
const FULFILMENTS: u32 = 200;

/// The source of fulfilments, stock levels, products and prices and cancellations.
pub(crate) struct Reader {
    merchant: MerchantId,
    id: ConnectionId,
    settings: Arc<Settings>,
    api: Api,
    tracking: Tracking,
    facts: Facts,
}

#[async_trait]
impl Source for Reader {
    fn kinds(&self) -> &[Kind] {
        crate::READS
    }

    async fn page(&self, kind: Kind, after: &Cursor) -> Result<Page, Fault> {
        match kind {
            Kind::Fulfilment => {
                let position = Position::read(after)?;
                let query = query::fulfilments(&position);
                let page = self.query(Lane::Orders, &query, FULFILMENTS).await?;
                let harvest = self.fulfilments(&page.rows).await?;
                let last = last(&page.rows, "modified", |row| text(row, "id"))?;
                Ok(self.turned(&position, &page, last, harvest))
            }
            Kind::Stock => self.stock_page(Lane::Stock, &Position::read(after)?).await,
            Kind::Price => self.price_page(after).await,
            Kind::Product => self.product_page(&Position::read(after)?).await,
            Kind::Refund => self.credit_page(&Position::read(after)?).await,
            Kind::Cancellation => self.cancellation_page(&Position::read(after)?).await,
            Kind::ShippingOrder => self.shipping_page(&Position::read(after)?).await,
            Kind::Order | Kind::Customer | Kind::Company | Kind::Payout => Err(not_read(kind)),
        }
    }

    async fn some(&self, kind: Kind, ids: &[ExternalId]) -> Result<Found, Fault> {
        match kind {
            Kind::Fulfilment => {
                let ids = internal(ids);
                let query = query::fulfilments_of(&ids);
                let rows = self.all(Lane::Orders, &ids, &query).await?;
                self.fulfilments(&rows).await
            }
            Kind::Stock => self.stock_levels(ids).await,
            Kind::Product => self.products(&internal(ids)).await,
            Kind::Price => self.prices(ids).await,
            Kind::Refund => self.credits_of(&internal(ids)).await,
            Kind::Cancellation => self.cancellations_of(&internal(ids)).await,
            Kind::ShippingOrder => self.shipping_orders_of(&internal(ids)).await,
            Kind::Order | Kind::Customer | Kind::Company | Kind::Payout => Err(not_read(kind)),
        }
    }

    fn cursor_at(&self, kind: Kind, from: Timestamp) -> Cursor {
        match kind {
            Kind::Price => Self::prices_since(from),
            _ => Position::at(from).cursor(),
        }
    }

    /// By the pages' own query: NetSuite says with each page how many rows there are in all.
    async fn count(&self, kind: Kind, window: Window) -> Result<Option<u64>, Fault> {
        let since = |from: Timestamp| {
            let position = Position::at(from);
            Some(match kind {
                Kind::Fulfilment => query::fulfilments(&position),
                Kind::Refund => query::credits(&position, false),
                Kind::Cancellation => query::cancellations(&position),
                Kind::Product => query::products(&position),
                Kind::ShippingOrder => query::shipping_orders(&position, self.shipped_from()),
                // A row is not yet a level or a price of its own.
                Kind::Stock
                | Kind::Price
                | Kind::Order
                | Kind::Customer
                | Kind::Company
                | Kind::Payout => return None,
            })
        };
        let (Some(all), Some(beyond)) = (since(window.from), since(window.to)) else {
            return Ok(None);
        };
        let all = self.query(Lane::Bulk, &all, 1).await?.total;
        let beyond = self.query(Lane::Bulk, &beyond, 1).await?.total;
        Ok(all
            .zip(beyond)
            .map(|(all, beyond)| all.saturating_sub(beyond)))
    }

    async fn ids(&self, kind: Kind, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let query = match kind {
            Kind::Fulfilment => query::fulfilment_ids(window),
            Kind::Stock | Kind::Price => return self.changed_ids(kind, window).await,
            Kind::Product => query::product_ids(window, &self.settings.products),
            Kind::Refund => query::credit_ids(window),
            Kind::Cancellation => query::cancellation_ids(window),
            Kind::ShippingOrder => query::shipping_order_ids(Window {
                from: self
                    .shipped_from()
                    .map_or(window.from, |from| from.max(window.from)),
                to: window.to,
            }),
            Kind::Order | Kind::Customer | Kind::Company | Kind::Payout => {
                return Err(not_read(kind));
            }
        };
        let (rows, _) = self.api.all(Lane::Bulk, &query).await.map_err(fault)?;
        let ids = rows.iter().map(|row| {
            let id = text(row, "id").and_then(|id| ExternalId::new(id).ok());
            id.ok_or_else(|| Fault::Unreadable {
                why: "a row of ids lacks its id".to_owned(),
            })
        });
        ids.collect()
    }
}

impl Reader {
    pub(crate) fn new(
        merchant: MerchantId,
        id: ConnectionId,
        settings: Arc<Settings>,
        api: Api,
    ) -> Self {
        Self {
            merchant,
            id,
            settings,
            api,
            tracking: Tracking::default(),
            facts: Facts::default(),
        }
    }

    /// All rows that a query for these ids has.
    async fn all(
        &self,
        lane: Lane,
        ids: &[InternalId],
        query: &query::Query,
    ) -> Result<Vec<Row>, Fault> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.api.all(lane, query).await.map_err(fault)?.0)
    }

    async fn query(&self, lane: Lane, query: &query::Query, limit: u32) -> Result<Rows, Fault> {
        self.api.page(lane, query, limit, 0).await.map_err(fault)
    }

    async fn fulfilments(&self, headers: &[Row]) -> Result<Found, Fault> {
        let ids: Vec<InternalId> = headers
            .iter()
            .filter_map(|row| InternalId::new(text(row, "id")?).ok())
            .collect();
        if ids.is_empty() {
            return Ok(self.harvest(headers, |_| Err("it has no id".to_owned())));
        }
        let line_field = self.settings.orders.line_field.as_ref();
        let lines = query::fulfilment_lines(&ids, &self.settings.item_field, line_field);
        let (lines, _) = self.api.all(Lane::Orders, &lines).await.map_err(fault)?;
        let tracking = self.tracking.of(&self.api, &ids).await.map_err(fault)?;
        let (mut lines, mut tracking) = (grouped(lines), grouped(tracking));
        Ok(self.harvest(headers, |header| {
            let id = text(header, "id").unwrap_or_default();
            let parts = FulfilmentParts {
                lines: lines.remove(&id).unwrap_or_default(),
                tracking: tracking.remove(&id).unwrap_or_default(),
            };
            let source =
                json!({"fulfilment": header, "lines": parts.lines, "tracking": parts.tracking});
            let read = fulfilment(
                header,
                &parts,
                &self.settings.fulfilments,
                &self.settings.stock,
            )?;
            Ok((
                read.id,
                read.at,
                Record::Fulfilment(Box::new(read.record)),
                source,
            ))
        }))
    }

    fn harvest(
        &self,
        rows: &[Row],
        mut read: impl FnMut(&Row) -> Result<(ExternalId, Timestamp, Record, Value), String>,
    ) -> Found {
        let mut harvest = Found::default();
        for row in rows {
            match read(row) {
                Ok((id, at, record, source)) => {
                    harvest.events.push(self.event(id, at, record, &source));
                }
                Err(why) => harvest.unreadable.extend(unreadable(row, why)),
            }
        }
        harvest
    }

    fn event(&self, id: ExternalId, at: Timestamp, record: Record, source: &Value) -> Event {
        let revision = record.revision(at);
        let (merchant, connection) = (self.merchant.clone(), self.id.clone());
        let now = self.api.http.clock().now();
        let mut event = Event::new(merchant, connection, id, revision, now, record);
        event.source = Some(Document {
            media_type: "application/json".to_owned(),
            body: source.to_string().into_bytes(),
        });
        event
    }

    fn turned(
        &self,
        position: &Position,
        page: &Rows,
        last: Option<(Timestamp, String)>,
        harvest: Found,
    ) -> Page {
        Page {
            events: harvest.events,
            unreadable: harvest.unreadable,
            next: self.reached(position, page, last).cursor(),
            more: page.more,
        }
    }

    /// Within a pass the next page begins after the last record; the last page begins a new pass.
    fn reached(
        &self,
        position: &Position,
        page: &Rows,
        last: Option<(Timestamp, String)>,
    ) -> Position {
        let reached = match last {
            Some((at, id)) => position.after(at, id),
            None => position.clone(),
        };
        if page.more {
            reached
        } else {
            // Of two clocks the one behind: a clock ahead would skip what is still to come.
            let now = page.server_time.map(|theirs| theirs.min(page.our_time));
            reached.next_pass(now, self.settings.overlap)
        }
    }
}

/// Those that can be NetSuite's: what is no number has never been one of its ids.
fn internal(ids: &[ExternalId]) -> Vec<InternalId> {
    let ids = ids.iter();
    ids.filter_map(|id| InternalId::new(id.as_str()).ok())
        .collect()
}

/// The items of ids that name an item and something of it.
fn items(ids: &[ExternalId]) -> Vec<InternalId> {
    let items = ids.iter().filter_map(|id| id.as_str().split_once('-'));
    let items: BTreeSet<&str> = items.map(|(item, _)| item).collect();
    let items = items.into_iter();
    items
        .filter_map(|item| InternalId::new(item).ok())
        .collect()
}

/// Leaves out what was read along with what was asked for. What makes so little sense that only its item is known stays.
fn asked_for(mut found: Found, ids: &[ExternalId]) -> Found {
    let asked: BTreeSet<&ExternalId> = ids.iter().collect();
    found
        .events
        .retain(|event| asked.contains(&event.external_id));
    found
        .unreadable
        .retain(|one| asked.contains(&one.id) || !one.id.as_str().contains('-'));
    found
}

/// Where the page's last row stands. Without it there is no way on, so that a row without them stops the reading rather than be lost.
fn last(
    rows: &[Row],
    time: &str,
    id: impl Fn(&Row) -> Option<String>,
) -> Result<Option<(Timestamp, String)>, Fault> {
    let Some(row) = rows.last() else {
        return Ok(None);
    };
    let at = text(row, time).and_then(|text| text.parse().ok());
    match (at, id(row)) {
        (Some(at), Some(id)) => Ok(Some((at, id))),
        _ => Err(Fault::Unreadable {
            why: format!("the last row of a page lacks its id or '{time}'"),
        }),
    }
}

fn unreadable(row: &Row, why: String) -> Option<Unreadable> {
    let id = text(row, "id").unwrap_or_else(|| "unknown".to_owned());
    Some(Unreadable {
        id: ExternalId::new(id).ok()?,
        why,
        body: Value::Object(row.clone()).to_string().into_bytes(),
    })
}

fn text(row: &Row, column: &str) -> Option<String> {
    match row.get(column)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn grouped(rows: Vec<Row>) -> HashMap<String, Vec<Row>> {
    let mut groups: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows {
        let of = text(&row, "fulfilment").unwrap_or_default();
        groups.entry(of).or_default().push(row);
    }
    groups
}

fn fault(trouble: Trouble) -> Fault {
    trouble.fault
}

fn not_read(kind: Kind) -> Fault {
    Fault::Refused {
        why: format!("records of kind {kind} are not read from NetSuite: correct the sync"),
    }
}
