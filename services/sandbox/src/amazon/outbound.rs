//! Fulfillment Outbound 2020-07-01: Amazon sends out of its warehouses what was sold elsewhere.

use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::Options;
use super::asked::{Answer, Answered, Asked, Problem, get, list, required, shown, text};
use super::books::{Books, later};

/// Orders on a page.
const PAGE: usize = 50;

#[derive(Clone, Debug)]
pub(super) struct Outbound {
    id: String,
    /// As it was sent.
    body: Json,
    status: &'static str,
    received: Timestamp,
    updated: Timestamp,
    items: Vec<Item>,
    parcels: Vec<Parcel>,
}

#[derive(Clone, Debug)]
struct Item {
    id: String,
    sku: String,
    quantity: u32,
    shipped: u32,
    cancelled: u32,
    unfulfillable: u32,
}

impl Item {
    const fn open(&self) -> u32 {
        self.quantity - self.shipped - self.cancelled - self.unfulfillable
    }
}

#[derive(Clone, Debug)]
struct Parcel {
    number: u32,
    at: Timestamp,
    /// Item ids, SKUs and units.
    units: Vec<(String, String, u32)>,
}

impl Parcel {
    fn tracking(&self) -> String {
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

    fn become_now(&mut self, status: &'static str, at: Timestamp) {
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

    fn shown(&self) -> Json {
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

    fn shown_items(&self) -> Json {
        let items = self.items.iter().map(|item| json!({
            "sellerSku": item.sku, "sellerFulfillmentOrderItemId": item.id, "quantity": item.quantity, "cancelledQuantity": item.cancelled,
            "unfulfillableQuantity": item.unfulfillable, "orderItemDisposition": "Sellable",
        }));
        items.collect()
    }

    fn shown_parcels(&self) -> Json {
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

fn unknown() -> Problem {
    Problem::invalid("Requested order not found.")
}

/// Takes an order; the one that is there already under its id where it is the same.
pub(super) fn create(books: &mut Books, asked: &Asked<'_>) -> Answered {
    let body = &asked.body;
    let id = required(body, "sellerFulfillmentOrderId")?;
    if id.len() > 40 || required(body, "displayableOrderId")?.len() > 40 {
        return Err(Problem::invalid("An order id has 40 characters at most."));
    }
    let date = required(body, "displayableOrderDate")?;
    if date.parse::<Timestamp>().is_err() {
        return Err(Problem::invalid(
            "displayableOrderDate is not an ISO 8601 date-time.",
        ));
    }
    required(body, "displayableOrderComment")?;
    let speeds = ["Standard", "Expedited", "Priority", "ScheduledDelivery"];
    if !speeds.contains(&required(body, "shippingSpeedCategory")?) {
        return Err(Problem::invalid("shippingSpeedCategory is invalid."));
    }
    let address = get(body, "destinationAddress");
    for name in ["name", "addressLine1", "postalCode", "countryCode"] {
        required(address, name)?;
    }
    let mut body = body.clone();
    let first = asked
        .options
        .marketplaces
        .first()
        .cloned()
        .unwrap_or_default();
    let place = match text(&body, "marketplaceId") {
        "" => first,
        given => asked.marketplace(given)?.id.to_owned(),
    };
    if let Some(fields) = body.as_object_mut() {
        fields.insert("marketplaceId".to_owned(), json!(place));
    }
    if let Some(there) = books.outbound.iter().find(|one| one.id == id) {
        if there.body == body {
            return Ok(Answer::ok(json!({})));
        }
        let words = format!("A fulfillment order with the id {id} exists already.");
        return Err(Problem::invalid(words));
    }
    let mut items = Vec::new();
    for item in list(&body, "items") {
        items.push(read_item(books, item)?);
    }
    if items.is_empty() || items.len() > 100 {
        return Err(Problem::invalid("items takes 1 to 100."));
    }
    let mut order = Outbound {
        id: id.to_owned(),
        status: "Received",
        received: asked.now,
        updated: asked.now,
        items,
        parcels: Vec::new(),
        body,
    };
    books.reserve(&mut order, asked.now);
    books.outbound.push(order);
    Ok(Answer::ok(json!({})))
}

fn read_item(books: &Books, item: &Json) -> Result<Item, Problem> {
    let id = required(item, "sellerFulfillmentOrderItemId")?;
    let sku = required(item, "sellerSku")?;
    let quantity = get(item, "quantity")
        .as_u64()
        .and_then(|units| u32::try_from(units).ok());
    let is_known = books
        .listings
        .get(sku)
        .is_some_and(|one| one.kept.is_some());
    if id.len() > 50 || !is_known {
        return Err(Problem::invalid(format!(
            "the SellerSKU for Item Id: {id} is invalid."
        )));
    }
    let quantity = quantity.filter(|units| (1..=250).contains(units));
    Ok(Item {
        id: id.to_owned(),
        sku: sku.to_owned(),
        quantity: quantity
            .ok_or_else(|| Problem::invalid("quantity must be between 1 and 250."))?,
        shipped: 0,
        cancelled: 0,
        unfulfillable: 0,
    })
}

pub(super) fn one(books: &Books, asked: &Asked<'_>) -> Answered {
    let order = books.outbound.iter().find(|one| one.id == asked.name(0));
    let order = order.ok_or_else(unknown)?;
    Ok(Answer::ok(json!({ "payload": {
        "fulfillmentOrder": order.shown(), "fulfillmentOrderItems": order.shown_items(), "fulfillmentShipments": order.shown_parcels(),
        "returnItems": [], "returnAuthorizations": [],
    } })))
}

pub(super) fn some(books: &Books, asked: &Asked<'_>) -> Answered {
    let (since, from) = match asked.text("nextToken") {
        Some(token) => {
            let parts = token.split_once('/');
            let parts =
                parts.and_then(|(since, from)| Some((since.parse().ok()?, from.parse().ok()?)));
            parts.ok_or_else(|| Problem::invalid("nextToken is invalid."))?
        }
        None => {
            let usual = asked.now - 36.hours();
            (asked.time("queryStartDate")?.unwrap_or(usual), 0_usize)
        }
    };
    let mut found: Vec<&Outbound> = books
        .outbound
        .iter()
        .filter(|one| one.updated >= since)
        .collect();
    found.sort_by_key(|one| (one.updated, &one.id));
    let page = found.iter().skip(from).take(PAGE);
    let mut payload =
        json!({ "fulfillmentOrders": page.map(|one| one.shown()).collect::<Vec<_>>() });
    if let Some(fields) = payload
        .as_object_mut()
        .filter(|_| from + PAGE < found.len())
    {
        let token = format!("{since}/{}", from + PAGE);
        fields.insert("nextToken".to_owned(), json!(token));
    }
    Ok(Answer::ok(json!({ "payload": payload })))
}

pub(super) fn cancel(books: &mut Books, asked: &Asked<'_>) -> Answered {
    let mut order = books
        .outbound
        .iter_mut()
        .find(|one| one.id == asked.name(0));
    let order = order.as_mut().ok_or_else(unknown)?;
    if !["Received", "Planning"].contains(&order.status) {
        let words = format!("The order cannot be cancelled: it is {}.", order.status);
        return Err(Problem::invalid(words));
    }
    for item in &mut order.items {
        if let Some(listing) = books.listings.get_mut(&item.sku) {
            listing.release(item.open(), asked.now);
        }
        item.cancelled += item.open();
    }
    order.become_now("Cancelled", asked.now);
    Ok(Answer::ok(json!({})))
}

pub(super) fn tracking(books: &Books, asked: &Asked<'_>) -> Answered {
    let number: u32 = asked
        .text("packageNumber")
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    let all = books
        .outbound
        .iter()
        .flat_map(|order| order.parcels.iter().map(move |parcel| (order, parcel)));
    let (order, parcel) = all
        .into_iter()
        .find(|(_, parcel)| parcel.number == number)
        .ok_or_else(|| Problem::invalid("Requested package not found."))?;
    let address = get(&order.body, "destinationAddress");
    Ok(Answer::ok(json!({ "payload": {
        "packageNumber": number, "trackingNumber": parcel.tracking(), "carrierCode": "AMZN_US", "shipDate": shown(parcel.at),
        "currentStatus": "IN_TRANSIT", "currentStatusDescription": "In transit",
        "shipToAddress": { "city": text(address, "city"), "state": text(address, "stateOrRegion"), "country": text(address, "countryCode") },
        "trackingEvents": [],
    } })))
}

impl Books {
    /// Sets aside what an order is of, as its policy has it.
    fn reserve(&mut self, order: &mut Outbound, at: Timestamp) {
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
