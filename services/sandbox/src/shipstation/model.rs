//! Orders, labels and what was marked as shipped.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::Units;

/// All that the account keeps.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) orders: Vec<Order>,
    pub(super) shipments: Vec<Shipment>,
    pub(super) marked: Vec<Marked>,
    last: u64,
    /// When requests of the last minute came.
    pub(super) asked: VecDeque<Timestamp>,
}

#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: u64,
    pub(super) key: String,
    pub(super) number: String,
    pub(super) status: String,
    /// As it was sent.
    pub(super) body: Map<String, Json>,
    pub(super) items: Vec<Item>,
    pub(super) made: Timestamp,
    pub(super) changed: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: u64,
    pub(super) line: Option<String>,
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) quantity: u64,
    pub(super) gone: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Shipment {
    pub(super) id: u64,
    pub(super) order: u64,
    pub(super) units: Vec<(u64, u64)>,
    pub(super) cost: Decimal,
    pub(super) tracking: String,
    pub(super) made: Timestamp,
    pub(super) voided: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(super) struct Marked {
    pub(super) id: u64,
    pub(super) order: u64,
    pub(super) tracking: String,
    pub(super) made: Timestamp,
}

/// An order, as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderView {
    /// Its id.
    pub id: u64,
    /// Its key.
    pub key: String,
    /// Its number.
    pub number: String,
    /// Its status.
    pub status: String,
    /// Units by the lines' keys.
    pub units: Vec<(String, u64)>,
}

/// A label, as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShipmentView {
    /// Its id.
    pub id: u64,
    /// Its order's id.
    pub order: u64,
    /// Its tracking number.
    pub tracking: String,
    /// Whether it was voided.
    pub voided: bool,
}

impl Books {
    pub(super) fn next_id(&mut self) -> u64 {
        self.last += 1;
        10_000 + self.last
    }

    pub(super) fn order(&self, id: u64) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == id)
    }

    fn open(&mut self, id: u64) -> Option<&mut Order> {
        let order = self.orders.iter_mut().find(|order| order.id == id);
        order.filter(|order| order.status == "awaiting_shipment")
    }

    pub(super) fn orders(&self) -> Vec<OrderView> {
        let view = |order: &Order| OrderView {
            id: order.id,
            key: order.key.clone(),
            number: order.number.clone(),
            status: order.status.clone(),
            units: order
                .items
                .iter()
                .map(|item| (item.line.clone().unwrap_or_default(), item.quantity))
                .collect(),
        };
        self.orders.iter().map(view).collect()
    }

    pub(super) fn shipments(&self) -> Vec<ShipmentView> {
        let view = |one: &Shipment| ShipmentView {
            id: one.id,
            order: one.order,
            tracking: one.tracking.clone(),
            voided: one.voided.is_some(),
        };
        self.shipments.iter().map(view).collect()
    }

    pub(super) fn ship(
        &mut self,
        id: u64,
        units: &[Units],
        cost: Decimal,
        now: Timestamp,
    ) -> Option<u64> {
        let order = self.open(id)?;
        let taken = order.take(units)?;
        if order.items.iter().all(|item| item.gone >= item.quantity) {
            "shipped".clone_into(&mut order.status);
        }
        order.changed = now;
        let shipment = self.next_id();
        self.shipments.push(Shipment {
            id: shipment,
            order: id,
            units: taken,
            cost,
            tracking: format!("9400{shipment}"),
            made: now,
            voided: None,
        });
        Some(shipment)
    }

    pub(super) fn split(&mut self, id: u64, units: &[Units], now: Timestamp) -> Option<u64> {
        let part = self.next_id();
        let order = self.open(id)?;
        let taken = order.take(units)?;
        let mut other = order.clone();
        other.id = part;
        other.key = format!("manual-{part}");
        (other.made, other.changed) = (now, now);
        for item in &mut order.items {
            let gone = taken.iter().filter(|(of, _)| *of == item.id);
            let gone: u64 = gone.map(|(_, quantity)| quantity).sum();
            item.quantity -= gone;
            item.gone -= gone;
        }
        order.items.retain(|item| item.quantity > 0);
        order.changed = now;
        for item in &mut other.items {
            let own = taken.iter().filter(|(of, _)| *of == item.id);
            item.quantity = own.map(|(_, quantity)| quantity).sum();
            item.gone = 0;
        }
        other.items.retain(|item| item.quantity > 0);
        self.orders.push(other);
        Some(part)
    }

    pub(super) fn mark(&mut self, id: u64, tracking: &str, now: Timestamp) -> Option<u64> {
        let order = self.open(id)?;
        "shipped".clone_into(&mut order.status);
        order.changed = now;
        let marked = self.next_id();
        self.marked.push(Marked {
            id: marked,
            order: id,
            tracking: tracking.to_owned(),
            made: now,
        });
        Some(marked)
    }

    pub(super) fn void(&mut self, id: u64, now: Timestamp) -> bool {
        let shipment = self.shipments.iter_mut().find(|one| one.id == id);
        let Some(shipment) = shipment.filter(|one| one.voided.is_none()) else {
            return false;
        };
        shipment.voided = Some(now);
        let (of, units) = (shipment.order, shipment.units.clone());
        if let Some(order) = self.orders.iter_mut().find(|order| order.id == of) {
            for item in &mut order.items {
                let back = units.iter().filter(|(unit, _)| *unit == item.id);
                item.gone -= back
                    .map(|(_, quantity)| quantity)
                    .sum::<u64>()
                    .min(item.gone);
            }
            "awaiting_shipment".clone_into(&mut order.status);
            order.changed = now;
        }
        true
    }

    /// Creates an order, or changes the open one with its key.
    pub(super) fn save(&mut self, body: &Map<String, Json>, now: Timestamp) -> Json {
        let text = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default();
        let (number, key) = (text("orderNumber").to_owned(), text("orderKey").to_owned());
        let refused = |words: &str, id: Option<u64>| json!({ "orderId": id, "orderNumber": number, "orderKey": key, "success": false, "errorMessage": words });
        for name in [
            "orderNumber",
            "orderDate",
            "orderStatus",
            "billTo",
            "shipTo",
        ] {
            if body.get(name).is_none_or(Json::is_null) {
                return refused(&format!("{name} is required."), None);
            }
        }
        let status = text("orderStatus").to_owned();
        let known = [
            "awaiting_payment",
            "awaiting_shipment",
            "shipped",
            "on_hold",
            "cancelled",
        ];
        if !known.contains(&status.as_str()) {
            return refused("orderStatus is invalid.", None);
        }
        let place = self
            .orders
            .iter()
            .position(|order| !key.is_empty() && order.key == key);
        let old = place.and_then(|place| self.orders.get(place)).cloned();
        if let Some(old) = &old
            && ["shipped", "cancelled"].contains(&old.status.as_str())
        {
            let words = format!("Order is {} and can no longer be updated.", old.status);
            return refused(&words, Some(old.id));
        }
        let id = old.as_ref().map_or_else(|| self.next_id(), |old| old.id);
        let given = body
            .get("items")
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default();
        let items: Vec<Item> = given
            .iter()
            .map(|item| self.item(item, old.as_ref()))
            .collect();
        let order = Order {
            id,
            key: if key.is_empty() {
                format!("manual-{id}")
            } else {
                key
            },
            number: number.clone(),
            status,
            body: body.clone(),
            items,
            made: old.as_ref().map_or(now, |old| old.made),
            changed: now,
        };
        let answer = json!({ "orderId": id, "orderNumber": number, "orderKey": order.key, "success": true, "errorMessage": null });
        match place.and_then(|place| self.orders.get_mut(place)) {
            Some(slot) => *slot = order,
            None => self.orders.push(order),
        }
        answer
    }

    fn item(&mut self, given: &Json, old: Option<&Order>) -> Item {
        let text = |name: &str| given.get(name).and_then(Json::as_str).map(str::to_owned);
        let line = text("lineItemKey");
        let same = |item: &&Item| item.line.is_some() && item.line == line;
        let before = old.and_then(|old| old.items.iter().find(same));
        Item {
            id: before.map_or_else(|| self.next_id(), |item| item.id),
            gone: before.map_or(0, |item| item.gone),
            line,
            sku: text("sku").unwrap_or_default(),
            name: text("name").unwrap_or_default(),
            quantity: given.get("quantity").and_then(Json::as_u64).unwrap_or(0),
        }
    }
}

impl Order {
    /// Takes units off what is left, by the items' ids; nothing where there is not so much.
    fn take(&mut self, units: &[Units]) -> Option<Vec<(u64, u64)>> {
        let mut items = self.items.clone();
        let mut taken = Vec::new();
        for unit in units {
            let item = items
                .iter_mut()
                .find(|item| item.line.as_deref() == Some(&unit.line))?;
            if item.gone + unit.quantity > item.quantity || unit.quantity == 0 {
                return None;
            }
            item.gone += unit.quantity;
            taken.push((item.id, unit.quantity));
        }
        self.items = items;
        (!taken.is_empty()).then_some(taken)
    }

    fn shown_item(item: &Item, quantity: u64) -> Json {
        json!({
            "orderItemId": item.id, "lineItemKey": item.line, "sku": item.sku, "name": item.name, "quantity": quantity, "unitPrice": null,
            "adjustment": false,
        })
    }

    pub(super) fn shown(&self) -> Json {
        let mut shown = self.body.clone();
        let items = self
            .items
            .iter()
            .map(|item| Self::shown_item(item, item.quantity));
        shown.insert("items".to_owned(), Json::Array(items.collect()));
        shown.insert("orderId".to_owned(), json!(self.id));
        shown.insert("orderKey".to_owned(), json!(self.key));
        shown.insert("orderStatus".to_owned(), json!(self.status));
        shown.insert("createDate".to_owned(), json!(local(self.made)));
        shown.insert("modifyDate".to_owned(), json!(local(self.changed)));
        Json::Object(shown)
    }
}

impl Shipment {
    pub(super) fn shown(&self, order: &Order, with_items: bool) -> Json {
        let item = |(id, quantity): &(u64, u64)| {
            let item = order.items.iter().find(|item| item.id == *id)?;
            Some(Order::shown_item(item, *quantity))
        };
        let items: Vec<Json> = self.units.iter().filter_map(item).collect();
        let date = pacific().to_datetime(self.made).date();
        // Two digits after the point, as a number.
        let cost: Json = serde_json::from_str(&self.cost.to_string()).unwrap_or(Json::Null);
        json!({
            "shipmentId": self.id, "orderId": order.id, "orderKey": order.key, "orderNumber": order.number, "createDate": local(self.made),
            "shipDate": date.to_string(), "shipmentCost": cost, "insuranceCost": 0, "trackingNumber": self.tracking, "isReturnLabel": false,
            "carrierCode": "stamps_com", "serviceCode": "usps_priority_mail", "packageCode": "package", "warehouseId": 16079,
            "voided": self.voided.is_some(), "voidDate": self.voided.map(local), "marketplaceNotified": false, "batchNumber": null,
            "weight": { "value": 24, "units": "ounces" }, "shipmentItems": with_items.then_some(items),
        })
    }
}

impl Marked {
    pub(super) fn shown(&self, order: &Order) -> Json {
        let date = pacific().to_datetime(self.made).date();
        json!({
            "fulfillmentId": self.id, "orderId": order.id, "orderNumber": order.number, "createDate": local(self.made), "shipDate": format!("{date}T00:00:00.0000000"),
            "trackingNumber": self.tracking, "carrierCode": "USPS", "fulfillmentFee": 0, "voidRequested": false, "voided": false,
            "marketplaceNotified": true, "shipTo": order.body.get("shipTo"),
        })
    }
}

/// The zone of all times.
pub(super) fn pacific() -> TimeZone {
    TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC)
}

/// A time as the API shows it.
fn local(at: Timestamp) -> String {
    pacific()
        .to_datetime(at)
        .strftime("%Y-%m-%dT%H:%M:%S.%6f0")
        .to_string()
}
