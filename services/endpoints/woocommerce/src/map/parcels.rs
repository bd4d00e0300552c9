//! How a delivery's parcels are told: in a note, in the meta data of the tracking plugins, in a fulfilment of WooCommerce's own.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{Digest, Fulfilment, Parcel};
use kit::Ruled;
use serde_json::{Value, json};

use super::shipment::Mark;
use super::{KEY, meta};
use crate::wire::Order;

/// The meta data in which the tracking plugins keep an order's parcels.
const ITEMS: &str = "_wc_shipment_tracking_items";

/// Whether meta data of that name tell parcels to the plugins.
pub(crate) fn is_mark_of_plugins(key: &str) -> bool {
    key == ITEMS
}

fn number(parcel: &Parcel) -> Option<String> {
    let number = parcel.tracking_number.as_deref().map(str::trim);
    number
        .filter(|number| !number.is_empty())
        .map(str::to_owned)
}

/// The carrier's name in the shop: the rule's, else by the connection's table, else its own. Whether the table knows it.
fn carrier(
    parcel: &Parcel,
    ruled: &Ruled,
    carriers: &BTreeMap<String, String>,
) -> Option<(String, bool)> {
    if let Some(provider) = &ruled.carrier {
        return Some((provider.clone(), true));
    }
    let own = parcel.carrier.as_ref()?;
    Some(match carriers.get(own) {
        Some(known) => (known.clone(), true),
        None => (own.clone(), false),
    })
}

/// The words of the delivery of that key that make its note recognisable.
pub(crate) fn note_mark(key: &str, mark: &Mark) -> String {
    let all: Vec<&[u8]> = mark.tracking.iter().map(String::as_bytes).collect();
    let digest = Digest::of(all).to_string();
    format!("[{key} {}]", digest.get(..8).unwrap_or(&digest))
}

/// The note that tells the delivery.
pub(crate) fn note(
    delivery: &Fulfilment,
    key: &str,
    mark: &Mark,
    ruled: &Ruled,
    carriers: &BTreeMap<String, String>,
) -> String {
    let mut text = format!("Shipped as {}", delivery.number);
    for parcel in &delivery.parcels {
        let carrier = carrier(parcel, ruled, carriers).map(|(name, _)| name);
        let parts = [carrier, number(parcel), parcel.tracking_url.clone()];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            text.push('\n');
            text.push_str(&parts.join(" "));
        }
    }
    format!("{text}\n{}", note_mark(key, mark))
}

/// The plugin's number of a parcel: it follows from the delivery's key, so that ours are known among others.
fn tracking_id(key: &str, number: &str) -> String {
    Digest::of([key.as_bytes(), number.as_bytes()]).to_string()
}

fn items(order: &Order) -> Vec<Value> {
    match meta(&order.meta_data, ITEMS) {
        Some(Value::Array(items)) => items.clone(),
        // PHP's lists with a gap come as objects.
        Some(Value::Object(items)) => items.values().cloned().collect(),
        _ => Vec::new(),
    }
}

/// The plugins' meta data with this delivery's parcels, in place of those that its earlier mark told.
pub(crate) fn tracking_items(
    order: &Order,
    delivery: &Fulfilment,
    key: &str,
    (mark, there): (&Mark, Option<&Mark>),
    ruled: &Ruled,
    carriers: &BTreeMap<String, String>,
) -> (&'static str, Value) {
    let known = there.into_iter().chain([mark]);
    let ours: BTreeSet<String> = known
        .flat_map(|mark| mark.tracking.iter())
        .map(|number| tracking_id(key, number))
        .collect();
    let mut all = items(order);
    all.retain(|item| {
        let id = item.get("tracking_id").and_then(Value::as_str);
        !id.is_some_and(|id| ours.contains(id))
    });
    let products: Vec<Value> = order
        .line_items
        .iter()
        .filter_map(|line| {
            let units = mark.lines.get(&line.id.to_string())?;
            let units = units.normalize().to_string();
            Some(json!({ "product": line.product_id.0, "item_id": line.id.to_string(), "qty": units }))
        })
        .collect();
    for parcel in &delivery.parcels {
        let Some(number) = number(parcel) else {
            continue;
        };
        let carrier = carrier(parcel, ruled, carriers);
        let named = |known: bool| {
            let of = carrier.as_ref().filter(|(_, is)| *is == known);
            of.map(|(name, _)| name.clone()).unwrap_or_default()
        };
        all.push(json!({
            "tracking_provider": named(true),
            "custom_tracking_provider": named(false),
            "custom_tracking_link": parcel.tracking_url.clone().unwrap_or_default(),
            "tracking_number": number,
            "date_shipped": delivery.shipped_at.as_second().to_string(),
            "products_list": products,
            "status_shipped": 1,
            "tracking_id": tracking_id(key, &number),
        }));
    }
    (ITEMS, Value::Array(all))
}

/// Whether the plugins' meta data tell all numbers of the mark.
pub(crate) fn is_tracked(order: &Order, mark: &Mark) -> bool {
    let shown: BTreeSet<String> = items(order)
        .iter()
        .filter_map(|item| item.get("tracking_number")?.as_str().map(str::to_owned))
        .collect();
    mark.tracking.is_subset(&shown)
}

/// A fulfilment of WooCommerce's own (WooCommerce, "Order Fulfillments REST API", Create Order Fulfillment). It has room for one number: several
/// stand beside each other.
pub(crate) fn fulfillment(
    delivery: &Fulfilment,
    key: &str,
    mark: &Mark,
    ruled: &Ruled,
    carriers: &BTreeMap<String, String>,
) -> Value {
    let items: Vec<Value> = mark
        .lines
        .iter()
        .map(|(line, units)| {
            let item: Value = line.parse::<u64>().map_or(Value::Null, Value::from);
            let units = units.normalize().to_string();
            json!({ "item_id": item, "qty": serde_json::from_str::<Value>(&units).unwrap_or_default() })
        })
        .collect();
    let mut meta = vec![
        json!({ "key": "_items", "value": items }),
        json!({ "key": KEY, "value": key }),
    ];
    let mut add = |name: &str, value: Option<String>| {
        meta.extend(value.map(|value| json!({ "key": name, "value": value })));
    };
    let numbers: Vec<String> = delivery.parcels.iter().filter_map(number).collect();
    add(
        "_tracking_number",
        Some(numbers.join(", ")).filter(|all| !all.is_empty()),
    );
    let mut carried = delivery.parcels.iter();
    let provider = carried.find_map(|parcel| carrier(parcel, ruled, carriers));
    add("_shipping_provider", provider.map(|(name, _)| name));
    let mut links = delivery.parcels.iter();
    add(
        "_tracking_url",
        links.find_map(|parcel| parcel.tracking_url.clone()),
    );
    json!({ "status": "fulfilled", "is_fulfilled": true, "meta_data": meta })
}
