//! What refunds and payments are written by: the sales they belong to, how these are billed and paid, and what came back of them.

use super::{Query, SALES, list, marks};
use crate::map::settings::{InternalId, Place};

/// Sales by external or internal id, with their customers, and where they are booked as far as that differs from sale to sale.
pub(crate) fn sold(keys: &[String], ids: &[InternalId], places: &[Place]) -> Query {
    let mut by = vec![format!("t.externalid IN ({})", marks(keys.len()))];
    if !ids.is_empty() {
        by.push(format!("t.id IN ({})", list(ids)));
    }
    // Each column exists only with a feature of the account, which settings that name such records imply.
    let mut columns = String::new();
    if places.iter().any(|place| place.subsidiary.is_some()) {
        columns.push_str(", l.subsidiary");
    }
    if places.iter().any(|place| place.location.is_some()) {
        columns.push_str(", l.location");
    }
    let join = match columns.as_str() {
        "" => "",
        _ => " JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'T'",
    };
    Query {
        q: format!(
            "SELECT t.id, t.type, t.tranid, t.externalid, t.foreigntotal, t.entity{columns}, t.status, t.foreignamountunpaid AS unpaid FROM transaction t{join} WHERE {SALES} AND ({}) ORDER BY t.id",
            by.join(" OR ")
        ),
        params: keys.to_vec(),
    }
}

/// Invoices and cash sales of sales orders.
pub(crate) fn bills(orders: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT DISTINCT l.previousdoc AS order_id, b.id, b.type, b.foreignamountunpaid AS unpaid FROM previoustransactionlinelink l \
JOIN transaction b ON b.id = l.nextdoc \
WHERE l.previoustype = 'SalesOrd' AND l.nexttype IN ('CustInvc', 'CashSale') AND l.previousdoc IN ({}) ORDER BY b.id",
        list(orders)
    ))
}

/// Customer deposits of sales orders, with what is left of each.
pub(crate) fn deposits_of(orders: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT DISTINCT l.previousdoc AS order_id, d.id, d.foreignpaymentamountunused AS unused FROM previoustransactionlinelink l \
JOIN transaction d ON d.id = l.nextdoc \
WHERE l.previoustype = 'SalesOrd' AND l.nexttype = 'CustDep' AND d.voided = 'F' AND l.previousdoc IN ({}) ORDER BY d.id",
        list(orders)
    ))
}

/// What of these sales' lines was authorized to come back.
pub(crate) fn returned(sales: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT l.previousdoc AS sale, l.previousline AS line, SUM(ABS(r.quantity)) AS quantity, SUM(ABS(r.foreignamount)) AS amount \
FROM previoustransactionlinelink l \
JOIN transaction a ON a.id = l.nextdoc \
JOIN transactionline r ON r.transaction = l.nextdoc AND r.id = l.nextline \
WHERE l.nexttype = 'RtnAuth' AND a.status <> 'C' AND l.previousdoc IN ({}) \
GROUP BY l.previousdoc, l.previousline ORDER BY l.previousdoc, l.previousline",
        list(sales)
    ))
}

/// Return authorizations and their receipts by external id, with what their lines come to.
pub(crate) fn returns_by_key(keys: &[String]) -> Query {
    Query {
        q: format!(
            "SELECT t.id, t.type, t.tranid, t.externalid, SUM(ABS(l.foreignamount)) AS foreigntotal FROM transaction t \
JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'F' AND l.taxline = 'F' \
WHERE t.type IN ('RtnAuth', 'ItemRcpt') AND t.externalid IN ({}) GROUP BY t.id, t.type, t.tranid, t.externalid ORDER BY t.id",
            marks(keys.len())
        ),
        params: keys.to_vec(),
    }
}

/// What refunds became, by external id: credit memos, cash refunds and customer refunds. Their totals are below zero in NetSuite's tables, where they take away.
pub(crate) fn credits_by_key(keys: &[String]) -> Query {
    Query {
        q: format!(
            "SELECT t.id, t.type, t.tranid, t.externalid, ABS(t.foreigntotal) AS foreigntotal FROM transaction t WHERE t.type IN ('CustCred', 'CashRfnd', 'CustRfnd') AND t.externalid IN ({})",
            marks(keys.len())
        ),
        params: keys.to_vec(),
    }
}

/// Customer deposits and payments by external id.
pub(crate) fn deposits_by_key(keys: &[String]) -> Query {
    Query {
        q: format!(
            "SELECT t.id, t.tranid, t.externalid, ABS(t.foreigntotal) AS foreigntotal FROM transaction t WHERE t.type IN ('CustDep', 'CustPymt') AND t.externalid IN ({})",
            marks(keys.len())
        ),
        params: keys.to_vec(),
    }
}
