use jiff::Timestamp;

use super::{Arguments, GraphError, Payload, Store, UserError};
use crate::shopify::model::ids;
use crate::shopify::model::jobs::CallOff;

/// Accepts to cancel an order. It is done by a job, a moment later.
pub(super) fn cancel(
    store: &mut Store,
    arguments: &Arguments,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let refuse = |code, field: &str, message: &str| {
        Ok(Payload::Job {
            job: None,
            errors: vec![UserError::coded(code, &[field], message)],
        })
    };
    let id = arguments.text("orderId");
    let index = id
        .and_then(|id| ids::number("Order", id))
        .and_then(ids::order_index);
    let Some(order) = index.and_then(|index| store.orders.get(index)) else {
        return refuse("NOT_FOUND", "orderId", "Order does not exist");
    };
    if order.cancelled.is_some() {
        return refuse("INVALID", "orderId", "Order has already been cancelled");
    }
    if !order.fulfilments.is_empty() {
        let message = "Cannot cancel an order with fulfillments";
        return refuse("INVALID", "orderId", message);
    }
    let reason = match arguments.text("reason") {
        Some("CUSTOMER") => "CUSTOMER",
        Some("DECLINED") => "DECLINED",
        Some("FRAUD") => "FRAUD",
        Some("INVENTORY") => "INVENTORY",
        Some("STAFF") => "STAFF",
        Some("OTHER") => "OTHER",
        _ => return refuse("INVALID", "reason", "Reason is invalid"),
    };
    let method = arguments.get("refundMethod");
    let method = method.and_then(|method| method.get("originalPaymentMethodsRefund"));
    let what = CallOff {
        order: order.index,
        reason,
        refund: method.and_then(serde_json::Value::as_bool).unwrap_or(false),
        restock: arguments.flag("restock"),
        notified: arguments.flag("notifyCustomer"),
        note: arguments.text("staffNote").map(str::to_owned),
    };
    Ok(Payload::Job {
        job: Some(store.accept(what, now)),
        errors: Vec::new(),
    })
}
