use jiff::Timestamp;
use serde::Deserialize;

use super::{Arguments, GraphError, Payload, Store, UserError, input};
use crate::shopify::model::fulfilment::Tracking;
use crate::shopify::model::{FulfilmentOrderStatus, Order, ids};

/// Lines that one call may carry.
const MOST_LINES: usize = 512;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FulfillmentInput {
    line_items_by_fulfillment_order: Vec<OrderInput>,
    #[serde(default)]
    notify_customer: Option<bool>,
    #[serde(default)]
    tracking_info: Option<TrackingInput>,
    #[serde(default, rename = "originAddress")]
    _origin_address: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OrderInput {
    fulfillment_order_id: String,
    #[serde(default)]
    fulfillment_order_line_items: Option<Vec<LineInput>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineInput {
    id: String,
    quantity: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrackingInput {
    #[serde(default)]
    company: Option<String>,
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    numbers: Option<Vec<String>>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    urls: Option<Vec<String>>,
}

impl From<TrackingInput> for Tracking {
    fn from(input: TrackingInput) -> Self {
        let all = |one: Option<String>, many: Option<Vec<String>>| {
            one.into_iter().chain(many.unwrap_or_default()).collect()
        };
        Self {
            company: input.company,
            numbers: all(input.number, input.numbers),
            urls: all(input.url, input.urls),
        }
    }
}

/// Makes a shipment. Not idempotent: as long as units remain, the same call makes another one.
pub(super) fn create(
    store: &mut Store,
    asked: FulfillmentInput,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let payload = |made, errors| Payload::Fulfilment {
        type_name: "FulfillmentCreatePayload",
        made,
        errors,
    };
    let (order, location, quantities) = match check(store, &asked) {
        Ok(checked) => checked,
        Err(message) => {
            return Ok(payload(
                None,
                vec![UserError::new(&["fulfillment"], message)],
            ));
        }
    };
    let tracking = asked.tracking_info.map(Tracking::from).unwrap_or_default();
    let notified = asked.notify_customer.unwrap_or(false);
    let made = store.change(order, now, |order, at| {
        order.fulfil(location, &quantities, tracking, notified, at)
    });
    let sent: Vec<(usize, u32)> = quantities
        .iter()
        .map(|(_, line, quantity)| (*line, *quantity))
        .collect();
    store.uncommit(order, location, &sent);
    Ok(payload(made.map(|place| (order, place)), Vec::new()))
}

type Checked = (usize, usize, Vec<(usize, usize, u32)>);

/// The order, the location, and units by fulfilment order and line.
fn check(store: &Store, asked: &FulfillmentInput) -> Result<Checked, String> {
    let mut found: Option<(&Order, usize)> = None;
    let mut quantities = Vec::new();
    for part in &asked.line_items_by_fulfillment_order {
        let id = ids::number("FulfillmentOrder", &part.fulfillment_order_id);
        let known = id
            .and_then(|id| store.order_of(id))
            .and_then(|(order, place)| Some((order, order.fulfilment_orders.get(place)?)));
        let Some((order, fulfilment_order)) = known else {
            return Err("Fulfillment order does not exist.".to_owned());
        };
        match found {
            Some((first, _)) if first.index != order.index => {
                return Err("Fulfillment orders must belong to the same order.".to_owned());
            }
            Some((_, location)) if location != fulfilment_order.location => {
                return Err("Fulfillment orders must be assigned to the same location.".to_owned());
            }
            _ => found = Some((order, fulfilment_order.location)),
        }
        if !matches!(
            fulfilment_order.status,
            FulfilmentOrderStatus::Open | FulfilmentOrderStatus::InProgress
        ) {
            let status = fulfilment_order.status.text().to_lowercase();
            return Err(format!(
                "Fulfillment order {} has an unfulfillable status= {status}.",
                order.part_id(fulfilment_order.place)
            ));
        }
        let Some(lines) = &part.fulfillment_order_line_items else {
            let rest = fulfilment_order
                .lines
                .iter()
                .filter(|line| line.remaining > 0);
            quantities.extend(rest.map(|line| (fulfilment_order.place, line.line, line.remaining)));
            continue;
        };
        for line in lines {
            let place = ids::number("FulfillmentOrderLineItem", &line.id)
                .and_then(ids::part_place)
                .filter(|(of, _)| *of == order.index);
            let known = place.and_then(|(_, place)| {
                fulfilment_order
                    .lines
                    .iter()
                    .find(|known| known.line == place)
            });
            let Some(known) = known else {
                return Err("Fulfillment order line item does not exist.".to_owned());
            };
            let taken: u32 = quantities
                .iter()
                .filter(|(_, line, _)| *line == known.line)
                .map(|(_, _, quantity)| *quantity)
                .sum();
            match u32::try_from(line.quantity) {
                Ok(quantity @ 1..) if quantity + taken <= known.remaining => {
                    quantities.push((fulfilment_order.place, known.line, quantity))
                }
                _ => {
                    return Err(
                        "Invalid fulfillment order line item quantity requested.".to_owned()
                    );
                }
            }
        }
    }
    match found {
        _ if quantities.len() > MOST_LINES => Err(format!(
            "A fulfillment can have at most {MOST_LINES} line items."
        )),
        Some((order, location)) if !quantities.is_empty() => {
            Ok((order.index, location, quantities))
        }
        _ => Err("At least one fulfillment order line item must be given.".to_owned()),
    }
}

/// Replaces the tracking of a shipment.
pub(super) fn track(
    store: &mut Store,
    arguments: &Arguments,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let payload = |made, errors| Payload::Fulfilment {
        type_name: "FulfillmentTrackingInfoUpdatePayload",
        made,
        errors,
    };
    let tracking: TrackingInput = input(arguments, "trackingInfoInput")?;
    let id = arguments
        .text("fulfillmentId")
        .and_then(|id| ids::number("Fulfillment", id));
    let place = id.and_then(ids::part_place);
    let changed = place.and_then(|(order, place)| {
        let known = store.orders.get(order)?.fulfilments.get(place).is_some();
        let change = |order: &mut Order, at| {
            if let Some(fulfilment) = order.fulfilments.get_mut(place) {
                fulfilment.tracking = tracking.into();
                fulfilment.updated_at = at;
                fulfilment.notified |= arguments.flag("notifyCustomer");
            }
        };
        if known {
            store.change(order, now, change)
        } else {
            None
        }
    });
    Ok(match changed.and(place) {
        Some(place) => payload(Some(place), Vec::new()),
        None => payload(
            None,
            vec![UserError::new(
                &["fulfillmentId"],
                "Fulfillment does not exist.",
            )],
        ),
    })
}
