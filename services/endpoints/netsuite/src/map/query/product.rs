//! SuiteQL of products: which changed, their items, and the prices that new articles begin with.

use jiff::Timestamp;
use ports::Window;

use super::{Query, before, digits, list, since, timestamp};
use crate::map::cursor::Position;
use crate::map::settings::{Column, FirstPrice, InternalId, ItemField, Products};

const FORMAT: &str = "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'";

/// Types of items that a shop sells.
const SOLD: &str = "'InvtPart', 'Assembly', 'Kit', 'NonInvtPart'";

/// Products after a position, oldest change first: a matrix item changes with each of its children.
pub(crate) fn products(position: &Position) -> Query {
    let mut q = format!(
        "SELECT m.product AS product, TO_CHAR(m.mark, {FORMAT}) AS changed FROM ({}) m",
        changed(position.since)
    );
    if let Some(last) = &position.last {
        let then = timestamp(last.ts);
        q.push_str(&format!(
            " WHERE (m.mark > {then} OR (m.mark = {then} AND m.product > {}))",
            digits(&last.id)
        ));
    }
    Query::new(q + " ORDER BY changed, m.product")
}

/// The items of these products: each product's own, and the children of matrix items.
pub(crate) fn product_items(
    products: &[InternalId],
    item_field: &Column,
    settings: &Products,
) -> Query {
    let ids = list(products);
    Query::new(format!(
        "SELECT i.id AS item, i.parent AS parent, i.itemid AS name, i.matrixtype AS matrix, i.isinactive AS inactive, \
i.weight AS weight, i.weightunit AS unit, TO_CHAR(SYS_EXTRACT_UTC(i.lastmodifieddate), {FORMAT}) AS edited, \
i.{} AS sku{} FROM item i \
WHERE i.itemtype IN ({SOLD}) AND (i.id IN ({ids}) OR (i.parent IN ({ids}) AND i.matrixtype = 'CHILD')) ORDER BY i.id",
        item_field.as_str(),
        columns(settings)
    ))
}

/// Ids of the products created in a window, as far as they are told.
pub(crate) fn product_ids(window: Window, settings: &Products) -> Query {
    let flagged = settings.item_flag.as_ref();
    let flagged = flagged.map(|flag| format!(" AND i.{} IS NOT NULL", flag.as_str()));
    Query::new(format!(
        "SELECT i.id AS id FROM item i WHERE i.itemtype IN ({SOLD}) \
AND (i.matrixtype IS NULL OR i.matrixtype <> 'CHILD'){} AND {} AND {} ORDER BY i.id",
        flagged.unwrap_or_default(),
        since("i.createddate", window.from),
        before("i.createddate", window.to)
    ))
}

/// What these items cost at a price level, the smallest quantity first.
pub(crate) fn first_prices(items: &[InternalId], price: &FirstPrice) -> Query {
    let currency = price.currency_id.as_ref();
    let currency = currency.map(|id| format!(" AND p.currency = {id}"));
    Query::new(format!(
        "SELECT p.item AS item, p.quantity AS quantity, p.unitprice AS price FROM pricing p \
WHERE p.pricelevel = {}{} AND p.item IN ({}) ORDER BY p.item, p.quantity",
        price.level,
        currency.unwrap_or_default(),
        list(items)
    ))
}

fn changed(from: Timestamp) -> String {
    let part = |product: &str, which: &str| {
        format!(
            "SELECT e.{product} AS product, SYS_EXTRACT_UTC(e.lastmodifieddate) AS mark FROM item e \
WHERE e.itemtype IN ({SOLD}) AND {which} AND {}",
            since("e.lastmodifieddate", from)
        )
    };
    format!(
        "SELECT u.product AS product, MAX(u.mark) AS mark FROM ({} UNION ALL {}) u GROUP BY u.product",
        part("id", "(e.matrixtype IS NULL OR e.matrixtype <> 'CHILD')"),
        part("parent", "e.matrixtype = 'CHILD'")
    )
}

/// The columns that the settings name.
fn columns(settings: &Products) -> String {
    let mut columns = String::new();
    let mut push = |column: String, name: &str| {
        columns.push_str(&format!(", {column} AS {name}"));
    };
    if let Some(flag) = &settings.item_flag {
        push(format!("i.{}", flag.as_str()), "flag");
    }
    push(format!("i.{}", settings.title.as_str()), "title");
    push(format!("i.{}", settings.barcode.as_str()), "barcode");
    for (field, name) in [
        (&settings.description, "description"),
        (&settings.handle, "handle"),
    ] {
        if let Some(field) = field {
            push(format!("i.{}", field.as_str()), name);
        }
    }
    for (field, name) in [
        (&settings.vendor, "vendor"),
        (&settings.product_type, "product_type"),
        (&settings.tags, "tags"),
        (&settings.categories, "categories"),
    ] {
        if let Some(field) = field {
            push(labelled(field), name);
        }
    }
    for (place, field) in settings.images.iter().enumerate() {
        push(format!("i.{}", field.as_str()), &format!("image_{place}"));
    }
    for (place, option) in settings.options.iter().enumerate() {
        push(labelled(&option.field), &format!("option_{place}"));
    }
    columns
}

/// What a user reads in the field: of a list its entry's name, not its id.
fn labelled(field: &ItemField) -> String {
    let name = field.as_str();
    if field.may_be_a_list() {
        format!("BUILTIN.DF(i.{name})")
    } else {
        format!("i.{name}")
    }
}
