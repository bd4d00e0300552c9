//! Reads what may be sold. A page of changed items takes one query, and one more for the kits they go into.

use commerce::{Event, ExternalId, Kind, Record};
use jiff::Timestamp;
use ports::{Fault, Found, Lane, Page, Source as _, Unreadable, Window};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::PAGE;
use super::{Reader, asked_for, fault, items, last, text};
use crate::map::settings::InternalId;
use crate::map::{Position, Told, kit_levels, kit_mark, levels, query, typed};
use crate::wire::Row;

impl Reader {
    /// The levels of a page of changed items, and the position after it.
    pub(super) async fn stock_page(&self, lane: Lane, position: &Position) -> Result<Page, Fault> {
        let (settings, field) = (&self.settings.stock, &self.settings.item_field);
        let query = query::stock(position, field, settings);
        let begun = self.api.http.clock().now();
        let mut page = self.query(lane, &query, PAGE).await?;
        if page.more {
            leave_out_the_last(&mut page.rows, "stock")?;
        }
        let last = last(&page.rows, "changed", |row| text(row, "item"))?;
        let mut harvest = self.shelves(grouped(&page.rows, "item"));
        let until = last.as_ref().filter(|_| page.more);
        let until = until.and_then(|(at, item)| Some((*at, item.parse().ok()?)));
        let kits = self.kits(lane, &page.rows, until).await?;
        harvest.absorb(self.bundles(grouped(&kits, "kit")));
        was_read_at(&mut harvest, begun);
        Ok(self.turned(position, &page, last, harvest))
    }

    /// The levels of those items and pools.
    pub(super) async fn stock_levels(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let (settings, field) = (&self.settings.stock, &self.settings.item_field);
        let items = items(ids);
        let query = query::stock_of(&items, field, settings);
        let begun = self.api.http.clock().now();
        let rows = self.all(Lane::Stock, &items, &query).await?;
        let mut found = self.shelves(grouped(&rows, "item"));
        let is_kit = |row: &&Row| text(row, "kind").as_deref() == Some("Kit");
        let kits: Vec<Row> = rows.iter().filter(is_kit).cloned().collect();
        let kits = self.kits(Lane::Stock, &kits, None).await?;
        found.absorb(self.bundles(grouped(&kits, "kit")));
        was_read_at(&mut found, begun);
        Ok(asked_for(found, ids))
    }

    /// Ids of what changed in a window, of a kind that is a state.
    pub(super) async fn changed_ids(
        &self,
        kind: Kind,
        window: Window,
    ) -> Result<Vec<ExternalId>, Fault> {
        let mut cursor = self.cursor_at(kind, window.from);
        let mut ids = Vec::new();
        loop {
            let page = match kind {
                Kind::Price => self.price_page(&cursor).await?,
                _ => {
                    self.stock_page(Lane::Bulk, &Position::read(&cursor)?)
                        .await?
                }
            };
            let (within, past): (Vec<Event>, Vec<Event>) = page
                .events
                .into_iter()
                .partition(|event| event.revision.at < window.to);
            let within = within.into_iter();
            ids.extend(
                within
                    .filter(|event| event.revision.at >= window.from)
                    .map(|event| event.external_id),
            );
            if !page.more || !past.is_empty() {
                ids.sort();
                ids.dedup();
                return Ok(ids);
            }
            cursor = page.next;
        }
    }

    /// The rows of the kits these items are or go into. A kit comes with the component that changed last, so that one whose
    /// components stand on several pages comes once.
    async fn kits(
        &self,
        lane: Lane,
        rows: &[Row],
        until: Option<(Timestamp, u64)>,
    ) -> Result<Vec<Row>, Fault> {
        let (settings, field) = (&self.settings.stock, &self.settings.item_field);
        let mut items: Vec<InternalId> = rows
            .iter()
            .filter_map(|row| InternalId::new(text(row, "item")?).ok())
            .collect();
        items.dedup();
        if items.is_empty() || !settings.kits {
            return Ok(Vec::new());
        }
        let query = query::kits(&items, field, settings);
        let (rows, _) = self.api.all(lane, &query).await.map_err(fault)?;
        let due = |kit: &&[Row]| {
            let typed: Vec<_> = kit.iter().filter_map(|row| typed(row).ok()).collect();
            let mark = kit_mark(&typed, settings);
            until.is_none_or(|until| mark.is_none_or(|mark| mark <= until))
        };
        let kits = grouped(&rows, "kit").filter(due);
        Ok(kits.flatten().cloned().collect())
    }

    fn shelves<'a>(&self, items: impl Iterator<Item = &'a [Row]>) -> Found {
        self.told(
            items,
            |rows| levels(rows, &self.settings.stock),
            Record::Stock,
        )
    }

    fn bundles<'a>(&self, kits: impl Iterator<Item = &'a [Row]>) -> Found {
        self.told(
            kits,
            |rows| kit_levels(rows, &self.settings.stock),
            Record::Stock,
        )
    }

    /// What several rows each tell together.
    pub(super) fn told<'a, T: DeserializeOwned, R>(
        &self,
        groups: impl Iterator<Item = &'a [Row]>,
        told: impl Fn(&[T]) -> Vec<Told<R>>,
        record: impl Fn(R) -> Record,
    ) -> Found {
        let mut harvest = Found::default();
        for rows in groups {
            let source = || Value::Array(rows.iter().cloned().map(Value::Object).collect());
            let unreadable = |id, why| Unreadable {
                id,
                why,
                body: source().to_string().into_bytes(),
            };
            let read: Result<Vec<T>, String> = rows.iter().map(typed).collect();
            let records = match read {
                Ok(rows) => told(&rows),
                Err(why) => {
                    let item = rows
                        .first()
                        .and_then(|row| text(row, "kit").or_else(|| text(row, "item")));
                    let id = ExternalId::new(item.unwrap_or_else(|| "unknown".to_owned()));
                    harvest
                        .unreadable
                        .extend(id.ok().map(|id| unreadable(id, why)));
                    continue;
                }
            };
            for (id, one) in records {
                match one {
                    Ok(read) => {
                        let event = self.event(id, read.at, record(read.record), &source());
                        harvest.events.push(event);
                    }
                    Err(why) => harvest.unreadable.push(unreadable(id, why)),
                }
            }
        }
        harvest
    }
}

/// A level contains nothing of what came after the question for it was sent.
fn was_read_at(found: &mut Found, begun: Timestamp) {
    for event in &mut found.events {
        event.read_at = begun;
    }
}

/// A page may end in the middle of an item; the next one begins with it.
pub(super) fn leave_out_the_last(rows: &mut Vec<Row>, setting: &str) -> Result<(), Fault> {
    let item = |row: &Row| text(row, "item");
    let last = rows.last().and_then(item);
    let whole = rows.iter().position(|row| item(row) == last);
    match whole {
        Some(0) => Err(Fault::Unreadable {
            why: format!(
                "item {} has more rows than a page: name fewer in the connection's setting '{setting}'",
                last.unwrap_or_default()
            ),
        }),
        whole => {
            rows.truncate(whole.unwrap_or_default());
            Ok(())
        }
    }
}

/// Rows that follow each other with the same id.
pub(super) fn grouped<'a>(rows: &'a [Row], id: &'a str) -> impl Iterator<Item = &'a [Row]> {
    rows.chunk_by(move |one, other| text(one, id) == text(other, id))
}
