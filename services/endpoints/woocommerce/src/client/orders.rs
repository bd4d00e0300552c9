//! Reading orders.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{Event, ExternalId, Record};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::{Feed, Rest, Whose, external, parse, unreadable};
use ports::{Cursor, Fault, Found, Lane, Page, Unreadable, Window};
use serde_json::value::RawValue;

use super::api::{PAGE, PAGE_TEXT, listed};
use super::cursor::{Place, before, gmt};
use crate::map::{self, instant, meaning};
use crate::wire::{self, Head};
use crate::{Meaning, Settings};

/// Reads a shop's orders.
pub(super) struct Orders {
    pub(super) whose: Whose,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Rest,
}

#[async_trait]
impl Feed for Orders {
    async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        let place = Place::read(after)?;
        let (changed, number) = place.asks();
        let created = first_day(&self.settings);
        let mut query = vec![
            ("dates_are_gmt", "true"),
            ("orderby", "modified"),
            ("order", "asc"),
            ("per_page", PAGE_TEXT),
            ("page", number.as_str()),
            ("status", if place.trash { "trash" } else { "any" }),
        ];
        query.extend(changed.as_deref().map(|text| ("modified_after", text)));
        query.extend(created.as_deref().map(|text| ("after", text)));
        let reply = self.api.get(Lane::Orders, "orders", &query).await?;
        let raws: Vec<Box<RawValue>> = reply.json()?;
        let mut page = Page {
            events: Vec::with_capacity(raws.len()),
            unreadable: Vec::new(),
            next: Cursor::default(),
            more: false,
        };
        let (full, mut last) = (raws.len() >= PAGE, None);
        for raw in &raws {
            last = last.max(changed_at(raw));
            match self.event(raw, reply.received_at) {
                Ok(event) => page.events.extend(event),
                Err(why) => page.unreadable.push(spoilt(raw, why)?),
            }
        }
        let (next, more) = place.next(full, last, self.settings.overlap, true);
        (page.next, page.more) = (next.write(), more);
        Ok(page)
    }

    async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let mut found = Found::default();
        let mut wanted = numbers(ids);
        // The list leaves out the trash, unless it is asked for by name.
        for status in ["any", "trash"] {
            let mut known = Vec::new();
            for some in wanted.chunks(PAGE) {
                let include = listed(some);
                let query = [
                    ("include", include.as_str()),
                    ("per_page", PAGE_TEXT),
                    ("status", status),
                ];
                let reply = self.api.get(Lane::Orders, "orders", &query).await?;
                let raws: Vec<Box<RawValue>> = reply.json()?;
                for raw in &raws {
                    known.extend(head(raw).id.0.parse::<u64>());
                    match self.event(raw, reply.received_at) {
                        Ok(event) => found.events.extend(event),
                        Err(why) => found.unreadable.push(spoilt(raw, why)?),
                    }
                }
            }
            wanted.retain(|id| !known.contains(id));
        }
        Ok(found)
    }

    /// How many orders changed in the window, those that are no sales yet among them.
    async fn count(&self, window: Window) -> Result<Option<u64>, Fault> {
        let (from, to) = (before(window.from), gmt(window.to));
        let query = [
            ("dates_are_gmt", "true"),
            ("modified_after", from.as_str()),
            ("modified_before", to.as_str()),
            ("per_page", "1"),
            ("_fields", "id"),
        ];
        let reply = self.api.get(Lane::Bulk, "orders", &query).await?;
        let total = reply.headers.get("x-wp-total");
        Ok(total.and_then(|text| text.parse().ok()))
    }

    async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let all = created(&self.api, "orders", window).await?;
        let sales = all.into_iter().filter(|head| {
            let paid = head.date_paid_gmt.is_some();
            meaning(&head.status.0, paid, &self.settings.statuses) != Meaning::NotYet
        });
        sales.map(|head| external(&head.id.0)).collect()
    }

    fn cursor_at(&self, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }
}

impl Orders {
    /// The order as an event, nothing for one that is no sale yet, or why there is none.
    fn event(&self, raw: &RawValue, read_at: Timestamp) -> Result<Option<Event>, String> {
        let wire: wire::Order = parse(raw.get())?;
        let order = map::order(&wire, &self.settings.statuses).map_err(|why| why.to_string())?;
        let Some(order) = order else {
            return Ok(None);
        };
        let changed = wire.date_modified_gmt.as_ref();
        let at = changed.or(wire.date_created_gmt.as_ref());
        let at = instant(at.map_or("", String::as_str)).map_err(|why| why.to_string())?;
        let id = ExternalId::new(wire.id.to_string()).map_err(|error| error.to_string())?;
        let record = Record::Order(Box::new(order));
        let event = self.whose.event((id, at, record), read_at, raw.get());
        Ok(Some(event))
    }
}

/// The heads of all records created in the window.
pub(super) async fn created(api: &Rest, path: &str, window: Window) -> Result<Vec<Head>, Fault> {
    let (from, to) = (before(window.from), gmt(window.to));
    let mut all = Vec::new();
    for page in 1_u64.. {
        let page = page.to_string();
        let query = [
            ("dates_are_gmt", "true"),
            ("after", from.as_str()),
            ("before", to.as_str()),
            ("orderby", "id"),
            ("order", "asc"),
            ("per_page", PAGE_TEXT),
            ("page", page.as_str()),
            (
                "_fields",
                "id,parent_id,status,date_created_gmt,date_paid_gmt",
            ),
        ];
        let reply = api.get(Lane::Bulk, path, &query).await?;
        let heads: Vec<Head> = reply.json()?;
        let full = heads.len() >= PAGE;
        all.extend(heads.into_iter().filter(|head| {
            let at = head
                .date_created_gmt
                .as_deref()
                .and_then(|at| instant(at).ok());
            at.is_none_or(|at| window.from <= at && at < window.to)
        }));
        if !full {
            break;
        }
    }
    Ok(all)
}

/// The second before the first day whose records count.
pub(super) fn first_day(settings: &Settings) -> Option<String> {
    let day = settings.import_from?.to_zoned(TimeZone::UTC).ok()?;
    Some(before(day.timestamp()))
}

/// The ids that the shop can have.
pub(super) fn numbers(ids: &[ExternalId]) -> Vec<u64> {
    let ids = ids.iter().filter_map(|id| id.as_str().parse().ok());
    ids.collect()
}

pub(super) fn head(raw: &RawValue) -> Head {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

fn changed_at(raw: &RawValue) -> Option<Timestamp> {
    let head = head(raw);
    let at = head.date_modified_gmt.or(head.date_created_gmt)?;
    instant(&at).ok()
}

/// A record that could not be read into an event, under its id.
pub(super) fn spoilt(raw: &RawValue, why: String) -> Result<Unreadable, Fault> {
    unreadable(&head(raw).id.0, why, raw.get())
}
