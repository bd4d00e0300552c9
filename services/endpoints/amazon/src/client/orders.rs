//! Reading orders: a hundred with a search, of which there is one in three minutes; single ones by their ids.

use std::sync::Arc;

use commerce::{ConnectionId, Document as Words, Event, ExternalId, MerchantId, Record};
use jiff::tz::TimeZone;
use ports::{Cursor, Fault, Found, Lane, Page, Unreadable, Window};
use serde_json::value::RawValue;

use super::api::Api;
use super::cursor::Place;
use crate::Settings;
use crate::map::{self, instant};
use crate::wire::{self, Head};

/// What is read of an order.
const READ: &str = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,TAX";
const ORDERS: [&str; 3] = ["orders", "2026-01-01", "orders"];

/// Reads an account's orders.
pub(super) struct Orders {
    pub(super) merchant: MerchantId,
    pub(super) connection: ConnectionId,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
}

impl Orders {
    pub(super) async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        let place = Place::read(after)?;
        let now = self.api.http.clock().now();
        let since = place.since(now).to_string();
        let token = place.token(now);
        let mut query = vec![("lastUpdatedAfter", since.as_str()), ("includedData", READ)];
        query.extend(token.map(|token| ("paginationToken", token)));
        let token = token.is_some();
        let page = match self.search(Lane::Orders, query).await {
            // Of a page that was begun, only the token can have become wrong.
            Err(Fault::Refused { .. }) if token => {
                return Ok(Page {
                    events: Vec::new(),
                    unreadable: Vec::new(),
                    next: place.anew().write(),
                    more: true,
                });
            }
            page => page?,
        };
        let mut found = Found::default();
        for raw in &page.orders {
            if self.is_wanted(raw) {
                self.take(raw, &mut found)?;
            }
        }
        let until = page.last_updated_before.as_deref().map(instant);
        let until = until.transpose().map_err(unreadable)?;
        let next = page.pagination.and_then(|page| page.next_token);
        let (next, more) = place.next(next, until, now, self.settings.overlap);
        Ok(Page {
            events: found.events,
            unreadable: found.unreadable,
            next: next.write(),
            more,
        })
    }

    pub(super) async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let mut found = Found::default();
        for id in ids.iter().filter(|id| is_order(id.as_str())) {
            if let Some(raw) = one(&self.api, id.as_str(), READ, &mut Vec::new()).await? {
                self.take(&raw, &mut found)?;
            }
        }
        Ok(found)
    }

    pub(super) async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let now = self.api.http.clock().now();
        // What is younger is not shown yet, and may not be asked for.
        let latest = now.checked_sub(jiff::SignedDuration::from_mins(3));
        let to = latest.map_or(window.to, |latest| latest.min(window.to));
        let mut all = Vec::new();
        if to <= window.from {
            return Ok(all);
        }
        let (from, to) = (window.from.to_string(), to.to_string());
        let mut token: Option<String> = None;
        loop {
            let mut query = vec![
                ("createdAfter", from.as_str()),
                ("createdBefore", to.as_str()),
                ("includedData", "FULFILLMENT"),
            ];
            query.extend(token.as_deref().map(|token| ("paginationToken", token)));
            let page = self.search(Lane::Bulk, query).await?;
            for raw in &page.orders {
                let head = head(raw);
                let made = head.created_time.as_deref().map(instant);
                let is_within = made.is_none_or(|made| {
                    made.map_or(true, |made| window.from <= made && made < window.to)
                });
                let settings = &self.settings.orders;
                let is_sale =
                    map::is_sale(&head.sales_channel, head.fulfillment.as_ref(), settings);
                if is_within && is_sale && self.is_wanted(raw) {
                    all.push(external(&head.order_id)?);
                }
            }
            token = page.pagination.and_then(|page| page.next_token);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    async fn search(
        &self,
        lane: Lane,
        mut query: Vec<(&str, &str)>,
    ) -> Result<wire::Orders, Fault> {
        let marketplaces = self.settings.marketplaces.join(",");
        query.push(("marketplaceIds", &marketplaces));
        query.push(("maxResultsPerPage", "100"));
        let orders = &self.settings.orders;
        if orders.by_seller != orders.by_amazon {
            let whose = if orders.by_amazon {
                "AMAZON"
            } else {
                "MERCHANT"
            };
            query.push(("fulfilledBy", whose));
        }
        self.api.read(lane, &ORDERS, &query, &mut Vec::new()).await
    }

    /// Orders from before the first day that counts are left alone.
    fn is_wanted(&self, raw: &RawValue) -> bool {
        let first = self.settings.import_from;
        let first = first.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        let made = head(raw).created_time;
        let made = made.and_then(|made| instant(&made).ok());
        first.is_none_or(|first| made.is_none_or(|made| made >= first.timestamp()))
    }

    fn take(&self, raw: &RawValue, found: &mut Found) -> Result<(), Fault> {
        match self.event(raw) {
            Ok(event) => found.events.extend(event),
            Err(why) => {
                let id = head(raw).order_id;
                found.unreadable.push(Unreadable {
                    id: external(if id.is_empty() { "unknown" } else { &id })?,
                    why,
                    body: raw.get().as_bytes().to_vec(),
                });
            }
        }
        Ok(())
    }

    /// The order as an event, nothing for one that is no sale yet, or why there is none.
    fn event(&self, raw: &RawValue) -> Result<Option<Event>, String> {
        let wire: wire::Order = parse(raw)?;
        let order = map::order(&wire, &self.settings.orders).map_err(|why| why.to_string())?;
        let Some(order) = order else {
            return Ok(None);
        };
        let at = instant(&wire.last_updated_time).map_err(|why| why.to_string())?;
        let id = ExternalId::new(wire.order_id).map_err(|error| error.to_string())?;
        let record = Record::Order(Box::new(order));
        let revision = record.revision(at);
        let (merchant, connection) = (self.merchant.clone(), self.connection.clone());
        let now = self.api.http.clock().now();
        let mut event = Event::new(merchant, connection, id, revision, now, record);
        event.source = Some(Words {
            media_type: "application/json".to_owned(),
            body: raw.get().as_bytes().to_vec(),
        });
        Ok(Some(event))
    }
}

/// An order by its id; `None` where the account has no such order.
pub(super) async fn one(
    api: &Api,
    id: &str,
    included: &str,
    exchanges: &mut Vec<ports::Exchange>,
) -> Result<Option<Box<RawValue>>, Fault> {
    let [api_name, version, orders] = ORDERS;
    let path = [api_name, version, orders, id];
    let query = [("includedData", included)];
    match api.get(Lane::Orders, &path, &query).await {
        Ok(reply) => {
            let order: wire::OneOrder = reply.json()?;
            exchanges.push(reply.exchange);
            Ok(Some(order.order))
        }
        Err(failure) => {
            exchanges.push(failure.exchange);
            match failure.reply.map(|reply| reply.status) {
                Some(404) => Ok(None),
                _ => Err(failure.fault),
            }
        }
    }
}

/// Amazon's order ids are of three groups of digits; others it refuses as malformed.
pub(super) fn is_order(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    let is_group = |(group, size): (&&str, usize)| {
        group.len() == size && group.bytes().all(|one| one.is_ascii_alphanumeric())
    };
    groups.len() == 3 && groups.iter().zip([3, 7, 7]).all(is_group)
}

pub(super) fn external(id: &str) -> Result<ExternalId, Fault> {
    ExternalId::new(id).map_err(unreadable)
}

pub(super) fn unreadable(why: impl std::fmt::Display) -> Fault {
    Fault::Unreadable {
        why: why.to_string(),
    }
}

/// Reads a record, or tells where it is not as it should be.
pub(super) fn parse<T: serde::de::DeserializeOwned>(raw: &RawValue) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_str(raw.get());
    serde_path_to_error::deserialize(&mut json)
        .map_err(|error| format!("{}: {}", error.path(), error.inner()))
}

fn head(raw: &RawValue) -> Head {
    serde_json::from_str(raw.get()).unwrap_or_default()
}
