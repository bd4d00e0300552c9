//! Money in Undeposited Funds: the transactions by which orders were paid and paid back, and whether a deposit has them already.

use super::{Query, list, marks};
use crate::map::settings::InternalId;

fn columns(multi_currency: bool) -> &'static str {
    if multi_currency {
        "t.id, t.type, t.tranid, t.externalid, ABS(t.foreigntotal) AS total, t.status, t.currency, d.nextdoc AS deposit"
    } else {
        "t.id, t.type, t.tranid, t.externalid, ABS(t.foreigntotal) AS total, t.status, d.nextdoc AS deposit"
    }
}

const DEPOSITED: &str =
    "LEFT JOIN previoustransactionlinelink d ON d.previousdoc = t.id AND d.nexttype = 'Deposit'";

/// Orders, their payments, their credits and deposits by the keys that they are written under.
pub(crate) fn funds_by_key(keys: &[String], multi_currency: bool) -> Query {
    Query {
        q: format!(
            "SELECT DISTINCT {} FROM transaction t {DEPOSITED} \
WHERE t.type IN ('SalesOrd', 'CustInvc', 'CashSale', 'CustDep', 'CashRfnd', 'CustCred', 'Deposit') AND t.voided = 'F' AND t.externalid IN ({}) ORDER BY t.id",
            columns(multi_currency),
            marks(keys.len())
        ),
        params: keys.to_vec(),
    }
}

/// What was made of these transactions: bills, payments, and what was paid back.
pub(crate) fn funds_of(ids: &[InternalId], multi_currency: bool) -> Query {
    Query::new(format!(
        "SELECT DISTINCT l.previousdoc AS made_of, {} FROM previoustransactionlinelink l JOIN transaction t ON t.id = l.nextdoc {DEPOSITED} \
WHERE l.previousdoc IN ({}) AND l.nexttype IN ('CustInvc', 'CashSale', 'CustDep', 'CustPymt', 'CashRfnd', 'CustRfnd') AND t.voided = 'F' ORDER BY t.id",
        columns(multi_currency),
        list(ids)
    ))
}

/// Bank deposits by external id.
pub(crate) fn bank_deposits_by_key(keys: &[String]) -> Query {
    Query {
        q: format!(
            "SELECT t.id, t.tranid, t.externalid, t.foreigntotal FROM transaction t WHERE t.type = 'Deposit' AND t.externalid IN ({})",
            marks(keys.len())
        ),
        params: keys.to_vec(),
    }
}
