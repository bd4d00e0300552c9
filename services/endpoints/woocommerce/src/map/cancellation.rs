//! What becomes of an order in the shop that was called off elsewhere.

use commerce::Cancellation;

use super::shipment::has_shipments;
use crate::wire::Order;

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallOff {
    /// Nothing: the shop has nothing left to call off.
    Moot,
    /// It is cancelled.
    Cancel,
    /// A person decides: why, and between what.
    Hold(String),
}

/// The decision. WooCommerce cancels orders as a whole only; that part of one has left only the marks of Causeway's own fulfilments tell.
pub(crate) fn call_off(cancellation: &Cancellation, order: &Order) -> CallOff {
    let held = |why: &str| {
        let number = if order.number.0.is_empty() {
            order.id.to_string()
        } else {
            order.number.0.clone()
        };
        CallOff::Hold(format!(
            "{number} was called off as {}, but {why}. Nothing was written. Choices: refund in the shop what will not be delivered, then mark this record as ignored; or open the lines there again",
            cancellation.number
        ))
    };
    match order.status.as_str() {
        "cancelled" | "refunded" | "failed" | "trash" => CallOff::Moot,
        // All of it has left: only what is called off after it would be news.
        "completed" => CallOff::Moot,
        _ if has_shipments(order) => {
            held("part of it has left, and WooCommerce cancels whole orders only")
        }
        _ if cancellation.begun => {
            held("part of it is in an item fulfilment there that the shop does not show yet")
        }
        _ => CallOff::Cancel,
    }
}
