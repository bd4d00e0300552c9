//! Records that belong to an order of the shop: which one, and what is told where there is none.

use commerce::{ConnectionId, ExternalId, Kind, OrderRef, TargetKey};
use ports::{Attempt, Effect, Fault, Twin, Write, Written};

/// The order's id at the shop: its proven twin, else what Causeway's own key says. `None` for an order of somebody else's.
pub(super) fn shop_order(
    write: &Write,
    order: &OrderRef,
    connection: &ConnectionId,
) -> Option<ExternalId> {
    let own = |key: &String| TargetKey::source_id(key, connection, Kind::Order);
    match &write.parent {
        Some(twin) => Some(twin.id.clone()),
        None => order.key.as_ref().and_then(own),
    }
}

/// A record of an order that did not come from this shop.
pub(super) fn not_ours(write: &Write) -> Attempt {
    Attempt {
        result: Ok(Written {
            twin: Twin {
                id: write.event.external_id.clone(),
                number: None,
            },
            effect: Effect::NotOurs,
            discrepancy: None,
        }),
        exchanges: Vec::new(),
        kept: None,
    }
}

/// The shop does not show the order.
pub(super) fn gone(id: &ExternalId) -> Fault {
    Fault::Refused {
        why: format!(
            "the shop shows no order {id}: it was deleted, or is older than 60 days and the app lacks the scope read_all_orders"
        ),
    }
}
