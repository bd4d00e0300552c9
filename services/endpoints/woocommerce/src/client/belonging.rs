//! Records that belong to an order of the shop: which one, and what is told where there is none.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{ConnectionId, ExternalId, OrderRef};
use kit::{Looked, Rest, external, parse};
use ports::{Exchange, Fault, Lane, Write};
use serde_json::value::RawValue;

use super::api::{PAGE, PAGE_TEXT, listed};
use super::orders::head;
use crate::wire;

/// The order's id at the shop; `None` for an order of somebody else's, and for what is no id of WooCommerce's.
pub(super) fn shop_order(
    write: &Write,
    order: &OrderRef,
    connection: &ConnectionId,
) -> Option<ExternalId> {
    let id = write.order_at(order, connection)?;
    let number: u64 = id.as_str().parse().ok()?;
    ExternalId::new(number.to_string()).ok()
}

/// The shop does not show the order.
pub(super) fn gone(id: &ExternalId) -> Fault {
    Fault::Refused {
        why: format!("the shop shows no order {id}: it was deleted, or lies in the trash"),
    }
}

/// Orders as they stand, a hundred with one request.
pub(super) async fn orders(
    api: &Rest,
    ids: BTreeSet<ExternalId>,
    exchanges: &mut Vec<Exchange>,
) -> BTreeMap<ExternalId, Looked<wire::Order>> {
    let ids: Vec<ExternalId> = ids.into_iter().collect();
    let mut found: BTreeMap<_, _> = ids.iter().map(|id| (id.clone(), Ok(None))).collect();
    for some in ids.chunks(PAGE) {
        let include = listed(some);
        let query = [("include", include.as_str()), ("per_page", PAGE_TEXT)];
        let read = api.read(Lane::Orders, "orders", &query, exchanges).await;
        let raws: Vec<Box<RawValue>> = match read {
            Ok(raws) => raws,
            Err(fault) => {
                found.extend(some.iter().map(|id| (id.clone(), Err(fault.clone()))));
                continue;
            }
        };
        for raw in &raws {
            if let Ok(id) = external(&head(raw).id.0) {
                let order = parse(raw.get()).map(Some);
                let order = order.map_err(|why| Fault::Unreadable {
                    why: format!("order {id} of the shop: {why}"),
                });
                found.insert(id, order);
            }
        }
    }
    found
}

/// All refunds of an order.
pub(super) async fn refunds_of(
    api: &Rest,
    order: &wire::Order,
    exchanges: &mut Vec<Exchange>,
) -> Result<Vec<wire::Refund>, Fault> {
    if order.refunds.is_empty() {
        return Ok(Vec::new());
    }
    let path = format!("orders/{}/refunds", order.id);
    let mut all: Vec<wire::Refund> = Vec::new();
    for page in 1_u64.. {
        let page = page.to_string();
        let query = [("per_page", PAGE_TEXT), ("page", page.as_str())];
        let some: Vec<wire::Refund> = api.read(Lane::Orders, &path, &query, exchanges).await?;
        let full = some.len() >= PAGE;
        all.extend(some);
        if !full {
            break;
        }
    }
    Ok(all)
}
