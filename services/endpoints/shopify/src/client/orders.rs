//! Orders, as a source.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use commerce::{
    ConnectionId, Document as Words, Event, ExternalId, Kind, MerchantId, Record, Revision,
};
use http::Reply;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ports::{Cursor, Fault, Lane, Page, Source, Unreadable, Window};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::api::{Answer, Api};
use super::cursor::Place;
use super::documents::{Document, ORDER, ORDER_IDS, ORDER_LINES, ORDER_SHIPPING, ORDERS};
use super::judge::is_too_costly;
use crate::Settings;
use crate::map::{self, gid};
use crate::wire::{self, Connection};

/// Orders asked for at once: with the lines, charges and payments of ordinary orders this stays well under the 1,000 points that
/// one query may cost.
const PAGE: u32 = 50;

/// After so many pages of ids the search begins anew: Shopify ends a search after 25,000 records.
const PAGES_OF_IDS: u32 = 80;

/// Reads a shop's orders.
pub(crate) struct Orders {
    merchant: MerchantId,
    connection: ConnectionId,
    overlap: SignedDuration,
    import_from: Option<Date>,
    api: Api,
    /// Less than [`PAGE`] where the shop found the query too costly.
    size: AtomicU32,
}

#[derive(Deserialize)]
struct OrdersData {
    orders: Connection<Box<RawValue>>,
}

#[derive(Deserialize)]
struct OrderData {
    order: Option<Box<RawValue>>,
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
    pub(crate) fn new(
        merchant: MerchantId,
        connection: ConnectionId,
        settings: &Settings,
        api: Api,
    ) -> Self {
        Self {
            merchant,
            connection,
            overlap: settings.overlap,
            import_from: settings.import_from,
            api,
            size: AtomicU32::new(PAGE),
        }
    }

    /// A search in Shopify's language. By default it leaves out closed orders (archived ones among them), hence `status:any`.
    fn search(&self, conditions: impl IntoIterator<Item = String>) -> String {
        let cut_off = self.import_from.map(|day| format!("created_at:>='{day}'"));
        let all: Vec<String> = conditions
            .into_iter()
            .chain(cut_off)
            .chain(["status:any".to_owned()])
            .collect();
        all.join(" AND ")
    }

    /// One page; a smaller one where the shop finds it too costly.
    async fn ask(&self, place: &Place) -> Result<Reply, Fault> {
        let since = place
            .from
            .map(|from| format!("updated_at:>='{}'", second(from)));
        let query = self.search(since);
        loop {
            let size = self.size.load(Ordering::Relaxed);
            let variables = json!({ "query": query, "first": size, "after": place.after });
            match self.api.query(Lane::Orders, ORDERS, variables).await {
                Ok(reply) => return Ok(reply),
                Err(failure) if size > 1 && is_too_costly(failure.reply.as_deref()) => {
                    self.size.store(size / 2, Ordering::Relaxed);
                }
                Err(failure) => return Err(failure.fault),
            }
        }
    }

    /// The order as an event, or what came instead of one. Asks again only for an order whose lists did not fit.
    async fn event(
        &self,
        raw: Box<RawValue>,
        read_at: Timestamp,
    ) -> Result<Result<Event, Unreadable>, Fault> {
        let mut text = Box::<str>::from(raw).into_string();
        let mut parsed = parse(&text);
        if let Ok(order) = &parsed
            && (order.line_items.page_info.has_next_page
                || order.shipping_lines.page_info.has_next_page)
        {
            match self.completed(&text).await {
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
            let order = map::order(&wire).map_err(|error| error.to_string())?;
            let id = ExternalId::new(wire.legacy_resource_id).map_err(|error| error.to_string())?;
            Ok((id, wire.updated_at, order))
        });
        Ok(match made {
            Ok((id, at, order)) => {
                let record = Record::Order(Box::new(order));
                let revision = Revision {
                    at,
                    digest: record.digest(),
                };
                let (merchant, connection) = (self.merchant.clone(), self.connection.clone());
                let mut event = Event::new(merchant, connection, id, revision, read_at, record);
                event.source = Some(Words {
                    media_type: "application/json".to_owned(),
                    body: text.into_bytes(),
                });
                Ok(event)
            }
            Err(why) => Err(unreadable(&text, why)?),
        })
    }

    /// The order's JSON with its lists read to their ends. What they hold stays text: of a long order they are almost all of it.
    async fn completed(&self, text: &str) -> Result<String, Fault> {
        let foreign = |error: serde_json::Error| Fault::Unreadable {
            why: error.to_string(),
        };
        let mut order: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(text).map_err(foreign)?;
        let id = order
            .get("id")
            .and_then(|id| serde_json::from_str::<String>(id.get()).ok())
            .unwrap_or_default();
        let lists: [(&str, Document); 2] = [
            ("lineItems", ORDER_LINES),
            ("shippingLines", ORDER_SHIPPING),
        ];
        for (field, document) in lists {
            let Some(slot) = order.get_mut(field) else {
                continue;
            };
            let mut list: Connection<Box<RawValue>> =
                serde_json::from_str(slot.get()).map_err(foreign)?;
            self.api
                .complete(Lane::Orders, document, &id, &mut list, &mut Vec::new())
                .await?;
            *slot = serde_json::value::to_raw_value(&list).map_err(foreign)?;
        }
        serde_json::to_string(&order).map_err(foreign)
    }
}

#[async_trait]
impl Source for Orders {
    fn kinds(&self) -> &[Kind] {
        &[Kind::Order]
    }

    async fn page(&self, kind: Kind, after: &Cursor) -> Result<Page, Fault> {
        only_orders(kind)?;
        let place = Place::read(after)?;
        let reply = self.ask(&place).await?;
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

    async fn one(&self, kind: Kind, id: &ExternalId) -> Result<Option<Event>, Fault> {
        only_orders(kind)?;
        let Some(id) = gid("Order", id) else {
            return Ok(None);
        };
        let reply = self
            .api
            .query(Lane::Orders, ORDER, json!({ "id": id }))
            .await?;
        let Some(raw) = reply.json::<Answer<OrderData>>()?.data.order else {
            return Ok(None);
        };
        match self.event(raw, reply.received_at).await? {
            Ok(event) => Ok(Some(event)),
            Err(unreadable) => Err(Fault::Unreadable {
                why: format!("order {}: {}", unreadable.id, unreadable.why),
            }),
        }
    }

    fn cursor_at(&self, _kind: Kind, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }

    async fn ids(&self, kind: Kind, window: Window) -> Result<Vec<ExternalId>, Fault> {
        only_orders(kind)?;
        let mut ids = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        let mut from = window.from;
        let mut after: Option<String> = None;
        let mut pages = 0;
        loop {
            let query = self.search([
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
                    ids.push(ExternalId::new(id.legacy_resource_id).map_err(|error| {
                        Fault::Unreadable {
                            why: error.to_string(),
                        }
                    })?);
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

fn only_orders(kind: Kind) -> Result<(), Fault> {
    match kind {
        Kind::Order => Ok(()),
        Kind::Fulfilment | Kind::Stock => Err(Fault::Refused {
            why: format!("nothing of kind '{kind}' is read from Shopify"),
        }),
    }
}

fn parse(text: &str) -> Result<wire::Order, String> {
    serde_json::from_str(text).or_else(|_| {
        // Once more for the path, which is only worth its price when something is wrong.
        let mut json = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut json)
            .map_err(|error| format!("{}: {}", error.path(), error.inner()))
    })
}

fn head(body: &[u8]) -> Head {
    serde_json::from_slice(body).unwrap_or_default()
}

fn unreadable(text: &str, why: String) -> Result<Unreadable, Fault> {
    let id = head(text.as_bytes()).legacy_resource_id.unwrap_or_default();
    let id = ExternalId::new(id).or_else(|_| ExternalId::new("unknown"));
    Ok(Unreadable {
        id: id.map_err(|error| Fault::Unreadable {
            why: error.to_string(),
        })?,
        why,
        body: text.as_bytes().to_vec(),
    })
}

/// Shopify's times have whole seconds; a fraction would leave out what changed within the second.
fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
