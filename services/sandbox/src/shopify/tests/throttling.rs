use serde_json::json;

use super::{Api, generous};
use crate::shopify::{Bucket, Options, Settings};
use crate::{Fault, Rule};

const ORDERS: &str = r#"{ orders(first: 50, query: "status:any") { nodes { id totalPriceSet { shopMoney { amount } } customer { id } } } }"#;

fn bucket(size: u32, restore_rate: u32) -> Options {
    Options {
        settings: Settings {
            bucket: Some(Bucket { size, restore_rate }),
            ..Settings::default()
        },
        ..Options::default()
    }
}

#[tokio::test]
async fn points_are_spent_and_come_back() {
    let api = Api::start(60, bucket(30, 10)).await;
    let answer = api.raw(ORDERS, json!({})).await;
    let cost = &answer["extensions"]["cost"];
    // 2 and seven times an order with its customer; money is free.
    assert_eq!(cost["requestedQueryCost"], 16);
    assert!(cost["actualQueryCost"].as_u64() <= Some(16));
    assert_eq!(cost["throttleStatus"]["maximumAvailable"], 30);
    let spent = cost["actualQueryCost"].as_u64().unwrap();
    assert_eq!(cost["throttleStatus"]["currentlyAvailable"], 30 - spent);

    let refused = api.raw(ORDERS, json!({})).await;
    assert_eq!(refused["data"], json!(null));
    assert_eq!(refused["errors"][0]["message"], "Throttled");
    assert_eq!(refused["errors"][0]["extensions"]["code"], "THROTTLED");
    assert_eq!(
        refused["extensions"]["cost"]["actualQueryCost"],
        json!(null)
    );
    assert_eq!(api.shop().meter().read().refused, 1);
    api.time.advance(1);
    assert!(api.raw(ORDERS, json!({})).await["data"].is_object());
}

#[tokio::test]
async fn a_query_can_be_too_dear() {
    let api = Api::start(1, Options::default()).await;
    let line = "variant { id } product { id } taxLines { title } duties { id } customAttributes { key } lineItemGroup { id } discountAllocations { discountApplication { index } }";
    let query = &format!(
        "{{ orders(first: 250) {{ nodes {{ lineItems(first: 250) {{ nodes {{ {line} }} }} }} }} }}"
    );
    let (message, code) = api.refusal(query, json!({})).await;
    assert_eq!(code.as_deref(), Some("MAX_COST_EXCEEDED"));
    assert!(
        message.contains("exceeds the single query max cost 1000"),
        "{message}"
    );
}

#[tokio::test]
async fn an_unlimited_shop_never_throttles() {
    let api = Api::start(5, generous()).await;
    for _ in 0..50 {
        assert!(api.raw(ORDERS, json!({})).await["data"].is_object());
    }
}

#[tokio::test]
async fn throttling_can_be_ordered() {
    let api = Api::start(1, generous()).await;
    api.shop().faults().set(vec![
        Rule::on(Fault::Refuse, [1]).target("#orders"),
        Rule::on(Fault::Expire, [1]).target("#shop"),
    ]);
    let (_, code) = api.refusal(ORDERS, json!({})).await;
    assert_eq!(code.as_deref(), Some("THROTTLED"));
    assert!(api.raw(ORDERS, json!({})).await["data"].is_object());
}
