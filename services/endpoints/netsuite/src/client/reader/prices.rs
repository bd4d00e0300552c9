//! Reads prices: those of edited items, and from time to time all of them, since not every change of a price marks its item.

use commerce::{ExternalId, Record};
use jiff::Timestamp;
use ports::{Cursor, Fault, Found, Lane, Page};
use serde::{Deserialize, Serialize};

use super::super::PAGE;
use super::{Reader, asked_for, items, last, text};
use crate::map::{Position, prices, query};

/// Where reading goes on, and when all prices were last read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Round {
    pass: Position,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reread: Option<Timestamp>,
}

impl Round {
    fn read(cursor: &Cursor) -> Result<Self, Fault> {
        if cursor.0.is_empty() {
            return Ok(Self {
                pass: Position::beginning(),
                reread: None,
            });
        }
        serde_json::from_str(&cursor.0).map_err(|error| Fault::Unreadable {
            why: format!("the stored cursor is not one of NetSuite's prices: {error}"),
        })
    }

    fn cursor(&self) -> Cursor {
        Cursor(serde_json::json!(self).to_string())
    }
}

impl Reader {
    /// A cursor from which the prices of items edited since then are read.
    pub(super) fn prices_since(from: Timestamp) -> Cursor {
        let pass = Position::at(from);
        Round { pass, reread: None }.cursor()
    }

    /// The prices of a page of items.
    pub(super) async fn price_page(&self, after: &Cursor) -> Result<Page, Fault> {
        let round = Round::read(after)?;
        let (settings, field) = (&self.settings.prices, &self.settings.item_field);
        self.lists_are_named()?;
        let query = query::prices(&round.pass, field, settings);
        let mut page = self.query(Lane::Bulk, &query, PAGE).await?;
        if page.more {
            super::stock::leave_out_the_last(&mut page.rows, "prices.lists")?;
        }
        let last = last(&page.rows, "changed", |row| text(row, "item"))?;
        let rows = super::stock::grouped(&page.rows, "item");
        let harvest = self.told(rows, |rows| prices(rows, settings), Record::Price);
        let pass = self.reached(&round.pass, &page, last);
        let now = page.our_time;
        let next = if page.more {
            Round { pass, ..round }
        } else {
            let all = round.pass.since == Position::beginning().since;
            let reread = if all { Some(now) } else { round.reread };
            let due = reread.is_none_or(|at| now.duration_since(at) >= settings.reread);
            let pass = if due { Position::beginning() } else { pass };
            Round { pass, reread }
        };
        Ok(Page {
            events: harvest.events,
            unreadable: harvest.unreadable,
            next: next.cursor(),
            more: page.more,
        })
    }

    /// The prices of those items on those lists.
    pub(super) async fn prices(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        self.lists_are_named()?;
        let (settings, field) = (&self.settings.prices, &self.settings.item_field);
        let items = items(ids);
        let query = query::prices_of(&items, field, settings);
        let rows = self.all(Lane::Bulk, &items, &query).await?;
        let rows = super::stock::grouped(&rows, "item");
        let found = self.told(rows, |rows| prices(rows, settings), Record::Price);
        Ok(asked_for(found, ids))
    }

    fn lists_are_named(&self) -> Result<(), Fault> {
        if self.settings.prices.lists.is_empty() {
            return Err(Fault::Refused {
                why: "no price list is named: add one to the connection's setting 'prices.lists'"
                    .to_owned(),
            });
        }
        Ok(())
    }
}
