//! What becomes of an order in the shop that was called off elsewhere.

use commerce::Cancellation;
use kit::CallOff;
use serde_json::{Value, json};

use super::KEY;
use super::giveback::order_number;
use super::shipment::has_shipments;
use crate::wire::Order;

/// The decision. WooCommerce cancels orders as a whole only; that part of one has left only the marks of Causeway's own fulfilments tell.
pub(crate) fn call_off(cancellation: &Cancellation, order: &Order) -> CallOff {
    let held = |why: &str| {
        let number = order_number(order);
        CallOff::held(cancellation, &number, why, "refund in the shop")
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

/// The change of the order that calls it off, under the cancellation's key.
pub(crate) fn calling_off(key: &str) -> Value {
    json!({ "status": "cancelled", "meta_data": [{ "key": KEY, "value": key }] })
}
