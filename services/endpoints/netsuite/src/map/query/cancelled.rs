//! Sales orders that were called off: cancelled (C) or closed (H).

use ports::Window;

use super::{Query, after, before, list, since};
use crate::map::Position;
use crate::map::settings::InternalId;

const CANCELLED: &str = "SELECT t.id, t.tranid, t.externalid AS order_key, \
TO_CHAR(SYS_EXTRACT_UTC(t.lastmodifieddate), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS modified \
FROM transaction t WHERE t.type = 'SalesOrd' AND t.status IN ('C', 'H')";

/// Those after a position, oldest change first.
pub(crate) fn cancellations(position: &Position) -> Query {
    Query::new(format!(
        "{CANCELLED} AND {} ORDER BY modified, t.id",
        after("t", position)
    ))
}

/// Those of these sales orders that were called off.
pub(crate) fn cancellations_of(ids: &[InternalId]) -> Query {
    Query::new(format!(
        "{CANCELLED} AND t.id IN ({}) ORDER BY t.id",
        list(ids)
    ))
}

/// Ids of the sales orders created in a window that were called off since.
pub(crate) fn cancellation_ids(window: Window) -> Query {
    Query::new(format!(
        "SELECT t.id FROM transaction t WHERE t.type = 'SalesOrd' AND t.status IN ('C', 'H') AND {} AND {} ORDER BY t.id",
        since("t.createddate", window.from),
        before("t.createddate", window.to)
    ))
}

/// Those of these sales orders of which something is in an item fulfilment.
pub(crate) fn begun(orders: &[InternalId]) -> Query {
    Query::new(format!(
        "SELECT DISTINCT tl.transaction AS sales_order FROM transactionline tl \
WHERE tl.transaction IN ({}) AND tl.mainline = 'F' AND (tl.quantityshiprecv <> 0 OR tl.quantitypicked <> 0) ORDER BY tl.transaction",
        list(orders)
    ))
}
