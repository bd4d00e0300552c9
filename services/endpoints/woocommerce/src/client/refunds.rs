//! Reading refunds: those of all orders are one list (WooCommerce 9.0 and later), and their orders are read along, a page's with one request.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{Event, ExternalId, Record};
use jiff::Timestamp;
use kit::{Feed, Rest, Whose, external, parse};
use ports::{Cursor, Fault, Found, Lane, Page, Window};
use serde_json::value::RawValue;

use super::api::{PAGE, PAGE_TEXT, listed};
use super::cursor::Place;
use super::orders::{created, first_day, head, numbers, spoilt};
use crate::Settings;
use crate::map::{self, instant};
use crate::wire;

/// Reads a shop's refunds.
pub(super) struct Refunds {
    pub(super) whose: Whose,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Rest,
}

#[async_trait]
impl Feed for Refunds {
    /// Refunds never change: they are read by the time at which they were made.
    async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        let place = Place::read(after)?;
        let (since, number) = place.asks();
        let since = since.max(first_day(&self.settings));
        let mut query = vec![
            ("dates_are_gmt", "true"),
            ("orderby", "date"),
            ("order", "asc"),
            ("per_page", PAGE_TEXT),
            ("page", number.as_str()),
        ];
        query.extend(since.as_deref().map(|text| ("after", text)));
        let reply = self.api.get(Lane::Orders, "refunds", &query).await?;
        let raws: Vec<Box<RawValue>> = reply.json()?;
        let made = raws.iter().filter_map(|raw| {
            let at = head(raw).date_created_gmt?;
            instant(&at).ok()
        });
        let (full, last) = (raws.len() >= PAGE, made.max());
        let found = self.events(&raws, reply.received_at).await?;
        let (next, more) = place.next(full, last, self.settings.overlap, false);
        Ok(Page {
            events: found.events,
            unreadable: found.unreadable,
            next: next.write(),
            more,
        })
    }

    async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let mut found = Found::default();
        for some in numbers(ids).chunks(PAGE) {
            let include = listed(some);
            let query = [("include", include.as_str()), ("per_page", PAGE_TEXT)];
            let reply = self.api.get(Lane::Orders, "refunds", &query).await?;
            let raws: Vec<Box<RawValue>> = reply.json()?;
            found.absorb(self.events(&raws, reply.received_at).await?);
        }
        Ok(found)
    }

    async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let all = created(&self.api, "refunds", window).await?;
        all.iter().map(|head| external(&head.id.0)).collect()
    }

    fn cursor_at(&self, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }
}

impl Refunds {
    async fn events(&self, raws: &[Box<RawValue>], read_at: Timestamp) -> Result<Found, Fault> {
        let parents = raws
            .iter()
            .filter_map(|raw| head(raw).parent_id.0.parse().ok());
        let parents: Vec<u64> = parents.collect::<BTreeSet<u64>>().into_iter().collect();
        let mut orders = HashMap::new();
        for some in parents.chunks(PAGE) {
            let include = listed(some);
            let query = [("include", include.as_str()), ("per_page", PAGE_TEXT)];
            let reply = self.api.get(Lane::Orders, "orders", &query).await?;
            let all: Vec<Box<RawValue>> = reply.json()?;
            for raw in all {
                if let Ok(id) = head(&raw).id.0.parse::<u64>() {
                    orders.insert(id, parse::<wire::Order>(raw.get()));
                }
            }
        }
        let mut found = Found::default();
        for raw in raws {
            match self.event(raw, &orders, read_at) {
                Ok(event) => found.events.push(event),
                Err(why) => found.unreadable.push(spoilt(raw, why)?),
            }
        }
        Ok(found)
    }

    fn event(
        &self,
        raw: &RawValue,
        orders: &HashMap<u64, Result<wire::Order, String>>,
        read_at: Timestamp,
    ) -> Result<Event, String> {
        let wire: wire::Refund = parse(raw.get())?;
        let order = match orders.get(&wire.parent_id) {
            Some(Ok(order)) => order,
            Some(Err(why)) => return Err(format!("its order {}: {why}", wire.parent_id)),
            None => {
                return Err(format!(
                    "the shop does not show its order {}",
                    wire.parent_id
                ));
            }
        };
        let refund = map::refund(&wire, order).map_err(|why| why.to_string())?;
        let id = ExternalId::new(wire.id.to_string()).map_err(|error| error.to_string())?;
        let at = refund.at;
        let record = Record::Refund(Box::new(refund));
        Ok(self.whose.event((id, at, record), read_at, raw.get()))
    }
}
