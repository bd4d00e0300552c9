//! Credits of sales orders: credit memos and cash refunds of what they were billed by or returned with, and refunds of their deposits.
//!
//! A credit hangs on the order by two links (order, bill or return or deposit, credit) or by three (order, bill, return, credit); or by one
//! less, where the sale was billed without an order. What pays a credit memo out (`CustRfnd` on `CustCred`) is no credit of its own.

use ports::Window;

use super::{Query, after, before, list, since};
use crate::map::Position;
use crate::map::settings::{Column, InternalId};

const FROM: &str = "FROM transaction r \
JOIN previoustransactionlinelink c ON c.nextdoc = r.id AND c.nexttype IN ('CustCred', 'CashRfnd', 'CustRfnd') \
LEFT JOIN previoustransactionlinelink a ON a.nextdoc = c.previousdoc AND a.nexttype = 'RtnAuth' AND a.previoustype IN ('CustInvc', 'CashSale') \
LEFT JOIN previoustransactionlinelink b ON b.nextdoc = NVL(a.previousdoc, c.previousdoc) AND b.previoustype = 'SalesOrd' \
AND b.nexttype IN ('CustInvc', 'CashSale', 'RtnAuth', 'CustDep') \
JOIN transaction o ON o.id = NVL(b.previousdoc, NVL(a.previousdoc, c.previousdoc)) AND o.type IN ('SalesOrd', 'CustInvc', 'CashSale') \
WHERE r.type IN ('CustCred', 'CashRfnd', 'CustRfnd') AND r.voided = 'F'";

/// Columns of a credit, one row for each sales order it belongs to. Totals are below zero in NetSuite's tables, where they take away.
fn columns(multi_currency: bool) -> String {
    let currency = if multi_currency { ", r.currency" } else { "" };
    format!(
        "SELECT DISTINCT r.id, r.tranid, r.externalid AS credit_key, r.memo, ABS(r.foreigntotal) AS total{currency}, \
TO_CHAR(SYS_EXTRACT_UTC(r.lastmodifieddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS modified, \
TO_CHAR(SYS_EXTRACT_UTC(r.createddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS created, \
o.id AS order_id, o.tranid AS order_number, o.externalid AS order_key, o.foreigntotal AS order_total"
    )
}

/// Those after a position, oldest change first.
pub(crate) fn credits(position: &Position, multi_currency: bool) -> Query {
    Query::new(format!(
        "{} {FROM} AND {} ORDER BY modified, r.id",
        columns(multi_currency),
        after("r", position)
    ))
}

/// These credits.
pub(crate) fn credits_of(ids: &[InternalId], multi_currency: bool) -> Query {
    Query::new(format!(
        "{} {FROM} AND r.id IN ({}) ORDER BY r.id",
        columns(multi_currency),
        list(ids)
    ))
}

/// Ids of those created in a window.
pub(crate) fn credit_ids(window: Window) -> Query {
    Query::new(format!(
        "SELECT DISTINCT r.id {FROM} AND {} AND {} ORDER BY r.id",
        since("r.createddate", window.from),
        before("r.createddate", window.to)
    ))
}

/// The lines of these credits that were made from lines, and their delivery.
pub(crate) fn credit_lines(
    ids: &[InternalId],
    item_field: &Column,
    line_field: Option<&Column>,
) -> Query {
    let sku = item_field.as_str();
    let shop_line = line_field.map(|field| format!(", tl.{} AS shop_line", field.as_str()));
    Query::new(format!(
        "SELECT DISTINCT tl.transaction AS credit, tl.id AS line, tl.item, tl.itemtype, i.{sku} AS sku, tl.quantity, tl.foreignamount AS amount{} \
FROM transactionline tl \
LEFT JOIN previoustransactionlinelink l ON l.nextdoc = tl.transaction AND l.nextline = tl.id \
LEFT JOIN item i ON i.id = tl.item \
WHERE tl.transaction IN ({}) AND tl.mainline = 'F' AND tl.taxline = 'F' AND tl.kitmemberof IS NULL \
AND (l.previousdoc IS NOT NULL OR tl.itemtype = 'ShipItem') ORDER BY tl.transaction, tl.id",
        shop_line.unwrap_or_default(),
        list(ids)
    ))
}
