use serde_json::{Value as Json, json};

use super::{Api, generous};
use crate::{Fault, Rule};

const CREATE: &str = r#"mutation Fulfil($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment {
      id name status totalQuantity createdAt trackingInfo(first: 10) { company number url } location { id name } order { id displayFulfillmentStatus }
      fulfillmentLineItems(first: 10) { nodes { id quantity lineItem { id sku } } }
    }
    userErrors { field message }
  }
}"#;

const OPEN: &str = r#"query($id: ID!) {
  order(id: $id) {
    displayFulfillmentStatus
    fulfillmentOrders(first: 10) {
      nodes {
        id status supportedActions { action } assignedLocation { location { id } }
        lineItems(first: 50) { nodes { id remainingQuantity sku lineItem { id } } }
      }
    }
  }
}"#;

impl Api {
    /// A new order whose goods all come from one location, with its fulfilment order.
    async fn open_order(&self) -> (String, Json) {
        for id in self.shop().create_orders(60) {
            let order = self.data(OPEN, json!({ "id": id })).await["order"].take();
            let parts = order["fulfillmentOrders"]["nodes"].as_array().unwrap();
            let first = &parts
                .first()
                .map_or(Json::Null, |part| part["lineItems"]["nodes"][0].clone());
            if parts.len() == 1
                && parts[0]["status"] == "OPEN"
                && first["remainingQuantity"].as_i64() >= Some(2)
            {
                return (id, parts[0].clone());
            }
        }
        panic!("none of sixty orders will do")
    }

    async fn fulfil(&self, fulfillment: Json) -> (Json, Option<String>) {
        let payload = self
            .data(CREATE, json!({ "fulfillment": fulfillment }))
            .await["fulfillmentCreate"]
            .take();
        (
            payload["fulfillment"].clone(),
            payload["userErrors"][0]["message"]
                .as_str()
                .map(str::to_owned),
        )
    }
}

fn units(part: &Json, quantity: i64) -> Json {
    let lines = json!([{ "id": part["lineItems"]["nodes"][0]["id"], "quantity": quantity }]);
    json!({ "lineItemsByFulfillmentOrder": [{ "fulfillmentOrderId": part["id"], "fulfillmentOrderLineItems": lines }] })
}

#[tokio::test]
async fn a_part_is_sent_with_its_tracking_and_then_the_rest() {
    let api = Api::start(0, generous()).await;
    let (id, part) = api.open_order().await;
    let mut first = units(&part, 1);
    first["trackingInfo"] =
        json!({ "company": "UPS", "numbers": ["1Z1", "1Z2"], "urls": ["https://ups.example/1Z1"] });
    first["notifyCustomer"] = json!(true);
    let (made, error) = api.fulfil(first).await;
    assert_eq!(error, None);
    assert_eq!(made["totalQuantity"], 1);
    assert_eq!(
        made["order"]["displayFulfillmentStatus"],
        "PARTIALLY_FULFILLED"
    );
    assert_eq!(
        made["trackingInfo"][1],
        json!({ "company": "UPS", "number": "1Z2", "url": null })
    );
    assert_eq!(
        made["location"]["id"],
        part["assignedLocation"]["location"]["id"]
    );

    let rest = json!({ "lineItemsByFulfillmentOrder": [{ "fulfillmentOrderId": part["id"] }] });
    let (made, error) = api.fulfil(rest.clone()).await;
    assert_eq!(error, None);
    assert_eq!(made["order"]["displayFulfillmentStatus"], "FULFILLED");
    let order = api.data(OPEN, json!({ "id": id })).await["order"].take();
    assert_eq!(order["fulfillmentOrders"]["nodes"][0]["status"], "CLOSED");
    assert_eq!(
        order["fulfillmentOrders"]["nodes"][0]["supportedActions"],
        json!([])
    );
    let (made, error) = api.fulfil(rest).await;
    assert_eq!(made, Json::Null);
    assert!(error.unwrap().contains("unfulfillable status= closed"));

    let seen: Vec<_> = api
        .shop()
        .fulfilments()
        .into_iter()
        .filter(|fulfilment| fulfilment.order == id)
        .collect();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        (
            seen[0].carrier.as_deref(),
            seen[0].notified,
            seen[1].notified
        ),
        (Some("UPS"), true, false)
    );
    assert_eq!(seen[0].tracking_numbers, ["1Z1", "1Z2"]);
}

#[tokio::test]
async fn the_same_call_twice_sends_twice() {
    let api = Api::start(0, generous()).await;
    let (id, part) = api.open_order().await;
    for _ in 0..2 {
        assert_eq!(api.fulfil(units(&part, 1)).await.1, None);
    }
    assert_eq!(
        api.shop()
            .fulfilments()
            .iter()
            .filter(|fulfilment| fulfilment.order == id)
            .count(),
        2
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_and_changes_nothing() {
    let api = Api::start(100, generous()).await;
    let before = api.shop().summary().fulfilments;
    let (_, part) = api.open_order().await;
    for quantity in [0, -1, 1_000] {
        assert_eq!(
            api.fulfil(units(&part, quantity)).await.1.as_deref(),
            Some("Invalid fulfillment order line item quantity requested.")
        );
    }
    let mut twice = units(&part, 2);
    let lines = &mut twice["lineItemsByFulfillmentOrder"][0]["fulfillmentOrderLineItems"];
    let line = lines[0].clone();
    let all = part["lineItems"]["nodes"][0]["remainingQuantity"]
        .as_u64()
        .unwrap() as usize;
    *lines = Json::Array(vec![line; all]);
    assert!(
        api.fulfil(twice).await.1.is_some(),
        "lines of one call are added up"
    );

    let unknown = json!({ "lineItemsByFulfillmentOrder": [{ "fulfillmentOrderId": "gid://shopify/FulfillmentOrder/1" }] });
    assert_eq!(
        api.fulfil(unknown).await.1.as_deref(),
        Some("Fulfillment order does not exist.")
    );
    assert!(
        api.fulfil(json!({ "lineItemsByFulfillmentOrder": [] }))
            .await
            .1
            .is_some()
    );

    let orders = api.all_orders().await;
    let parts = |order: &Json| {
        order["fulfillmentOrders"]["nodes"]
            .as_array()
            .unwrap()
            .clone()
    };
    let held = orders
        .iter()
        .flat_map(parts)
        .find(|part| part["status"] == "ON_HOLD")
        .unwrap();
    assert!(
        api.fulfil(units(&held, 1))
            .await
            .1
            .unwrap()
            .contains("on_hold")
    );
    let split = orders
        .iter()
        .map(parts)
        .find(|parts| parts.len() == 2 && parts.iter().all(|part| part["status"] == "OPEN"))
        .unwrap();
    let both: Vec<Json> = split
        .iter()
        .map(|part| json!({ "fulfillmentOrderId": part["id"] }))
        .collect();
    assert!(
        api.fulfil(json!({ "lineItemsByFulfillmentOrder": both }))
            .await
            .1
            .unwrap()
            .contains("same location")
    );
    let strangers =
        json!([{ "fulfillmentOrderId": split[0]["id"] }, { "fulfillmentOrderId": part["id"] }]);
    assert!(
        api.fulfil(json!({ "lineItemsByFulfillmentOrder": strangers }))
            .await
            .1
            .unwrap()
            .contains("same order")
    );
    assert_eq!(api.shop().summary().fulfilments, before);

    let (message, _) = api
        .refusal(CREATE, json!({ "fulfillment": { "lineItems": [] } }))
        .await;
    assert!(message.contains("$fulfillment"), "{message}");
}

#[tokio::test]
async fn tracking_can_be_changed_later() {
    let api = Api::start(0, generous()).await;
    let (_, part) = api.open_order().await;
    let (made, _) = api.fulfil(units(&part, 1)).await;
    let query = r#"mutation($id: ID!, $tracking: FulfillmentTrackingInput!) {
      fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: true) {
        fulfillment { id trackingInfo { company number url } } userErrors { field message }
      }
    }"#;
    let tracking =
        json!({ "company": "DHL", "number": "00340", "url": "https://dhl.example/00340" });
    let changed = api
        .data(query, json!({ "id": made["id"], "tracking": tracking }))
        .await["fulfillmentTrackingInfoUpdate"]
        .take();
    assert_eq!(changed["fulfillment"]["trackingInfo"], json!([tracking]));
    let missing = api
        .data(
            query,
            json!({ "id": "gid://shopify/Fulfillment/1", "tracking": tracking }),
        )
        .await;
    assert_eq!(
        missing["fulfillmentTrackingInfoUpdate"]["userErrors"][0]["message"],
        "Fulfillment does not exist."
    );
}

#[tokio::test]
async fn a_shipment_can_be_made_although_the_answer_fails() {
    let api = Api::start(0, generous()).await;
    let (id, part) = api.open_order().await;
    api.shop().faults().set(vec![
        Rule::on(Fault::FailAfter, [1]).target("#fulfillmentCreate"),
    ]);
    let url = api
        .sandbox
        .shopify_url()
        .join("admin/api/2026-07/graphql.json")
        .unwrap();
    let body = json!({ "query": CREATE, "variables": { "fulfillment": units(&part, 1) } });
    let response = api
        .client
        .post(url)
        .header("X-Shopify-Access-Token", "shpat_sandbox")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(
        api.shop()
            .fulfilments()
            .iter()
            .filter(|fulfilment| fulfilment.order == id)
            .count(),
        1
    );
}
