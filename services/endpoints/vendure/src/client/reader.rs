//! What is read from the shop: its orders, and the refunds in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, Document as Words, Event, ExternalId, Kind, MerchantId, Record};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ports::{Cursor, Fault, Found, Lane, Page, Source, Unreadable, Window};
use serde_json::json;
use serde_json::value::RawValue;

use super::api::{Api, PAGE, by_id, parse};
use super::cursor::{Place, before, exact};
use super::documents::{ORDER_IDS, ORDERS};
use crate::Settings;
use crate::map::{self, Digits, changed_at};
use crate::wire::{self, Answer, Head, OrderIds};

/// Reads a shop's orders and refunds.
pub(crate) struct Reader {
    merchant: MerchantId,
    connection: ConnectionId,
    settings: Arc<Settings>,
    api: Api,
}

/// A page of orders as they came.
struct Orders {
    raws: Vec<Box<RawValue>>,
    digits: Digits,
    read_at: Timestamp,
}

impl Reader {
    pub(crate) fn new(
        merchant: MerchantId,
        connection: ConnectionId,
        settings: Arc<Settings>,
        api: Api,
    ) -> Self {
        Self {
            merchant,
            connection,
            settings,
            api,
        }
    }

    async fn orders(&self, lane: Lane, variables: serde_json::Value) -> Result<Orders, Fault> {
        let reply = self.api.query(lane, ORDERS, variables).await?;
        let answer: Answer<wire::Orders> = reply.json()?;
        let server = answer.data.global_settings.server_config;
        Ok(Orders {
            raws: answer.data.orders.items,
            digits: Digits(server.money_strategy_precision),
            read_at: reply.received_at,
        })
    }

    /// The events of a page that changed then or later, and the latest change.
    fn told(
        &self,
        kind: Kind,
        page: &Orders,
        since: Option<Timestamp>,
    ) -> Result<(Found, Option<Timestamp>), Fault> {
        let (mut found, mut latest) = (Found::default(), None);
        for raw in &page.raws {
            let read = parse::<wire::Order>(raw).and_then(|order| {
                let changed = changed_at(&order);
                latest = latest.max(Some(changed));
                if Some(changed) < since {
                    return Ok(Vec::new());
                }
                let records = self.records(kind, &order, page.digits);
                records.map_err(|why| why.to_string())
            });
            match read {
                Ok(records) => {
                    let mut fresh: Vec<_> = records
                        .into_iter()
                        .filter(|(_, at, _)| since.is_none_or(|since| since <= *at))
                        .map(|record| self.event(record, page.read_at, raw))
                        .collect();
                    found.events.append(&mut fresh);
                }
                Err(why) => found.unreadable.push(Unreadable {
                    id: external(&head(raw).id)?,
                    why,
                    body: raw.get().as_bytes().to_vec(),
                }),
            }
        }
        Ok((found, latest))
    }

    /// What an order tells of a kind: id, time of the last change, record.
    fn records(
        &self,
        kind: Kind,
        order: &wire::Order,
        digits: Digits,
    ) -> Result<Vec<(ExternalId, Timestamp, Record)>, map::Unmapped> {
        if kind == Kind::Order {
            let id = ExternalId::new(order.id.clone()).map_err(map::Unmapped::new)?;
            let record = map::order(order, digits)?.map(|order| Record::Order(Box::new(order)));
            let changed = changed_at(order);
            return Ok(record
                .map(|record| (id, changed, record))
                .into_iter()
                .collect());
        }
        let all = map::refunds(order, digits, self.settings.pending_refunds)?;
        let payments = order.payments.iter().flatten();
        let changes: Vec<&wire::Refund> = payments.flat_map(|payment| &payment.refunds).collect();
        let told = all.into_iter().map(|(id, refund)| {
            let own = id.as_str().rsplit('.').next().unwrap_or_default();
            let wire = changes.iter().find(|one| one.id == own);
            let changed = wire.map_or(refund.at, |one| one.updated_at.max(one.created_at));
            (id, changed, Record::Refund(Box::new(refund)))
        });
        Ok(told.collect())
    }

    fn event(
        &self,
        (id, at, record): (ExternalId, Timestamp, Record),
        read_at: Timestamp,
        raw: &RawValue,
    ) -> Event {
        let revision = record.revision(at);
        let (merchant, connection) = (self.merchant.clone(), self.connection.clone());
        let mut event = Event::new(merchant, connection, id, revision, read_at, record);
        event.source = Some(Words {
            media_type: "application/json".to_owned(),
            body: raw.get().as_bytes().to_vec(),
        });
        event
    }

    fn first(&self) -> Option<Timestamp> {
        let day = self.settings.import_from?.to_zoned(TimeZone::UTC).ok()?;
        Some(day.timestamp())
    }

    /// Refunds of that time, by all orders that may have any.
    async fn refund_ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let mut ids = Vec::new();
        let mut place = Place::at(window.from);
        loop {
            let asks = place.asks(self.first(), self.settings.watch);
            let page = self.orders(Lane::Bulk, asks).await?;
            let last = page.raws.last().and_then(|raw| head(raw).order_placed_at);
            let (found, _) = self.told(Kind::Refund, &page, None)?;
            ids.extend(
                found
                    .events
                    .into_iter()
                    .filter_map(|event| match &event.record {
                        Record::Refund(refund)
                            if window.from <= refund.at && refund.at < window.to =>
                        {
                            Some(event.external_id)
                        }
                        _ => None,
                    }),
            );
            let full = page.raws.len() >= PAGE;
            let more;
            (place, more) = place.next(full, last, None, self.settings.overlap);
            if !more {
                break;
            }
        }
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    /// Orders placed in the window.
    async fn order_ids(&self, window: Window, take: usize, skip: usize) -> Result<OrderIds, Fault> {
        let from = Some(window.from).max(self.first()).unwrap_or(window.from);
        let placed = json!({ "after": before(from), "before": exact(window.to) });
        let options = json!({
            "take": take,
            "skip": skip,
            "sort": { "orderPlacedAt": "ASC" },
            "filter": { "active": { "eq": false }, "orderPlacedAt": placed, "state": { "notEq": "Modifying" } },
        });
        let variables = json!({ "options": options });
        let reply = self.api.query(Lane::Bulk, ORDER_IDS, variables).await?;
        let answer: Answer<OrderIds> = reply.json()?;
        Ok(answer.data)
    }
}

#[async_trait]
impl Source for Reader {
    fn kinds(&self) -> &[Kind] {
        crate::READS
    }

    async fn page(&self, kind: Kind, after: &Cursor) -> Result<Page, Fault> {
        readable(kind)?;
        let place = Place::read(after)?;
        let asks = place.asks(self.first(), self.settings.watch);
        let page = self.orders(Lane::Orders, asks).await?;
        let last = page.raws.last().and_then(|raw| head(raw).order_placed_at);
        let (found, latest) = self.told(kind, &page, place.since)?;
        let full = page.raws.len() >= PAGE;
        let (next, more) = place.next(full, last, latest, self.settings.overlap);
        Ok(Page {
            events: found.events,
            unreadable: found.unreadable,
            next: next.write(),
            more,
        })
    }

    async fn some(&self, kind: Kind, ids: &[ExternalId]) -> Result<Found, Fault> {
        readable(kind)?;
        let wanted: BTreeSet<&str> = ids.iter().map(ExternalId::as_str).collect();
        let orders = wanted.iter().filter_map(|id| match kind {
            Kind::Order => Some((*id).to_owned()),
            _ => id.rsplit_once('.').map(|(order, _)| order.to_owned()),
        });
        let orders: Vec<String> = orders.collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = Found::default();
        for some in orders.chunks(PAGE) {
            let page = self.orders(Lane::Orders, by_id(some)).await?;
            let (mut those, _) = self.told(kind, &page, None)?;
            those
                .events
                .retain(|event| wanted.contains(event.external_id.as_str()));
            found.absorb(those);
        }
        Ok(found)
    }

    fn cursor_at(&self, _: Kind, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }

    async fn count(&self, kind: Kind, window: Window) -> Result<Option<u64>, Fault> {
        if kind != Kind::Order {
            return Ok(None);
        }
        let page = self.order_ids(window, 1, 0).await?;
        Ok(Some(page.orders.total_items))
    }

    async fn ids(&self, kind: Kind, window: Window) -> Result<Vec<ExternalId>, Fault> {
        /// The most that the server gives with a request unless it is set otherwise is ten times as much.
        const MOST: usize = 100;
        readable(kind)?;
        if kind == Kind::Refund {
            return self.refund_ids(window).await;
        }
        let mut all = Vec::new();
        loop {
            let page = self.order_ids(window, MOST, all.len()).await?;
            let full = page.orders.items.len() >= MOST;
            for head in &page.orders.items {
                all.push(external(&head.id)?);
            }
            if !full {
                return Ok(all);
            }
        }
    }
}

fn readable(kind: Kind) -> Result<(), Fault> {
    if crate::READS.contains(&kind) {
        return Ok(());
    }
    Err(Fault::Refused {
        why: format!("nothing of kind '{kind}' is read from Vendure"),
    })
}

pub(super) fn external(id: &str) -> Result<ExternalId, Fault> {
    let id = if id.is_empty() { "unknown" } else { id };
    ExternalId::new(id).map_err(|error| Fault::Unreadable {
        why: error.to_string(),
    })
}

pub(super) fn head(raw: &RawValue) -> Head {
    serde_json::from_str(raw.get()).unwrap_or_default()
}
