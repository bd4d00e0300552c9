//! Orders as the API tells them.

use jiff::ToSpan as _;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::asked::shown;
use super::market::Marketplace;
use super::order::{Fulfiller, Line, Order, Package, Status};

/// Everything that can be asked for.
pub(super) const DATASETS: [&str; 11] = [
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
];

pub(super) fn money(amount: Decimal, marketplace: &Marketplace) -> Json {
    let amount = marketplace.round(amount).to_string();
    json!({ "amount": amount, "currencyCode": marketplace.currency })
}

/// An order with the data sets that are asked for.
pub(super) fn order(order: &Order, included: &[&str]) -> Json {
    let with = |set: &str| included.contains(&set);
    let place = order.marketplace;
    // Before its payment is settled nobody says who bought, where it goes and for how much.
    let is_known = order.status != Status::Pending;
    let mut all = Map::new();
    let mut put = |name: &str, value: Json| drop(all.insert(name.to_owned(), value));
    put("orderId", json!(order.id));
    put("createdTime", json!(shown(order.created)));
    put("lastUpdatedTime", json!(shown(order.updated)));
    let mut programs = Vec::new();
    if order.buyer.company.is_some() {
        programs.push("AMAZON_BUSINESS");
    }
    if order.by == Fulfiller::Amazon {
        programs.push("PRIME");
    }
    put("programs", json!(programs));
    put(
        "salesChannel",
        json!({ "channelName": "AMAZON", "marketplaceId": place.id, "marketplaceName": place.name }),
    );
    if is_known && with("BUYER") {
        put("buyer", buyer(order));
    }
    if is_known && with("RECIPIENT") {
        put("recipient", json!({ "deliveryAddress": address(order) }));
    }
    if is_known && with("PROCEEDS") && order.status != Status::Cancelled {
        let parts = order.proceeds();
        let parts = parts.into_iter();
        let parts = parts.map(|(what, sum)| json!({ "type": what, "subtotal": money(sum, place) }));
        put(
            "proceeds",
            json!({ "grandTotal": money(order.total(), place), "breakdowns": parts.collect::<Vec<_>>() }),
        );
    }
    if is_known && with("PAYMENT") && order.status != Status::Cancelled {
        let paid =
            json!({ "paymentMethod": "CreditCard", "paymentAmount": money(order.total(), place) });
        put("payment", json!({ "paymentExecutions": [paid] }));
    }
    if with("FULFILLMENT") {
        put("fulfillment", fulfilment(order));
    }
    let lines = order.lines.iter();
    put(
        "orderItems",
        lines.map(|one| line(order, one, &with)).collect(),
    );
    if with("PACKAGES") && order.by == Fulfiller::Merchant {
        put("packages", order.packages.iter().map(package).collect());
    }
    Json::Object(all)
}

fn buyer(order: &Order) -> Json {
    let mut buyer = json!({ "buyerName": order.buyer.name });
    let mut put = |name: &str, value: Option<String>| {
        if let (Some(fields), Some(value)) = (buyer.as_object_mut(), value) {
            fields.insert(name.to_owned(), json!(value));
        }
    };
    let domain = order.marketplace.name.to_lowercase();
    let code = order.id.replace('-', "");
    let email = format!("{code}@marketplace.{domain}");
    put(
        "buyerEmail",
        (order.by == Fulfiller::Merchant).then_some(email),
    );
    put("buyerCompanyName", order.buyer.company.clone());
    put(
        "buyerPurchaseOrderNumber",
        order.buyer.purchase_order.clone(),
    );
    buyer
}

fn address(order: &Order) -> Json {
    let buyer = &order.buyer;
    let kind = if buyer.company.is_some() {
        "COMMERCIAL"
    } else {
        "RESIDENTIAL"
    };
    let mut address = json!({
        "name": buyer.name, "addressLine1": buyer.street, "city": buyer.city, "stateOrRegion": buyer.region, "postalCode": buyer.postcode,
        "countryCode": order.marketplace.country, "addressType": kind,
    });
    if let (Some(fields), Some(company)) = (address.as_object_mut(), &buyer.company) {
        fields.insert("companyName".to_owned(), json!(company));
    }
    address
}

fn fulfilment(order: &Order) -> Json {
    let by = match order.by {
        Fulfiller::Merchant => "MERCHANT",
        Fulfiller::Amazon => "AMAZON",
    };
    let level = if order.express {
        "EXPEDITED"
    } else {
        "STANDARD"
    };
    let window = |from: i64, to: i64| json!({ "earliestDateTime": shown(order.created + (24 * from).hours()), "latestDateTime": shown(order.created + (24 * to).hours()) });
    json!({
        "fulfillmentStatus": order.status.word(), "fulfilledBy": by, "fulfillmentServiceLevel": level, "shipByWindow": window(0, 2),
        "deliverByWindow": window(3, 6),
    })
}

fn line(order: &Order, line: &Line, with: &dyn Fn(&str) -> bool) -> Json {
    let place = order.marketplace;
    let is_known = order.status != Status::Pending;
    let mut product = json!({ "asin": line.asin, "title": line.title, "sellerSku": line.sku, "condition": { "conditionType": "NEW", "conditionSubtype": "NEW" } });
    if let Some(product) = product.as_object_mut().filter(|_| is_known) {
        let price = json!({ "unitPrice": money(line.unit, place) });
        product.insert("price".to_owned(), price);
    }
    let mut all = Map::new();
    let mut put = |name: &str, value: Json| drop(all.insert(name.to_owned(), value));
    put("orderItemId", json!(line.id));
    put("quantityOrdered", json!(line.quantity));
    put("product", product);
    if is_known && with("PROCEEDS") && order.status != Status::Cancelled {
        put("proceeds", proceeds(line, place));
    }
    if let Some(id) = line
        .promotion
        .as_ref()
        .filter(|_| is_known && with("PROMOTION"))
    {
        put(
            "promotion",
            json!({ "breakdowns": [{ "promotionId": id }] }),
        );
    }
    if with("CANCELLATION") {
        let mut said = Map::new();
        if let Some(why) = &line.unwanted {
            let asked = json!({ "requester": "BUYER", "cancelReason": why });
            said.insert("cancellationRequest".to_owned(), asked);
        }
        if let Some((by, why)) = &order.cancelled {
            let by = format!("{by:?}").to_uppercase();
            let done = json!({ "cancelledBy": by, "cancelReason": why });
            said.insert("cancellationExecution".to_owned(), done);
        }
        if !said.is_empty() {
            put("cancellation", Json::Object(said));
        }
    }
    if with("FULFILLMENT") {
        let cancelled = order.status == Status::Cancelled;
        let open = if cancelled {
            0
        } else {
            line.quantity - line.shipped
        };
        put(
            "fulfillment",
            json!({ "quantityFulfilled": line.shipped, "quantityUnfulfilled": open }),
        );
    }
    if is_known && with("TAX") && line.taxed && place.collects_tax {
        let collected = json!({ "model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc." });
        put("tax", json!({ "taxCollections": [collected] }));
    }
    Json::Object(all)
}

fn proceeds(line: &Line, place: &Marketplace) -> Json {
    let parts = line.proceeds(place);
    let total: Decimal = parts.iter().map(|(_, amount)| *amount).sum();
    let parts = parts.into_iter().map(|(what, amount)| {
        let mut part = json!({ "type": what, "subtotal": money(amount, place) });
        if let Some(part) = part.as_object_mut().filter(|_| what == "TAX") {
            let taxes = line.taxes(place).into_iter();
            let taxes = taxes.filter(|(_, tax)| !tax.is_zero());
            let taxes = taxes.map(|(of, tax)| json!({ "subtype": of, "value": money(tax, place) }));
            part.insert("detailedBreakdowns".to_owned(), taxes.collect());
        }
        part
    });
    let parts: Vec<Json> = parts.collect();
    json!({ "proceedsTotal": money(total, place), "breakdowns": parts })
}

fn package(package: &Package) -> Json {
    let items = package.items.iter();
    let items = items.map(|(id, units)| json!({ "orderItemId": id, "quantity": units }));
    let mut shown_package = json!({
        "packageReferenceId": package.reference, "createdTime": shown(package.made), "packageStatus": { "status": "SHIPPED" },
        "carrier": package.carrier, "shipTime": shown(package.shipped), "trackingNumber": package.tracking,
        "packageItems": items.collect::<Vec<_>>(),
    });
    if let (Some(fields), Some(service)) = (shown_package.as_object_mut(), &package.service) {
        fields.insert("shippingService".to_owned(), json!(service));
    }
    shown_package
}
