//! Reads shipments, and orders that were marked as shipped. A page of shipments is one request; of an order that was split, and of each that was
//! marked, its record is one more.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{Currency, Event, ExternalId, Kind, Record, TargetKey};
use jiff::Timestamp;
use kit::{Feed, Rest, Whose};
use ports::{Cursor, Fault, Found, Lane, Page, Unreadable, Window};
use serde_json::Value;

use super::cursor::{List, Place};
use crate::Settings;
use crate::map::ids::Named;
use crate::map::{Told, fulfillment, ids, instant, shipment, since, until, zone};
use crate::wire::{Fulfillment, Fulfillments, Order, Orders, PageInfo, Shipment, Shipments};

/// Shipments of one page.
const SHIPMENTS: u64 = 200;
/// Marked orders of one page: each takes a request of its own, and a minute has forty.
const MARKED: u64 = 25;
/// Rows of a page of ids: the most there can be.
const IDS: u64 = 500;

/// The source of fulfilments.
pub(crate) struct Reader {
    pub(crate) whose: Whose,
    pub(crate) settings: Arc<Settings>,
    pub(crate) currency: Currency,
    pub(crate) api: Rest,
}

type Query = Vec<(&'static str, String)>;

/// The keys of orders by the numbers they bear, as far as they were looked up.
type Keys = BTreeMap<String, Option<String>>;

#[async_trait]
impl Feed for Reader {
    async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        let place = Place::read(after)?;
        let from = self.earliest(place.since);
        let (lane, mut found) = (Lane::Orders, Found::default());
        let (info, size, server) = if place.feed == List::Marked {
            let query = paged(vec![("createDateStart", since(from))], place.page, MARKED);
            let reply = self.api.get(lane, "fulfillments", &texts(&query)).await;
            let reply = reply?;
            let page: Fulfillments = reply.json()?;
            self.marked(page.fulfillments, &mut found).await?;
            (page.page, MARKED, reply.date())
        } else {
            let start = match place.feed {
                List::Voided => "voidDateStart",
                List::Made | List::Marked => "createDateStart",
            };
            let query = self.shipments_query(vec![(start, since(from))], place.page, SHIPMENTS);
            let reply = self.api.get(lane, "shipments", &texts(&query)).await;
            let reply = reply?;
            let page: Shipments = reply.json()?;
            self.shipped(page.shipments, &mut found).await?;
            (page.page, SHIPMENTS, reply.date())
        };
        // Of two clocks the one behind: a clock ahead would skip what is still to come.
        let ours = self.api.http().clock().now();
        let now = server.map_or(ours, |server| server.min(ours));
        let (next, more) = place.next(is_last(info, place.page, size), now, self.settings.overlap);
        Ok(Page {
            events: found.events,
            unreadable: found.unreadable,
            next: next.cursor(),
            more,
        })
    }

    async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let mut found = Found::default();
        let named: Vec<Named> = ids.iter().filter_map(ids::read).collect();
        let mut by_order: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for one in named {
            match one {
                Named::Shipment { shipment, order } => {
                    by_order.entry(order).or_default().push(shipment);
                }
                Named::Fulfillment(id) => {
                    let query = [("fulfillmentId", id.to_string())];
                    let page: Fulfillments = self
                        .api
                        .list(Lane::Orders, "fulfillments", &texts(&query))
                        .await?;
                    self.marked(page.fulfillments, &mut found).await?;
                }
            }
        }
        for (order, wanted) in by_order {
            let query = self.shipments_query(vec![("orderId", order.to_string())], 1, IDS);
            let page: Shipments = self
                .api
                .list(Lane::Orders, "shipments", &texts(&query))
                .await?;
            let rows = page.shipments.into_iter();
            let rows = rows
                .filter(|row| wanted.contains(&row.shipment_id))
                .collect();
            self.shipped(rows, &mut found).await?;
        }
        Ok(found)
    }

    fn cursor_at(&self, from: Timestamp) -> Cursor {
        Place::at(from).cursor()
    }

    async fn count(&self, window: Window) -> Result<Option<u64>, Fault> {
        let (shipments, marked) = self.windows(window, 1, 1);
        let shipments: Shipments = self
            .api
            .list(Lane::Bulk, "shipments", &texts(&shipments))
            .await?;
        let marked: Fulfillments = self
            .api
            .list(Lane::Bulk, "fulfillments", &texts(&marked))
            .await?;
        Ok(Some(shipments.page.total.saturating_add(marked.page.total)))
    }

    async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let mut all = Vec::new();
        let mut add = |made: &str, id: Result<ExternalId, String>| -> Result<(), Fault> {
            let at = instant(made).map_err(unreadable)?;
            if (window.from..window.to).contains(&at) {
                all.push(id.map_err(unreadable)?);
            }
            Ok(())
        };
        for page in 1.. {
            let (query, _) = self.windows(window, page, IDS);
            let found: Shipments = self
                .api
                .list(Lane::Bulk, "shipments", &texts(&query))
                .await?;
            for row in found.shipments.iter().filter(|row| !row.is_return_label) {
                add(&row.create_date, ids::shipment(row))?;
            }
            if is_last(found.page, page, IDS) {
                break;
            }
        }
        for page in 1.. {
            let (_, query) = self.windows(window, page, IDS);
            let found: Fulfillments = self
                .api
                .list(Lane::Bulk, "fulfillments", &texts(&query))
                .await?;
            for row in &found.fulfillments {
                add(&row.create_date, ids::fulfillment(row))?;
            }
            if is_last(found.page, page, IDS) {
                break;
            }
        }
        Ok(all)
    }
}

impl Reader {
    /// Not before what is left alone.
    fn earliest(&self, since: Timestamp) -> Timestamp {
        let day = self
            .settings
            .import_from
            .and_then(|day| day.to_zoned(zone()).ok());
        day.map_or(since, |day| day.timestamp().max(since))
    }

    fn shipments_query(&self, filter: Query, page: u64, size: u64) -> Query {
        let mut query = paged(filter, page, size);
        query.push(("includeShipmentItems", "true".to_owned()));
        let store = self
            .settings
            .store
            .map(|store| ("storeId", store.to_string()));
        query.extend(store);
        query
    }

    /// What was made in a window: of shipments, and of marked orders.
    fn windows(&self, window: Window, page: u64, size: u64) -> (Query, Query) {
        let filter = || {
            vec![
                ("createDateStart", since(self.earliest(window.from))),
                ("createDateEnd", until(window.to)),
            ]
        };
        (
            self.shipments_query(filter(), page, size),
            paged(filter(), page, size),
        )
    }

    async fn shipped(&self, rows: Vec<Shipment>, found: &mut Found) -> Result<(), Fault> {
        let mut keys = Keys::new();
        for row in rows.into_iter().filter(|row| !row.is_return_label) {
            let key = match row.order_key.clone().filter(|key| is_ours(key)) {
                Some(key) => Some(key),
                None => self.key_of(&row.order_number, &mut keys).await?,
            };
            let told = shipment(&row, key, self.currency);
            self.take(told, ids::shipment(&row), serde_json::to_value(&row), found);
        }
        Ok(())
    }

    async fn marked(&self, rows: Vec<Fulfillment>, found: &mut Found) -> Result<(), Fault> {
        let mut keys = Keys::new();
        for row in rows {
            let path = format!("orders/{}", row.order_id);
            let of: Order = match self.api.list(Lane::Orders, &path, &[]).await {
                Ok(order) => order,
                Err(Fault::Refused { why }) => {
                    let why = Err(format!("its order cannot be read: {why}"));
                    self.take(
                        why,
                        ids::fulfillment(&row),
                        serde_json::to_value(&row),
                        found,
                    );
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            let key = match of.order_key.clone().filter(|key| is_ours(key)) {
                Some(key) => Some(key),
                None => self.key_of(&row.order_number, &mut keys).await?,
            };
            let told = fulfillment(&row, &of, key, self.currency);
            self.take(
                told,
                ids::fulfillment(&row),
                serde_json::to_value((&row, &of)),
                found,
            );
        }
        Ok(())
    }

    /// The key of the order that bears the number: a part that was split off has a key of ShipStation's own, and the number of the whole.
    async fn key_of(&self, number: &str, keys: &mut Keys) -> Result<Option<String>, Fault> {
        if let Some(known) = keys.get(number) {
            return Ok(known.clone());
        }
        let query = paged(vec![("orderNumber", number.to_owned())], 1, IDS);
        let page: Orders = self
            .api
            .list(Lane::Orders, "orders", &texts(&query))
            .await?;
        // The list is of all numbers that begin so.
        let same = page
            .orders
            .into_iter()
            .filter(|order| order.order_number == number);
        let key = same
            .filter_map(|order| order.order_key)
            .find(|key| is_ours(key));
        keys.insert(number.to_owned(), key.clone());
        Ok(key)
    }

    fn take(
        &self,
        told: Result<Told, String>,
        id: Result<ExternalId, String>,
        source: Result<Value, serde_json::Error>,
        found: &mut Found,
    ) {
        let body = source.unwrap_or_default().to_string().into_bytes();
        match (told, id) {
            (Ok(told), _) => found.events.push(self.event(told, body)),
            (Err(why), Ok(id)) => found.unreadable.push(Unreadable { id, why, body }),
            // An id made of numbers is always one.
            (Err(_), Err(_)) => {}
        }
    }

    fn event(&self, told: Told, body: Vec<u8>) -> Event {
        let record = Record::Fulfilment(Box::new(told.fulfilment));
        let now = self.api.http().clock().now();
        self.whose.event((told.id, told.at, record), now, body)
    }
}

fn texts<'a>(query: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    let pairs = query.iter();
    pairs.map(|(name, value)| (*name, value.as_str())).collect()
}

/// Whether an order was sent from a system of ours.
fn is_ours(key: &str) -> bool {
    TargetKey::is_of(key, Kind::ShippingOrder)
}

/// Oldest first, so that what comes meanwhile stands on later pages.
fn paged(mut filter: Query, page: u64, size: u64) -> Query {
    filter.push(("sortBy", "CreateDate".to_owned()));
    filter.push(("sortDir", "ASC".to_owned()));
    filter.push(("page", page.to_string()));
    filter.push(("pageSize", size.to_string()));
    filter
}

const fn is_last(info: PageInfo, page: u64, size: u64) -> bool {
    page >= info.pages && page.saturating_mul(size) >= info.total
}

const fn unreadable(why: String) -> Fault {
    Fault::Unreadable { why }
}
