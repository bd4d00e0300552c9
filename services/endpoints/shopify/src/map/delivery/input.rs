//! The variables of the requests that tell the shop of a delivery.

use std::collections::BTreeMap;

use commerce::{ExternalId, Fulfilment};
use ports::Assignments;
use serde_json::{Value, json};

use super::{Shipment, tracking};
use crate::Settings;
use crate::map::rules::{ruled, ruled_tracking};

/// The parcels' numbers, and whether the buyer is told.
#[derive(Debug, Clone)]
pub(crate) struct Tracked {
    info: Option<Value>,
    notify: bool,
}

impl Tracked {
    pub(crate) fn of(delivery: &Fulfilment, set: &Assignments, settings: &Settings) -> Self {
        let ruled = ruled(set, settings.notify_customer);
        Self {
            info: ruled_tracking(&ruled, tracking(delivery, &settings.carriers)),
            notify: ruled.notify,
        }
    }
}

/// The shop's location whose units are taken first.
pub(crate) fn preferred<'a>(
    delivery: &Fulfilment,
    locations: &'a BTreeMap<String, String>,
) -> Option<&'a str> {
    let location = delivery.location.as_ref().map(ExternalId::as_str);
    location
        .and_then(|location| locations.get(location))
        .map(String::as_str)
}

/// A new fulfilment.
pub(crate) fn fulfilment(shipment: &Shipment, tracked: Tracked) -> Value {
    let orders = shipment.orders.iter();
    let orders: Vec<Value> = orders
        .map(|(order, lines)| {
            let lines = lines.iter();
            let lines: Vec<Value> = lines
                .map(|(line, units)| json!({ "id": line, "quantity": units }))
                .collect();
            json!({ "fulfillmentOrderId": order, "fulfillmentOrderLineItems": lines })
        })
        .collect();
    json!({ "fulfillment": {
        "lineItemsByFulfillmentOrder": orders,
        "notifyCustomer": tracked.notify,
        "trackingInfo": tracked.info,
    }})
}

/// Other tracking numbers of a fulfilment, by its global id.
pub(crate) fn retracking(fulfilment: &str, tracked: Tracked) -> Value {
    json!({
        "fulfillment": fulfilment,
        "tracking": tracked.info,
        "notify": tracked.notify,
    })
}
