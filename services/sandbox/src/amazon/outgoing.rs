//! Orders that Amazon sends out of its warehouses for other channels, and their parcels.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::Options;
use super::asked::{get, shown, text};
use super::books::{Books, later};

#[derive(Clone, Debug)]
pub(super) struct Outbound {
    pub(super) id: String,
    /// As it was sent.
    pub(super) body: Json,
    pub(super) status: &'static str,
    pub(super) received: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) items: Vec<Item>,
    pub(super) parcels: Vec<Parcel>,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) sku: String,
    pub(super) quantity: u32,
    pub(super) shipped: u32,
    pub(super) cancelled: u32,
    pub(super) unfulfillable: u32,
}

impl Item {
    pub(super) const fn open(&self) -> u32 {
        self.quantity - self.shipped - self.cancelled - self.unfulfillable
    }
}

#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) number: u32,
    pub(super) at: Timestamp,
    /// Item ids, SKUs and units.
    units: Vec<(String, String, u32)>,
}

impl Parcel {
    pub(super) fn tracking(&self) -> String {
        format!("TBA{:012}", self.number)
    }
}

/// An order that Amazon sends for another channel, as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboundView {
    /// The id that the seller gave it.
    pub id: String,
    /// Its status.
    pub status: String,
    /// SKUs and units.
    pub units: Vec<(String, u32)>,
    /// Tracking numbers of what has left.
    pub tracking: Vec<String>,
}

impl Outbound {
    pub(super) fn view(&self) -> OutboundView {
        OutboundView {
            id: self.id.clone(),
            status: self.status.to_owned(),
            units: self
                .items
                .iter()
                .map(|item| (item.sku.clone(), item.quantity))
                .collect(),
            tracking: self.parcels.iter().map(Parcel::tracking).collect(),
        }
    }

    fn is_open(&self) -> bool {
        let waits = ["Received", "Planning", "Processing"].contains(&self.status);
        waits && text(&self.body, "fulfillmentAction") != "Hold"
    }

    pub(super) fn become_now(&mut self, status: &'static str, at: Timestamp) {
        self.status = status;
        self.updated = self.updated.max(at);
    }

    /// The status after what has left and what never will.
    fn settle(&mut self, at: Timestamp) {
        let all = |is: fn(&Item) -> bool| self.items.iter().all(is);
        let status = if all(|item| item.shipped == item.quantity) {
            "Complete"
        } else if all(|item| item.unfulfillable == item.quantity) {
            "Unfulfillable"
        } else if all(|item| item.open() == 0) {
            "CompletePartialled"
        } else {
            "Processing"
        };
        self.become_now(status, at);
    }

    pub(super) fn shown(&self) -> Json {
        let mut order = Map::new();
        for name in [
            "sellerFulfillmentOrderId",
            "displayableOrderId",
            "displayableOrderDate",
            "displayableOrderComment",
            "shippingSpeedCategory",
            "destinationAddress",
            "fulfillmentAction",
            "fulfillmentPolicy",
            "notificationEmails",
        ] {
            let value = get(&self.body, name);
            if !value.is_null() {
                order.insert(name.to_owned(), value.clone());
            }
        }
        let own = [
            ("marketplaceId", get(&self.body, "marketplaceId").clone()),
            ("receivedDate", json!(shown(self.received))),
            ("fulfillmentOrderStatus", json!(self.status)),
            ("statusUpdatedDate", json!(shown(self.updated))),
        ];
        order.extend(own.map(|(name, value)| (name.to_owned(), value)));
        Json::Object(order)
    }

    pub(super) fn shown_items(&self) -> Json {
        let items = self.items.iter().map(|item| json!({
            "sellerSku": item.sku, "sellerFulfillmentOrderItemId": item.id, "quantity": item.quantity, "cancelledQuantity": item.cancelled,
            "unfulfillableQuantity": item.unfulfillable, "orderItemDisposition": "Sellable",
        }));
        items.collect()
    }

    pub(super) fn shown_parcels(&self) -> Json {
        let parcels = self.parcels.iter().map(|parcel| {
            let units = parcel.units.iter().map(|(id, sku, units)| json!({
                "sellerSku": sku, "sellerFulfillmentOrderItemId": id, "quantity": units, "packageNumber": parcel.number,
            }));
            json!({
                "amazonShipmentId": format!("D{}", parcel.number), "fulfillmentCenterId": "RNO1", "fulfillmentShipmentStatus": "SHIPPED",
                "shippingDate": shown(parcel.at), "fulfillmentShipmentItem": units.collect::<Vec<_>>(),
                "fulfillmentShipmentPackage": [{ "packageNumber": parcel.number, "carrierCode": "AMZN_US", "trackingNumber": parcel.tracking() }],
            })
        });
        parcels.collect()
    }
}

impl Books {
    /// Sets aside what an order is of, as its policy has it.
    pub(super) fn reserve(&mut self, order: &mut Outbound, at: Timestamp) {
        let policy = text(&order.body, "fulfillmentPolicy");
        let as_it_comes = ["FillAll", "FillAllAvailable"].contains(&policy);
        let enough = order.items.iter().all(|item| {
            let same = order.items.iter().filter(|other| other.sku == item.sku);
            let wanted: u32 = same.map(|other| other.quantity).sum();
            self.listings
                .get(&item.sku)
                .is_some_and(|one| one.available() >= wanted)
        });
        if !enough && !as_it_comes {
            order.become_now("Invalid", at);
            return;
        }
        for item in &mut order.items {
            if let Some(listing) = self.listings.get_mut(&item.sku) {
                let there = item.quantity.min(listing.available());
                listing.reserve(there, at);
                item.unfulfillable = item.quantity - there;
            }
        }
        if !enough && order.items.iter().all(|item| item.open() == 0) {
            order.become_now("Unfulfillable", at);
        }
    }

    /// Sends what has waited long enough.
    pub(super) fn send_outbound(&mut self, options: &Options, now: Timestamp) {
        let all = self.outbound.iter().filter(|one| one.is_open());
        let due = all.map(|one| {
            (
                one.id.clone(),
                later(one.received, options.amazon_ships_after),
            )
        });
        let due: Vec<(String, Timestamp)> = due.filter(|(_, due)| *due <= now).collect();
        for (order, due) in due {
            self.ship_outbound(&order, &[], due);
        }
    }

    pub(super) fn ship_outbound(
        &mut self,
        id: &str,
        units: &[(String, u32)],
        at: Timestamp,
    ) -> Option<u32> {
        let number = u32::try_from(200_000_000 + self.number()).ok()?;
        let order = self
            .outbound
            .iter_mut()
            .find(|one| one.id == id && one.is_open())?;
        let (at, mut items, mut sent) = (at.max(order.updated), order.items.clone(), Vec::new());
        for item in &mut items {
            let wanted = units
                .iter()
                .filter(|(id, _)| *id == item.id)
                .map(|(_, units)| *units);
            let wanted = if units.is_empty() {
                item.open()
            } else {
                wanted.sum()
            };
            if wanted > item.open() {
                return None;
            }
            if wanted > 0 {
                item.shipped += wanted;
                sent.push((item.id.clone(), item.sku.clone(), wanted));
            }
        }
        if sent.is_empty() {
            return None;
        }
        for (_, sku, units) in &sent {
            if let Some(listing) = self.listings.get_mut(sku) {
                listing.leave(*units, at);
            }
        }
        order.items = items;
        order.parcels.push(Parcel {
            number,
            at,
            units: sent,
        });
        order.settle(at);
        Some(number)
    }

    pub(super) fn lose_outbound(&mut self, id: &str, at: Timestamp) -> bool {
        let found = self
            .outbound
            .iter_mut()
            .find(|one| one.id == id && one.is_open());
        let Some(order) = found else {
            return false;
        };
        for item in &mut order.items {
            if let Some(listing) = self.listings.get_mut(&item.sku) {
                listing.leave(item.open(), at);
            }
            item.unfulfillable += item.open();
        }
        order.settle(at);
        true
    }
}
