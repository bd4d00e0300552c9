//! How what was written stands in the shop now.

use commerce::{Cancellation, Fulfilment};
use kit::{tracking_differs, tracking_numbers};
use ports::Standing;

use super::cancellation::call_off;
use super::parcels::is_tracked;
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
    let ours = tracking_numbers(delivery);
    if !ours.is_empty() && ours != mark.tracking {
        return tracking_differs(&ours, &mark.tracking);
    }
    if tracking == Tracking::ShipmentTracking && !is_tracked(order, &mark) {
        let all: Vec<&str> = mark.tracking.iter().map(String::as_str).collect();
        return Standing::Differs {
            what: format!("tracking numbers: {} here, others there", all.join(", ")),
        };
    }
    Standing::Held
}

/// An order that was called off; one that is gone is off.
pub(crate) fn called_off(off: &Cancellation, order: Option<&Order>) -> Standing {
    let standing = |order| call_off(off, order).standing();
    order.map_or(Standing::Held, standing)
}
