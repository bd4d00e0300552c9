//! Sales orders that somebody else sends, and what of them is in item fulfilments.

use jiff::Timestamp;
use ports::Window;

use super::{FULFILMENT, Query, after, before, list, marks, since};
use crate::map::Position;
use crate::map::settings::{Column, InternalId};

const ORDER: &str = "SELECT t.id, t.tranid, t.otherrefnum, t.memo, t.status, c.email, \
TO_CHAR(SYS_EXTRACT_UTC(t.lastmodifieddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS modified, \
TO_CHAR(SYS_EXTRACT_UTC(t.createddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS created, \
s.addressee, s.attention, s.addr1, s.addr2, s.city, s.state, s.zip, s.country, s.addrphone \
FROM transaction t LEFT JOIN customer c ON c.id = t.entity \
LEFT JOIN transactionshippingaddress s ON s.nkey = t.shippingaddress \
WHERE t.type = 'SalesOrd'";

/// What of an order goes through an item fulfilment.
const GOODS: &str = "i.itemtype IN ('InvtPart', 'Assembly', 'Kit', 'NonInvtPart')";

/// Orders after a position, oldest change first; none entered before `from`.
pub(crate) fn shipping_orders(position: &Position, from: Option<Timestamp>) -> Query {
    let entered = from.map(|from| format!(" AND {}", since("t.createddate", from)));
    Query::new(format!(
        "{ORDER} AND {}{} ORDER BY modified, t.id",
        after("t", position),
        entered.unwrap_or_default()
    ))
}

/// These orders.
pub(crate) fn shipping_orders_of(ids: &[InternalId]) -> Query {
    Query::new(format!("{ORDER} AND t.id IN ({}) ORDER BY t.id", list(ids)))
}

/// Ids of the orders entered in a window.
pub(crate) fn shipping_order_ids(window: Window) -> Query {
    Query::new(format!(
        "SELECT t.id FROM transaction t WHERE t.type = 'SalesOrd' AND {} AND {} ORDER BY t.id",
        since("t.createddate", window.from),
        before("t.createddate", window.to)
    ))
}

/// The delivery method of each of these orders, where it has one.
pub(crate) fn shipping_methods(ids: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT tl.transaction AS sales_order, tl.item AS method FROM transactionline tl \
WHERE tl.transaction IN ({}) AND tl.itemtype = 'ShipItem' ORDER BY tl.transaction, tl.id",
        list(ids)
    ))
}

/// The lines of these orders that are to be sent; the members of kits stay out.
pub(crate) fn shipping_lines(
    ids: &[InternalId],
    item_field: &Column,
    multi_currency: bool,
) -> Query {
    let sku = item_field.as_str();
    let currency = if multi_currency { ", o.currency" } else { "" };
    Query::new(format!(
        "SELECT tl.transaction AS sales_order, tl.id AS line, o.tranid AS order_number, o.status, tl.item, i.{sku} AS sku, \
i.displayname, i.itemid, tl.quantity, tl.quantitypicked AS picked, tl.quantityshiprecv AS shipped, tl.isclosed AS closed, \
tl.location, h.location AS order_location{currency} \
FROM transactionline tl JOIN item i ON i.id = tl.item JOIN transaction o ON o.id = tl.transaction \
LEFT JOIN transactionline h ON h.transaction = tl.transaction AND h.mainline = 'T' \
WHERE tl.transaction IN ({}) AND tl.mainline = 'F' AND tl.taxline = 'F' AND tl.kitmemberof IS NULL AND {GOODS} \
ORDER BY tl.transaction, tl.linesequencenumber, tl.id",
        list(ids)
    ))
}

/// What of the lines of these orders is in item fulfilments, picked and packed ones among them, and under which keys those were written.
pub(crate) fn fulfilled(ids: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT l.previousdoc AS sales_order, l.previousline AS line, l.nextdoc AS fulfilment, f.externalid AS written_as, tl.quantity \
FROM previoustransactionlinelink l JOIN transaction f ON f.id = l.nextdoc \
JOIN transactionline tl ON tl.transaction = l.nextdoc AND tl.id = l.nextline \
WHERE l.previousdoc IN ({}) AND l.previoustype = 'SalesOrd' AND l.nexttype = 'ItemShip' \
ORDER BY l.previousdoc, l.nextdoc, l.nextline",
        list(ids)
    ))
}

/// Shipped fulfilments by external id.
pub(crate) fn fulfilments_by_key(keys: &[String]) -> Query {
    let columns = FULFILMENT.replacen("f.tranid,", "f.tranid, f.externalid AS written_as,", 1);
    Query {
        q: format!(
            "{columns} AND f.externalid IN ({}) ORDER BY f.id",
            marks(keys.len())
        ),
        params: keys.to_vec(),
    }
}
