use std::collections::{BTreeMap, HashSet};

use serde_json::Value as Json;

use super::{Api, generous};

type Trait = (&'static str, fn(&Json) -> bool);

fn lines(order: &Json) -> &Vec<Json> {
    order["lineItems"]["nodes"].as_array().unwrap()
}

fn any(list: &Json, holds: fn(&Json) -> bool) -> bool {
    list.as_array().unwrap().iter().any(holds)
}

const TRAITS: [Trait; 38] = [
    ("taxes included", |o| o["taxesIncluded"] == true),
    ("taxes on top", |o| {
        o["taxesIncluded"] == false && o["totalTaxSet"]["shopMoney"]["amount"] != "0.0"
    }),
    ("no tax", |o| o["taxLines"] == Json::Array(Vec::new())),
    ("several rates", |o| {
        o["taxLines"].as_array().unwrap().len() > 2
    }),
    ("coupon code", |o| o["discountCode"].is_string()),
    ("line discount", |o| {
        any(&o["discountApplications"]["edges"], |e| {
            e["node"]["allocationMethod"] == "EACH" && e["node"]["targetType"] == "LINE_ITEM"
        })
    }),
    ("order discount", |o| {
        any(&o["discountApplications"]["edges"], |e| {
            e["node"]["allocationMethod"] == "ACROSS"
        })
    }),
    ("two discounts", |o| {
        o["discountApplications"]["edges"].as_array().unwrap().len() > 1
    }),
    ("manual discount", |o| {
        any(&o["discountApplications"]["edges"], |e| {
            e["node"]["__typename"] == "ManualDiscountApplication"
        })
    }),
    ("gift card sold", |o| {
        any(&o["lineItems"]["nodes"], |l| l["isGiftCard"] == true)
    }),
    ("paid with a gift card in part", |o| {
        any(&o["transactions"], |t| t["gateway"] == "gift_card")
            && o["paymentGatewayNames"].as_array().unwrap().len() > 1
    }),
    ("paid with a gift card only", |o| {
        o["paymentGatewayNames"] == serde_json::json!(["gift_card"])
    }),
    ("bundle", |o| {
        any(&o["lineItems"]["nodes"], |l| !l["lineItemGroup"].is_null())
    }),
    ("custom line", |o| {
        any(&o["lineItems"]["nodes"], |l| {
            l["variant"].is_null() && l["sku"].is_null()
        })
    }),
    ("line attributes", |o| {
        any(&o["lineItems"]["nodes"], |l| {
            l["customAttributes"] != Json::Array(Vec::new())
        })
    }),
    ("another presentment currency", |o| {
        o["currencyCode"] != o["presentmentCurrencyCode"]
    }),
    ("yen", |o| o["presentmentCurrencyCode"] == "JPY"),
    ("tip", |o| {
        o["totalTipReceivedSet"]["shopMoney"]["amount"] != "0.0"
    }),
    ("duties", |o| !o["originalTotalDutiesSet"].is_null()),
    ("fees", |o| !o["originalTotalAdditionalFeesSet"].is_null()),
    ("free shipping rate", |o| {
        any(&o["shippingLines"]["nodes"], |l| {
            l["originalPriceSet"]["shopMoney"]["amount"] == "0.0"
        })
    }),
    ("shipping discounted to nothing", |o| {
        any(&o["shippingLines"]["nodes"], |l| {
            l["originalPriceSet"]["shopMoney"]["amount"] != "0.0"
                && l["discountedPriceSet"]["shopMoney"]["amount"] == "0.0"
        })
    }),
    ("shipping discounted in part", |o| {
        any(&o["shippingLines"]["nodes"], |l| {
            l["discountedPriceSet"]["shopMoney"]["amount"] != "0.0"
                && l["discountAllocations"] != Json::Array(Vec::new())
        })
    }),
    ("right to left", |o| o["shippingAddress"]["city"] == "دبي"),
    ("emoji in a name", |o| {
        o["shippingAddress"]["firstName"]
            .as_str()
            .is_some_and(|name| name.contains('🌸'))
    }),
    ("long name", |o| {
        o["shippingAddress"]["name"]
            .as_str()
            .is_some_and(|name| name.chars().count() > 80)
    }),
    ("more lines than a page of a hundred", |o| {
        lines(o).len() > 100
    }),
    ("guest", |o| o["customer"].is_null()),
    ("test order", |o| o["test"] == true),
    ("cancelled", |o| !o["cancelledAt"].is_null()),
    ("partly refunded", |o| {
        o["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    }),
    ("authorized", |o| {
        o["displayFinancialStatus"] == "AUTHORIZED"
    }),
    ("pending", |o| o["displayFinancialStatus"] == "PENDING"),
    ("sent from two places", |o| {
        o["fulfillmentOrders"]["nodes"].as_array().unwrap().len() == 2
    }),
    ("on hold", |o| o["displayFulfillmentStatus"] == "ON_HOLD"),
    ("partly sent", |o| {
        o["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"
    }),
    ("sold at the till", |o| {
        o["sourceName"] == "pos" && o["shippingAddress"].is_null()
    }),
    ("nothing to pay", |o| {
        o["totalPriceSet"]["shopMoney"]["amount"] == "0.0"
    }),
];

#[tokio::test]
async fn a_few_hundred_orders_have_everything() {
    let api = Api::start(400, generous()).await;
    let orders = api.all_orders().await;
    let missing: Vec<&str> = TRAITS
        .iter()
        .filter(|(_, holds)| !orders.iter().any(holds))
        .map(|(name, _)| *name)
        .collect();
    assert!(missing.is_empty(), "no order with: {}", missing.join(", "));

    let mut by_customer: BTreeMap<String, usize> = BTreeMap::new();
    for order in orders.iter().filter(|order| !order["customer"].is_null()) {
        *by_customer
            .entry(order["customer"]["id"].to_string())
            .or_default() += 1;
    }
    let with_customer: usize = by_customer.values().sum();
    let repeated = with_customer - by_customer.len();
    assert!(
        (70..=90).contains(&(repeated * 100 / with_customer)),
        "{repeated} of {with_customer} orders are from known customers"
    );
}

#[tokio::test]
async fn the_same_number_grows_the_same_orders() {
    let (one, same) = (
        Api::start(50, generous()).await,
        Api::start(50, generous()).await,
    );
    assert_eq!(one.all_orders().await, same.all_orders().await);
}

#[tokio::test]
async fn ids_are_their_own() {
    let api = Api::start(120, generous()).await;
    let mut seen = HashSet::new();
    for order in api.all_orders().await {
        let parts = ["lineItems", "fulfillmentOrders"]
            .map(|part| order[part]["nodes"].as_array().unwrap().clone());
        let lists = ["transactions", "refunds", "fulfillments"]
            .map(|part| order[part].as_array().unwrap().clone());
        for part in parts.iter().chain(&lists).flatten() {
            assert!(
                seen.insert(part["id"].as_str().unwrap().to_owned()),
                "{} comes twice",
                part["id"]
            );
        }
        // Beyond what a floating-point number can tell apart.
        assert!(
            order["legacyResourceId"]
                .as_str()
                .unwrap()
                .parse::<u64>()
                .unwrap()
                > 1 << 53
        );
    }
}
