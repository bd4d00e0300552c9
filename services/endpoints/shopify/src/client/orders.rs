//! Reading orders.

use std::collections::HashSet;

use async_trait::async_trait;
use commerce::{Event, ExternalId, Record};
use jiff::{SignedDuration, Timestamp};
use kit::{Feed, Whose, external, parse};
use ports::{Cursor, Fault, Found, Lane, Page, Unreadable, Window};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::api::{Answer, Api};
use super::cursor::Place;
use super::documents::{
    COMPANY_ORDERS, COMPANY_ORDERS_BY_ID, Document, ORDER_COUNT, ORDER_IDS, ORDER_LINES,
    ORDER_SHIPPING, ORDERS, ORDERS_BY_ID,
};
use super::search::{Search, second};
use crate::map::{self, gid};
use crate::wire::{self, Connection};
use crate::{Refunds, Settings};

/// After so many pages of ids the search begins anew: Shopify ends a search after 25,000 records.
const PAGES_OF_IDS: u32 = 80;

/// Records that are asked for by id at once: each costs as if it were asked for alone.
pub(super) const BY_ID: usize = 10;

/// Reads a shop's orders.
pub(crate) struct Orders {
    whose: Whose,
    overlap: SignedDuration,
    refunds: Refunds,
    /// What asks for named orders.
    by_id: Document,
    api: Api,
    search: Search,
}

#[derive(Deserialize)]
struct OrdersData {
    orders: Connection<Box<RawValue>>,
}

#[derive(Deserialize)]
struct NamedData {
    nodes: Vec<Option<Box<RawValue>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CountData {
    orders_count: Count,
}

#[derive(Deserialize)]
struct Count {
    count: u64,
}

#[derive(Deserialize)]
struct IdsData {
    orders: Connection<Id>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Id {
    legacy_resource_id: String,
    created_at: Timestamp,
}

/// What can be said even of an order that makes no sense.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(default)]
    legacy_resource_id: Option<String>,
    #[serde(default)]
    updated_at: Option<Timestamp>,
}

impl Orders {
    pub(crate) fn new(whose: Whose, settings: &Settings, api: Api) -> Self {
        let (orders, by_id) = if settings.companies {
            (COMPANY_ORDERS, COMPANY_ORDERS_BY_ID)
        } else {
            (ORDERS, ORDERS_BY_ID)
        };
        Self {
            whose,
            overlap: settings.overlap,
            refunds: settings.refunds,
            by_id,
            search: Search::new(api.clone(), orders, settings.import_from),
            api,
        }
    }

    /// The order as an event, or what came instead of one. Asks again only for an order whose lists did not fit.
    async fn event(
        &self,
        raw: Box<RawValue>,
        read_at: Timestamp,
    ) -> Result<Result<Event, Unreadable>, Fault> {
        let mut text = Box::<str>::from(raw).into_string();
        let mut parsed = parse::<wire::Order>(&text);
        if let Ok(order) = &parsed
            && (order.line_items.page_info.has_next_page
                || order.shipping_lines.page_info.has_next_page)
        {
            let lists = [
                ("lineItems", ORDER_LINES),
                ("shippingLines", ORDER_SHIPPING),
            ];
            match self.api.completed(Lane::Orders, &text, &lists).await {
                Ok(whole) => {
                    parsed = parse(&whole);
                    text = whole;
                }
                Err(fault @ (Fault::Refused { .. } | Fault::Unreadable { .. })) => {
                    return Ok(Err(unreadable(&text, fault.to_string())?));
                }
                Err(fault) => return Err(fault),
            }
        }
        let made = parsed.and_then(|wire| {
            let order = map::order(&wire, self.refunds).map_err(|error| error.to_string())?;
            let id = ExternalId::new(wire.legacy_resource_id).map_err(|error| error.to_string())?;
            Ok((id, wire.updated_at, order))
        });
        Ok(match made {
            Ok((id, at, order)) => {
                let record = Record::Order(Box::new(order));
                Ok(self.whose.event((id, at, record), read_at, text))
            }
            Err(why) => Err(unreadable(&text, why)?),
        })
    }
}

#[async_trait]
impl Feed for Orders {
    fn cursor_at(&self, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }

    async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        let place = Place::read(after)?;
        let reply = self.search.changed(&place).await?;
        let orders = reply.json::<Answer<OrdersData>>()?.data.orders;
        let mut last = None;
        let mut page = Page {
            events: Vec::with_capacity(orders.nodes.len()),
            unreadable: Vec::new(),
            next: Cursor::default(),
            more: orders.page_info.has_next_page,
        };
        for raw in orders.nodes {
            match self.event(raw, reply.received_at).await? {
                Ok(event) => {
                    last = last.max(Some(event.revision.at));
                    page.events.push(event);
                }
                Err(unreadable) => {
                    last = last.max(head(&unreadable.body).updated_at);
                    page.unreadable.push(unreadable);
                }
            }
        }
        page.next = place.next(&orders.page_info, last, self.overlap).write();
        Ok(page)
    }

    async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let mut found = Found::default();
        let ids: Vec<String> = ids.iter().filter_map(|id| gid("Order", id)).collect();
        for some in ids.chunks(BY_ID) {
            let variables = json!({ "ids": some });
            let reply = self.api.query(Lane::Orders, self.by_id, variables).await?;
            let nodes = reply.json::<Answer<NamedData>>()?.data.nodes;
            for raw in nodes.into_iter().flatten() {
                match self.event(raw, reply.received_at).await? {
                    Ok(event) => found.events.push(event),
                    Err(unreadable) => found.unreadable.push(unreadable),
                }
            }
        }
        Ok(found)
    }

    /// How many orders changed in the window.
    async fn count(&self, window: Window) -> Result<Option<u64>, Fault> {
        let query = self.search.text([
            format!("updated_at:>='{}'", second(window.from)),
            format!("updated_at:<'{}'", second(window.to)),
        ]);
        let variables = json!({ "query": query });
        let reply = self.api.query(Lane::Bulk, ORDER_COUNT, variables).await?;
        let count = reply.json::<Answer<CountData>>()?.data.orders_count;
        Ok(Some(count.count))
    }

    async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let mut ids = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        let mut from = window.from;
        let mut after: Option<String> = None;
        let mut pages = 0;
        loop {
            let query = self.search.text([
                format!("created_at:>='{}'", second(from)),
                format!("created_at:<'{}'", second(window.to)),
            ]);
            let variables = json!({ "query": query, "after": after });
            let reply = self.api.query(Lane::Bulk, ORDER_IDS, variables).await?;
            let orders = reply.json::<Answer<IdsData>>()?.data.orders;
            let last = orders.nodes.last().map(|id| id.created_at);
            for id in orders.nodes {
                let inside = window.from <= id.created_at && id.created_at < window.to;
                if inside && known.insert(id.legacy_resource_id.clone()) {
                    ids.push(external(&id.legacy_resource_id)?);
                }
            }
            if !orders.page_info.has_next_page {
                return Ok(ids);
            }
            pages += 1;
            match last {
                Some(last) if pages >= PAGES_OF_IDS && last > from => {
                    (from, after, pages) = (last, None, 0);
                }
                _ => after = orders.page_info.end_cursor,
            }
        }
    }
}

fn head(body: &[u8]) -> Head {
    serde_json::from_slice(body).unwrap_or_default()
}

pub(super) fn unreadable(text: &str, why: String) -> Result<Unreadable, Fault> {
    let id = head(text.as_bytes()).legacy_resource_id.unwrap_or_default();
    kit::unreadable(&id, why, text)
}
