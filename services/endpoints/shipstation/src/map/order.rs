//! Shipping orders as ShipStation's orders.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{Address, Kind, ShippingOrder, ShippingState, TargetKey};
use ports::{Assignments, Fault, Fields, Place};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Map, Value, json};

use super::shipment::decimal;
use super::time::zone;
use crate::wire::Order;
use crate::{OrderNumber, Settings};

/// ShipStation's order, as far as rules may set it (its documentation, "Model - Order").
static ORDER: Fields = Fields {
    text: &[
        "customerUsername",
        "customerNotes",
        "internalNotes",
        "giftMessage",
        "paymentMethod",
        "requestedShippingService",
        "carrierCode",
        "serviceCode",
        "packageCode",
        "confirmation",
    ],
    number: &["amountPaid", "taxAmount", "shippingAmount"],
    bool: &["gift"],
    date: &["shipByDate"],
    id: &[],
    group: &["advancedOptions", "insuranceOptions"],
    custom: None,
};

/// What rules may set.
pub(crate) const fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    match (kind, place) {
        (Kind::ShippingOrder, Place::Record) => Some(&ORDER),
        _ => None,
    }
}

/// The number that the order bears.
pub(crate) fn number<'a>(order: &'a ShippingOrder, settings: &Settings) -> &'a str {
    match (settings.order_number, &order.reference) {
        (OrderNumber::Reference, Some(reference)) => reference,
        _ => &order.number,
    }
}

/// The whole order: what a request leaves out, ShipStation clears.
///
/// # Errors
/// [`Fault::Held`] for an order without an address, and for parts of units.
pub(crate) fn body(
    order: &ShippingOrder,
    key: &TargetKey,
    set: &Assignments,
    settings: &Settings,
) -> Result<Map<String, Value>, Fault> {
    let Some(to) = order.ship_to.as_ref().map(address) else {
        return Err(held("it has no shipping address"));
    };
    let state = match order.state {
        ShippingState::Open => "awaiting_shipment",
        ShippingState::OnHold => "on_hold",
        ShippingState::Cancelled => "cancelled",
    };
    let mut items = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        let whole = Some(line.quantity).filter(Decimal::is_integer);
        let Some(quantity) = whole.and_then(|quantity| quantity.to_u64()) else {
            return Err(held(&format!(
                "ShipStation counts whole units, and {} of {} are to be sent",
                line.quantity, line.sku
            )));
        };
        items.push(json!({
            "lineItemKey": line.id.as_str(), "sku": line.sku.as_str(), "name": line.title, "quantity": quantity,
        }));
    }
    let date = zone().to_datetime(order.placed_at);
    let mut body = Map::from_iter([
        ("orderNumber".to_owned(), json!(number(order, settings))),
        ("orderKey".to_owned(), json!(key.as_str())),
        (
            "orderDate".to_owned(),
            json!(date.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
        ),
        ("orderStatus".to_owned(), json!(state)),
        ("customerEmail".to_owned(), json!(order.email)),
        ("customerNotes".to_owned(), json!(order.note)),
        ("billTo".to_owned(), to.clone()),
        ("shipTo".to_owned(), to),
        ("items".to_owned(), Value::Array(items)),
    ]);
    let method = order.method.as_ref();
    if let Some(service) = method.and_then(|method| settings.services.get(method)) {
        body.insert("carrierCode".to_owned(), json!(service.carrier));
        body.insert("serviceCode".to_owned(), json!(service.service));
        if let Some(package) = &service.package {
            body.insert("packageCode".to_owned(), json!(package));
        }
    }
    let place = order.location.as_ref();
    let options = [
        (
            "warehouseId",
            place.and_then(|id| settings.warehouses.get(id.as_str())),
        ),
        ("storeId", settings.store.as_ref()),
    ];
    let options = options
        .into_iter()
        .filter_map(|(name, id)| Some((name.to_owned(), json!(id?))));
    let options: Map<String, Value> = options.collect();
    if !options.is_empty() {
        body.insert("advancedOptions".to_owned(), Value::Object(options));
    }
    for (path, value) in &set.header {
        place_value(&mut body, path, value.clone());
    }
    Ok(body)
}

/// Puts a rule's value where its name says; a dotted one reaches inside.
fn place_value(body: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((head, rest)) = path.split_once('.') else {
        let number = ORDER
            .number
            .contains(&path)
            .then(|| number_of(&value))
            .flatten();
        body.insert(path.to_owned(), number.unwrap_or(value));
        return;
    };
    let inner = body.entry(head.to_owned()).or_insert_with(|| json!({}));
    if let Value::Object(inner) = inner {
        place_value(inner, rest, value);
    }
}

/// Rules give decimals as texts: the same digits as a JSON number.
fn number_of(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    text.parse::<Decimal>().ok()?;
    serde_json::from_str(text).ok()
}

fn address(address: &Address) -> Value {
    json!({
        "name": address.addressee().unwrap_or_default(), "company": address.company,
        "street1": address.line1, "street2": address.line2, "city": address.city, "state": address.region,
        "postalCode": address.postcode, "country": address.country.map(|country| country.as_str().to_owned()), "phone": address.phone,
    })
}

/// Whether ShipStation's order is as this one is to be. One that is shipped there agrees with one to be sent, of the same goods.
pub(crate) fn agrees(order: &ShippingOrder, there: &Order) -> bool {
    let status = there.order_status.as_str();
    let same_state = match order.state {
        ShippingState::Cancelled => return status == "cancelled",
        ShippingState::OnHold => status == "on_hold",
        ShippingState::Open => matches!(status, "awaiting_shipment" | "shipped"),
    };
    let to = there.ship_to.clone().unwrap_or_default();
    let ours = order.ship_to.as_ref();
    let same_place = [
        (ours.and_then(|to| to.line1.as_deref()), to.street1),
        (ours.and_then(|to| to.postcode.as_deref()), to.postal_code),
    ];
    // ShipStation writes addresses its own way: in capitals, with longer postcodes.
    let same_place = same_place.iter().all(|(ours, theirs)| {
        let plain = |text: &str| text.trim().to_lowercase();
        let (ours, theirs) = (
            plain(ours.unwrap_or_default()),
            plain(theirs.as_deref().unwrap_or_default()),
        );
        theirs.starts_with(&ours)
    });
    same_state && same_place && items_agree(order, there)
}

/// Whether both are of the same goods.
pub(crate) fn items_agree(order: &ShippingOrder, there: &Order) -> bool {
    let ours: BTreeMap<String, Decimal> = order
        .lines
        .iter()
        .map(|line| (line.id.to_string(), line.quantity.normalize()))
        .collect();
    let goods = there.items.iter().filter(|item| !item.adjustment);
    let theirs: BTreeSet<(String, Decimal)> = goods
        .filter_map(|item| {
            let quantity = decimal(&item.quantity).ok()?.normalize();
            Some((item.line_item_key.clone().unwrap_or_default(), quantity))
        })
        .filter(|(_, quantity)| !quantity.is_zero())
        .collect();
    theirs == ours.into_iter().collect()
}

fn held(why: &str) -> Fault {
    Fault::Held {
        why: format!("the order cannot be sent: {why}. Correct it in the system it comes from"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(more: Value) -> Settings {
        let mut all = json!({"api_key": "env:K", "api_secret": "env:S"});
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    fn order(change: Value) -> ShippingOrder {
        let mut order = json!({
            "number": "SO7", "reference": "#1001", "placed_at": "2026-03-02T11:00:00Z", "state": "open", "email": "a@b.example",
            "ship_to": {"first_name": "Ada", "last_name": "Byron", "company": null, "line1": "1 Main St", "line2": null, "city": "Austin",
                "region": "TX", "postcode": "78701", "country": "US", "phone": null},
            "location": "2", "method": "4", "note": null,
            "lines": [{"id": "1", "sku": "TEA", "title": "Tea", "quantity": "2"}],
        });
        for (name, value) in change.as_object().unwrap() {
            order[name] = value.clone();
        }
        serde_json::from_value(order).unwrap()
    }

    fn made(order: &ShippingOrder, settings: &Settings, set: Value) -> Result<Value, Fault> {
        let key = TargetKey::of(
            &commerce::ConnectionId::new("netsuite").unwrap(),
            Kind::ShippingOrder,
            &commerce::ExternalId::new("7").unwrap(),
        );
        let set = Assignments {
            header: serde_json::from_value(set).unwrap(),
            ..Assignments::default()
        };
        body(order, &key, &set, settings).map(Value::Object)
    }

    #[test]
    fn an_order_is_told_whole() {
        let settings = settings(json!({
            "store": 26815, "order_number": "reference", "warehouses": {"2": 24079},
            "services": {"4": {"carrier": "fedex", "service": "fedex_ground"}},
        }));
        let set =
            json!({"advancedOptions.customField1": "vip", "gift": true, "shippingAmount": "7.50"});
        let to = json!({
            "name": "Ada Byron", "company": null, "street1": "1 Main St", "street2": null, "city": "Austin", "state": "TX",
            "postalCode": "78701", "country": "US", "phone": null,
        });
        let expected = json!({
            "orderNumber": "#1001", "orderKey": "netsuite-shipping_order-7", "orderDate": "2026-03-02T03:00:00", "orderStatus": "awaiting_shipment",
            "customerEmail": "a@b.example", "customerNotes": null, "billTo": to.clone(), "shipTo": to,
            "items": [{"lineItemKey": "1", "sku": "TEA", "name": "Tea", "quantity": 2}],
            "carrierCode": "fedex", "serviceCode": "fedex_ground", "gift": true, "shippingAmount": 7.50,
            "advancedOptions": {"warehouseId": 24079, "storeId": 26815, "customField1": "vip"},
        });
        assert_eq!(made(&order(json!({})), &settings, set).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_told_is_held() {
        let settings = settings(json!({}));
        for change in [
            json!({"ship_to": null}),
            json!({"lines": [{"id": "1", "sku": "TEA", "title": "Tea", "quantity": "0.5"}]}),
        ] {
            let fault = made(&order(change), &settings, json!({})).unwrap_err();
            assert!(matches!(fault, Fault::Held { .. }));
        }
    }

    #[test]
    fn an_order_that_is_there_is_compared() {
        let there = |status: &str, quantity: u32, street: &str| -> Order {
            serde_json::from_value(json!({
                "orderId": 1, "orderNumber": "SO7", "orderStatus": status, "shipTo": {"street1": street, "postalCode": "78701-1221"},
                "items": [{"lineItemKey": "1", "sku": "TEA", "quantity": quantity}, {"sku": "10% OFF", "quantity": 1, "adjustment": true}],
            }))
            .unwrap()
        };
        let open = order(json!({}));
        for (status, quantity, street, same) in [
            ("awaiting_shipment", 2, "1 MAIN ST", true),
            ("shipped", 2, "1 Main St", true),
            ("awaiting_shipment", 3, "1 Main St", false),
            ("awaiting_shipment", 2, "2 Main St", false),
            ("cancelled", 2, "1 Main St", false),
            ("on_hold", 2, "1 Main St", false),
        ] {
            assert_eq!(
                agrees(&open, &there(status, quantity, street)),
                same,
                "{status} {quantity} {street}"
            );
        }
        let off = order(json!({"state": "cancelled", "lines": []}));
        assert!(agrees(&off, &there("cancelled", 2, "")));
        assert!(!agrees(&off, &there("shipped", 2, "")));
    }
}
