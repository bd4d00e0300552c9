//! How what was written stands in the shop now.

use commerce::{Cancellation, Fulfilment};
use ports::Standing;

use super::cancellation::{CallOff, call_off};
use super::parcels::{is_tracked, numbers};
use super::shipment::mark;
use crate::Tracking;
use crate::wire::Order;

/// A delivery of that key, by its order.
pub(crate) fn delivered(
    delivery: &Fulfilment,
    key: &str,
    order: Option<&Order>,
    tracking: Tracking,
) -> Standing {
    let Some((order, mark)) = order.and_then(|order| Some((order, mark(order, key)?))) else {
        return Standing::Missing;
    };
    let ours = numbers(delivery);
    let listed = |numbers: &std::collections::BTreeSet<String>| {
        let all: Vec<&str> = numbers.iter().map(String::as_str).collect();
        if all.is_empty() {
            "none".to_owned()
        } else {
            all.join(", ")
        }
    };
    if !ours.is_empty() && ours != mark.tracking {
        return Standing::Differs {
            what: format!(
                "tracking numbers: {} here, {} there",
                listed(&ours),
                listed(&mark.tracking)
            ),
        };
    }
    if tracking == Tracking::ShipmentTracking && !is_tracked(order, &mark) {
        return Standing::Differs {
            what: format!(
                "tracking numbers: {} here, others there",
                listed(&mark.tracking)
            ),
        };
    }
    Standing::Held
}

/// An order that was called off; one that is gone is off.
pub(crate) fn called_off(off: &Cancellation, order: Option<&Order>) -> Standing {
    match order.map(|order| call_off(off, order)) {
        Some(CallOff::Cancel) => Standing::Differs {
            what: "called off here, open there".to_owned(),
        },
        None | Some(CallOff::Moot | CallOff::Hold(_)) => Standing::Held,
    }
}
