use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value as Json, json};

use super::{Api, generous};

#[tokio::test]
async fn a_webhook_is_signed_over_its_very_bytes() {
    let api = Api::start(30, generous()).await;
    let order = api.shop().orders().remove(12);
    let hook = api.shop().webhook(&order.id, "orders/updated").unwrap();
    let header = |name: &str| {
        hook.headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
            .unwrap()
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"sandbox-secret");
    hmac::verify(
        &key,
        &hook.body,
        &STANDARD.decode(header("x-shopify-hmac-sha256")).unwrap(),
    )
    .unwrap();
    assert_eq!(header("x-shopify-topic"), "orders/updated");
    assert_eq!(
        header("x-shopify-shop-domain"),
        "causeway-sandbox.myshopify.com"
    );

    let body: Json = serde_json::from_slice(&hook.body).unwrap();
    assert_eq!(body["admin_graphql_api_id"], order.id);
    assert_eq!(
        order.id,
        format!("gid://shopify/Order/{}", body["id"].as_u64().unwrap()),
        "the id is exact"
    );
    assert_eq!(body["total_price"], order.total);
    assert_eq!(body["line_items"].as_array().unwrap().len(), order.lines);
    let again = api.shop().webhook(&order.id, "orders/updated").unwrap();
    let event = |hook: &super::super::Webhook| {
        hook.headers
            .iter()
            .find(|(name, _)| *name == "x-shopify-event-id")
            .cloned()
    };
    assert_ne!(event(&hook), event(&again));
    assert_eq!(
        api.shop()
            .webhook("gid://shopify/Order/1", "orders/updated"),
        None
    );
}

#[tokio::test]
async fn a_subscription_is_kept_once() {
    let api = Api::start(0, generous()).await;
    let query = r#"mutation($uri: String!) {
      webhookSubscriptionCreate(topic: ORDERS_UPDATED, webhookSubscription: { uri: $uri, format: JSON }) {
        webhookSubscription { id legacyResourceId topic format uri createdAt updatedAt includeFields filter } userErrors { field message }
      }
    }"#;
    let made = api
        .data(query, json!({ "uri": "https://listen.example/shopify" }))
        .await["webhookSubscriptionCreate"]
        .take();
    assert_eq!(made["webhookSubscription"]["topic"], "ORDERS_UPDATED");
    let again = api
        .data(query, json!({ "uri": "https://listen.example/shopify" }))
        .await["webhookSubscriptionCreate"]
        .take();
    assert_eq!(again["webhookSubscription"], Json::Null);
    assert!(
        again["userErrors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("already been taken")
    );
    let listed = api
        .data(
            "{ webhookSubscriptions(first: 5, topics: [ORDERS_UPDATED]) { nodes { id uri } } }",
            json!({}),
        )
        .await;
    assert_eq!(
        listed["webhookSubscriptions"]["nodes"][0]["id"],
        made["webhookSubscription"]["id"]
    );
}
