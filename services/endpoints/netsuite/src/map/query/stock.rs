//! SuiteQL of stock: what moved or was edited, with all that there is of it, and the kits it goes into.

use jiff::Timestamp;

use super::{Query, digits, list, since, timestamp};
use crate::map::cursor::Position;
use crate::map::settings::{Column, InternalId, Stock};

const FORMAT: &str = "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'";

/// Items after a position, oldest change first, one row for each location. Whatever changes at one location brings all the item's
/// locations along, since what may be sold of it is their sum.
pub(crate) fn stock(position: &Position, item_field: &Column, stock: &Stock) -> Query {
    let mut q = items(&changed(position.since, stock), item_field, stock);
    if let Some(last) = &position.last {
        let then = timestamp(last.ts);
        // Once a position named the location too; its item is read again.
        let (sign, item) = match last.id.split_once('-') {
            Some((item, _)) => (">=", item),
            None => (">", last.id.as_str()),
        };
        q.push_str(&format!(
            " WHERE (m.mark > {then} OR (m.mark = {then} AND m.item {sign} {}))",
            digits(item)
        ));
    }
    Query::new(q + " ORDER BY changed, m.item, a.location")
}

/// These items, whenever they changed.
pub(crate) fn stock_of(ids: &[InternalId], item_field: &Column, stock: &Stock) -> Query {
    let these = format!(
        "SELECT e.id AS item, {} AS mark FROM item e WHERE e.id IN ({})",
        utc("e.lastmodifieddate"),
        list(ids)
    );
    Query::new(items(&these, item_field, stock) + " ORDER BY m.item, a.location")
}

/// The kits among these items and those they go into, one row for each component and location.
pub(crate) fn kits(items: &[InternalId], item_field: &Column, stock: &Stock) -> Query {
    let ids = list(items);
    let held = stock
        .buffer_field
        .as_ref()
        .map_or_else(String::new, |field| {
            format!(", c.{} AS held", field.as_str())
        });
    Query::new(format!(
        "SELECT k.parentitem AS kit, {}, k.linenumber AS line, k.item AS item, k.quantity AS quantity, c.itemtype AS kind{held}, \
{} AS item_edited, {} \
FROM kititemmember k JOIN item i ON i.id = k.parentitem JOIN item c ON c.id = k.item \
LEFT JOIN aggregateitemlocation a ON a.item = k.item{} \
WHERE i.itemtype = 'Kit' AND (k.parentitem IN ({ids}) \
OR k.parentitem IN (SELECT p.parentitem FROM kititemmember p WHERE p.item IN ({ids}))) \
ORDER BY k.parentitem, k.linenumber, k.item, a.location",
        article(item_field, stock),
        printed("c.lastmodifieddate"),
        place(),
        within("a", stock),
    ))
}

/// Which items changed since then, and when last. Stock leaves a mark at the location only; what decides about an item beside
/// its stock, and what a kit is made of, leaves one at the item.
fn changed(from: Timestamp, stock: &Stock) -> String {
    let column = "c.lastquantityavailablechange";
    let mut all = format!(
        "SELECT c.item AS item, {} AS mark FROM aggregateitemlocation c WHERE {}{}",
        utc(column),
        since(column, from),
        within("c", stock)
    );
    if stock.follows_items() || stock.kits {
        let column = "e.lastmodifieddate";
        let which = if stock.follows_items() {
            ""
        } else {
            " AND e.itemtype = 'Kit'"
        };
        all.push_str(&format!(
            " UNION ALL SELECT e.id AS item, {} AS mark FROM item e WHERE {}{which}",
            utc(column),
            since(column, from)
        ));
    }
    format!("SELECT u.item AS item, MAX(u.mark) AS mark FROM ({all}) u GROUP BY u.item")
}

/// Those items with what there is of them.
fn items(which: &str, item_field: &Column, stock: &Stock) -> String {
    format!(
        "SELECT m.item AS item, TO_CHAR(m.mark, {FORMAT}) AS changed, i.itemtype AS kind, {}, {} \
FROM ({which}) m JOIN item i ON i.id = m.item LEFT JOIN aggregateitemlocation a ON a.item = m.item{}",
        article(item_field, stock),
        place(),
        within("a", stock)
    )
}

/// Columns of an item that is sold.
fn article(item_field: &Column, stock: &Stock) -> String {
    let mut columns = format!("i.{} AS sku", item_field.as_str());
    for (field, name) in [(&stock.item_flag, "flag"), (&stock.buffer_field, "buffer")] {
        if let Some(field) = field {
            columns.push_str(&format!(", i.{} AS {name}", field.as_str()));
        }
    }
    format!("{columns}, {} AS edited", printed("i.lastmodifieddate"))
}

/// Columns of a location.
fn place() -> String {
    format!(
        "a.location AS location, a.quantityavailable AS available, {} AS moved",
        printed("a.lastquantityavailablechange")
    )
}

fn within(alias: &str, stock: &Stock) -> String {
    let sources = stock.sources();
    if sources.is_empty() {
        return String::new();
    }
    format!(" AND {alias}.location IN ({})", list(&sources))
}

fn utc(column: &str) -> String {
    format!("SYS_EXTRACT_UTC({column})")
}

fn printed(column: &str) -> String {
    format!("TO_CHAR({}, {FORMAT})", utc(column))
}
