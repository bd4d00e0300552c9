//! What becomes of an order in the shop that was called off elsewhere.

use commerce::Cancellation;
use kit::CallOff;
use serde_json::{Value, json};

use crate::Cancellations;
use crate::wire::CalledOff;

/// The decision. Shopify cancels orders as a whole only, and only before anything left.
pub(crate) fn call_off(cancellation: &Cancellation, order: &CalledOff) -> CallOff {
    // An order that was edited or refunded to nothing was closed there because of that: its own echo.
    if order.cancelled_at.is_some() || order.current_subtotal_line_items_quantity == 0 {
        return CallOff::Moot;
    }
    let held = |why| {
        CallOff::held(
            cancellation,
            &order.name,
            why,
            "refund or edit away in the shop",
        )
    };
    match order.display_fulfillment_status.as_str() {
        // All that there was has left: only what is called off after it would be news.
        "FULFILLED" => CallOff::Moot,
        "PARTIALLY_FULFILLED" => held("part of it has left, and Shopify cancels whole orders only"),
        _ if cancellation.begun => {
            held("part of it is in an item fulfilment there that the shop does not show yet")
        }
        _ => CallOff::Cancel,
    }
}

/// The variables of the request that calls an order off, by its global id; `key` names the cancellation in the shop's note.
pub(crate) fn calling_off(order: &str, key: &str, settings: Cancellations) -> Value {
    json!({
        "order": order,
        "reason": "OTHER",
        "refund": { "originalPaymentMethodsRefund": settings.refund },
        "restock": settings.restock,
        "notify": settings.notify_customer,
        "note": format!("Called off elsewhere ({key})"),
    })
}

#[cfg(test)]
mod tests {
    use commerce::{ExternalId, OrderRef};

    use super::*;

    fn decided(begun: bool, cancelled: bool, status: &str, units: i64) -> CallOff {
        let cancellation = Cancellation {
            number: "SO12".to_owned(),
            order: OrderRef {
                id: ExternalId::new("12").unwrap(),
                key: None,
            },
            begun,
        };
        let order = CalledOff {
            name: "#1001".to_owned(),
            cancelled_at: cancelled.then(|| "2026-03-02T10:00:00Z".to_owned()),
            display_fulfillment_status: status.to_owned(),
            current_subtotal_line_items_quantity: units,
        };
        call_off(&cancellation, &order)
    }

    #[test]
    fn every_state_of_the_order_is_decided() {
        // (something had left there, cancelled, status in the shop, units) -> moot '.', cancel '+', hold '-'
        let cases = [
            (false, false, "UNFULFILLED", 3, '+'),
            (false, false, "ON_HOLD", 3, '+'),
            (false, false, "SCHEDULED", 3, '+'),
            (false, false, "IN_PROGRESS", 3, '+'),
            (true, false, "UNFULFILLED", 3, '-'),
            (false, false, "PARTIALLY_FULFILLED", 3, '-'),
            (true, false, "PARTIALLY_FULFILLED", 3, '-'),
            (true, false, "FULFILLED", 3, '.'),
            (false, true, "UNFULFILLED", 0, '.'),
            (true, true, "PARTIALLY_FULFILLED", 1, '.'),
            (false, false, "UNFULFILLED", 0, '.'),
        ];
        for (begun, cancelled, status, units, expected) in cases {
            let decided = decided(begun, cancelled, status, units);
            let letter = match &decided {
                CallOff::Moot => '.',
                CallOff::Cancel => '+',
                CallOff::Hold(why) => {
                    assert!(why.contains("SO12") && why.contains("Choices: "), "{why}");
                    '-'
                }
            };
            assert_eq!(letter, expected, "{begun} {cancelled} {status} {units}");
        }
    }
}
