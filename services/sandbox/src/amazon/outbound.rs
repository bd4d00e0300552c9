//! Fulfillment Outbound 2020-07-01: Amazon sends out of its warehouses what was sold elsewhere.

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value as Json, json};

use super::asked::{Answer, Answered, Asked, Problem, get, list, required, shown, text};
use super::books::Books;
use super::outgoing::{Item, Outbound};

/// Orders on a page.
const PAGE: usize = 50;

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
