//! SuiteQL of prices: items that were edited, with what they cost on every price level that is wanted.

use super::{Query, digits, instant, list, since};
use crate::map::cursor::Position;
use crate::map::settings::{Column, InternalId, Prices};

/// Types of items that are sold.
const SOLD: &str =
    "'InvtPart', 'NonInvtPart', 'Assembly', 'Kit', 'Service', 'GiftCert', 'DwnLdItem'";

/// Items after a position, oldest change first, one row for each price; an item without any has a row of its own.
pub(crate) fn prices(position: &Position, item_field: &Column, prices: &Prices) -> Query {
    let mut q = format!(
        "{} WHERE {}{}",
        items(item_field, prices),
        since("i.lastmodifieddate", position.since),
        sold()
    );
    if let Some(last) = &position.last {
        let (then, id) = (instant("i.lastmodifieddate", last.ts), digits(&last.id));
        q.push_str(&format!(
            " AND ({} OR ({} AND i.id > {id}))",
            then.later, then.same
        ));
    }
    Query::new(q + " ORDER BY changed, i.id, p.pricelevel, p.currency, p.quantity")
}

/// These items, whenever they changed.
pub(crate) fn prices_of(ids: &[InternalId], item_field: &Column, prices: &Prices) -> Query {
    Query::new(format!(
        "{} WHERE i.id IN ({}){} ORDER BY i.id, p.pricelevel, p.currency, p.quantity",
        items(item_field, prices),
        list(ids),
        sold()
    ))
}

fn items(item_field: &Column, prices: &Prices) -> String {
    let mut columns = format!("i.{} AS sku", item_field.as_str());
    if let Some(field) = &prices.item_flag {
        columns.push_str(&format!(", i.{} AS flag", field.as_str()));
    }
    for field in prices.sale_fields() {
        columns.push_str(&format!(", i.{0} AS {0}", field.as_str()));
    }
    format!(
        "SELECT i.id AS item, TO_CHAR(SYS_EXTRACT_UTC(i.lastmodifieddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS changed, {columns}, \
p.pricelevel AS price_level, c.symbol AS currency, p.quantity AS quantity, p.unitprice AS amount \
FROM item i LEFT JOIN pricing p ON p.item = i.id AND p.pricelevel IN ({}) LEFT JOIN currency c ON c.id = p.currency",
        list(&prices.levels())
    )
}

/// A matrix item's parent only groups what is sold.
fn sold() -> String {
    format!(
        " AND i.isinactive = 'F' AND i.itemtype IN ({SOLD}) AND (i.matrixtype IS NULL OR i.matrixtype <> 'PARENT')"
    )
}
