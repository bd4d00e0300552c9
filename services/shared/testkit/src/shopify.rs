//! Shopify's own sample payloads. They come in the shape of webhooks; the Admin API tells the same things in other words.
#![allow(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: what cannot be done ends the test"
)]

use std::fs;
use std::path::Path;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// Every sample payload by its path in the folder of samples (`orders/create`), in the order of their paths.
///
/// # Panics
/// Where the samples cannot be read.
#[must_use]
pub fn samples(contracts: &Path) -> Vec<(String, Value)> {
    let folder = contracts.join("shopify/samples");
    let mut samples = Vec::new();
    for path in inside(&folder).iter().flat_map(|topics| inside(topics)) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let sample: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.strip_prefix(&folder).unwrap_or(&path);
        let name = name.with_extension("").display().to_string();
        samples.push((name, sample["response"].clone()));
    }
    samples.sort_by(|(one, _), (other, _)| one.cmp(other));
    samples
}

fn inside(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.flatten().map(|entry| entry.path()).collect()
}

/// Whether a payload tells of a whole order, and not only that something happened to one.
#[must_use]
pub fn is_order(payload: &Value) -> bool {
    let id = payload["admin_graphql_api_id"].as_str();
    id.is_some_and(|id| id.starts_with("gid://shopify/Order/")) && payload["line_items"].is_array()
}

/// The Admin API's `Order` for an order as a webhook tells it (`orders/create` and the like), with everything that a webhook says.
/// What a webhook does not tell is empty: payments, and where they would tell of anything, fees and discrepancies.
///
/// # Panics
/// On a payload that tells of something that is not translated here, so that a test does not pass by leaving it out.
#[must_use]
pub fn order(webhook: &Value) -> Value {
    let mut order = camel_keys(webhook);
    let discounts = order["discountApplications"].clone();
    let groups = order["lineItemGroups"].clone();
    let lines = each(&order["lineItems"], |item| line(item, &discounts, &groups));
    order["lineItems"] = lines;
    let shipping = each(&order["shippingLines"], |line| shipping(line, &discounts));
    order["shippingLines"] = shipping;
    order["id"] = order["adminGraphqlApiId"].take();
    order["legacyResourceId"] = number(&order["id"]);
    for time in ["createdAt", "updatedAt", "processedAt", "cancelledAt"] {
        order[time] = utc(&order[time]);
    }
    order["currencyCode"] = order["currency"].clone();
    order["presentmentCurrencyCode"] = order["presentmentCurrency"].clone();
    let rounding = order["totalCashRoundingPaymentAdjustmentSet"].clone();
    order["totalCashRoundingAdjustment"] = json!({ "paymentSet": rounding });
    order["refundDiscrepancySet"] = map_amounts(&rounding, |_| Decimal::ZERO);
    assert_eq!(order["totalTipReceived"], "0.00", "tips are not translated");
    order["totalTipReceivedSet"] = order["refundDiscrepancySet"].clone();
    assert_eq!(order["currentTotalAdditionalFeesSet"], Value::Null);
    order["additionalFees"] = json!([]);
    order["transactions"] = json!([]);
    assert_eq!(order["refunds"], json!([]), "refunds are not translated");
    let tags = order["tags"].as_str().unwrap_or_default();
    order["tags"] = tags.split(", ").filter(|tag| !tag.is_empty()).collect();
    order["app"] = Value::Null;
    // None of the samples tells of an edit.
    order["edited"] = json!(false);
    if order["customer"].is_object() {
        customer(&mut order["customer"]);
    }
    for address in ["billingAddress", "shippingAddress"] {
        if order[address].is_object() {
            order[address]["countryCodeV2"] = order[address]["countryCode"].clone();
        }
    }
    order
}

fn line(mut line: Value, discounts: &Value, groups: &Value) -> Value {
    line["id"] = line["adminGraphqlApiId"].take();
    line["isGiftCard"] = line["giftCard"].clone();
    line["originalUnitPriceSet"] = line["priceSet"].take();
    let quantity = Decimal::from(line["quantity"].as_u64().unwrap_or_default());
    line["originalTotalSet"] = map_amounts(&line["originalUnitPriceSet"], |price| price * quantity);
    line["discountAllocations"] = allocations(&line["discountAllocations"], discounts);
    assert_eq!(line["duties"], json!([]), "duties are not translated");
    let group = groups.as_array().into_iter().flatten();
    let mut group = group.filter(|group| group["id"] == line["salesLineItemGroupId"]);
    line["lineItemGroup"] = group.next().cloned().unwrap_or_default();
    line
}

fn shipping(mut line: Value, discounts: &Value) -> Value {
    line["id"] = json!(format!("gid://shopify/ShippingLine/{}", line["id"]));
    line["originalPriceSet"] = line["priceSet"].take();
    line["discountAllocations"] = allocations(&line["discountAllocations"], discounts);
    line
}

/// A webhook points at the order's list of discounts, and names their kind by `type`.
fn allocations(allocations: &Value, discounts: &Value) -> Value {
    let one = |allocation: &Value| {
        let place = allocation["discountApplicationIndex"].as_u64();
        let place = place.and_then(|place| usize::try_from(place).ok());
        let mut discount = place.map_or(Value::Null, |place| discounts[place].clone());
        discount["__typename"] = match discount["type"].as_str() {
            Some("discount_code") => "DiscountCodeApplication".into(),
            Some("manual") => "ManualDiscountApplication".into(),
            Some("automatic") => "AutomaticDiscountApplication".into(),
            Some("script") => "ScriptDiscountApplication".into(),
            other => panic!("a discount of type {other:?} is not translated"),
        };
        json!({ "allocatedAmountSet": allocation["amountSet"], "discountApplication": discount })
    };
    allocations
        .as_array()
        .into_iter()
        .flatten()
        .map(one)
        .collect()
}

fn customer(customer: &mut Value) {
    customer["id"] = customer["adminGraphqlApiId"].take();
    customer["legacyResourceId"] = number(&customer["id"]);
    for (field, object, text) in [
        ("email", "defaultEmailAddress", "emailAddress"),
        ("phone", "defaultPhoneNumber", "phoneNumber"),
    ] {
        let given = Some(customer[field].clone()).filter(Value::is_string);
        customer[object] = given.map_or(Value::Null, |given| json!({ text: given }));
    }
}

/// A connection of the list's items.
fn each(list: &Value, translate: impl Fn(Value) -> Value) -> Value {
    let items = list.as_array().into_iter().flatten().cloned();
    let nodes: Vec<Value> = items.map(translate).collect();
    json!({ "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } })
}

/// The number in a global id. A webhook's numeric `id` would do as well, but the samples' have been through a float.
fn number(gid: &Value) -> Value {
    let number = gid.as_str().and_then(|gid| gid.rsplit('/').next());
    number.into()
}

/// The Admin API tells times in UTC, webhooks in the shop's zone.
fn utc(time: &Value) -> Value {
    let text = time.as_str();
    let time = text.map(|text| text.parse::<jiff::Timestamp>());
    time.map_or(Value::Null, |time| match time {
        Ok(time) => time.to_string().into(),
        Err(error) => panic!("{text:?} is no time: {error}"),
    })
}

/// A `MoneyBag` whose amounts are made from another's.
fn map_amounts(bag: &Value, change: impl Fn(Decimal) -> Decimal) -> Value {
    let mut bag = bag.clone();
    for side in ["shopMoney", "presentmentMoney"] {
        let amount = &mut bag[side]["amount"];
        let text = amount.as_str().unwrap_or_default();
        match Decimal::from_str_exact(text) {
            Ok(before) => *amount = change(before).to_string().into(),
            Err(error) => panic!("'{text}' is no amount: {error}"),
        }
    }
    bag
}

fn camel_keys(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (camel(name), camel_keys(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(camel_keys).collect(),
        other => other.clone(),
    }
}

/// `sub_total` is `subTotal`.
fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut up = false;
    for letter in name.chars() {
        match (letter, up) {
            ('_', _) => up = true,
            (letter, true) => {
                out.extend(letter.to_uppercase());
                up = false;
            }
            (letter, false) => out.push(letter),
        }
    }
    out
}
