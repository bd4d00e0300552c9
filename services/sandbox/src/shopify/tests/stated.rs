//! Orders that are put in as they are.

use serde_json::{Value as Json, json};

use super::{Api, generous};

const READ: &str = r#"
query Read {
  orders(first: 5, sortKey: UPDATED_AT, query: "status:any") {
    nodes {
      id legacyResourceId name updatedAt processedAt test cancelledAt tags
      totalPriceSet { shopMoney { amount currencyCode } }
      customer { firstName }
      lineItems(first: 1) {
        nodes {
          sku quantity taxLines { title rate }
          discountAllocations { discountApplication { __typename ... on DiscountCodeApplication { code } } }
        }
        pageInfo { hasNextPage }
      }
    }
  }
}"#;

/// An order that does not add up: what it says of itself goes first.
fn order() -> Json {
    let money = |amount: &str| json!({ "shopMoney": { "amount": amount, "currencyCode": "EUR" } });
    let line = json!({
        "sku": "LAMP",
        "quantity": 2,
        "taxLines": [{ "title": "VAT", "rate": 0.19 }],
        "discountAllocations": [
            { "discountApplication": { "__typename": "DiscountCodeApplication", "code": "TEN" } },
        ],
    });
    json!({
        "id": "gid://shopify/Order/1",
        "name": "#9999",
        "test": true,
        "cancelledAt": "2022-01-01T00:00:00Z",
        "processedAt": "2022-01-01T00:00:00Z",
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "tags": ["one", "two"],
        "totalPriceSet": money("404.95"),
        "customer": null,
        "lineItems": { "nodes": [line, line] },
    })
}

#[tokio::test]
async fn an_order_is_told_as_it_was_put_in() {
    let api = Api::start(0, generous()).await;
    let id = api.shop().put_order(order()).unwrap();
    let told = api.data(READ, json!({})).await["orders"]["nodes"][0].take();
    assert_eq!(told["id"], id.as_str());
    assert_eq!(told["name"], "#9999");
    assert_eq!(told["updatedAt"], super::NOW);
    assert_eq!(told["processedAt"], "2022-01-01T00:00:00Z");
    assert_eq!(told["tags"], json!(["one", "two"]));
    assert_eq!(told["totalPriceSet"]["shopMoney"]["amount"], "404.95");
    assert_eq!(told["customer"], Json::Null);
    let lines = &told["lineItems"];
    assert_eq!(lines["pageInfo"]["hasNextPage"], true);
    assert_eq!(lines["nodes"][0]["taxLines"][0]["rate"], 0.19);
    let discount = &lines["nodes"][0]["discountAllocations"][0]["discountApplication"];
    assert_eq!(discount["code"], "TEN");

    let view = api.shop().orders().remove(0);
    assert_eq!((view.id, view.name.as_str()), (id.clone(), "#9999"));
    assert_eq!((view.total.as_str(), view.currency), ("404.95", "EUR"));
    assert_eq!((view.test, view.cancelled, view.lines), (true, true, 2));
    assert!(!api.shop().update_order(&id, "a note that nobody would see"));
    assert!(!api.shop().refund_line(&id, 0, 1));
}

#[tokio::test]
async fn what_an_order_does_not_say_is_refused() {
    let api = Api::start(0, generous()).await;
    api.shop().put_order(order()).unwrap();
    let query = r#"{ orders(first: 1, query: "status:any") { nodes { note } } }"#;
    let (message, _) = api.refusal(query, json!({})).await;
    assert!(message.contains("Order.note"), "{message}");
}

#[tokio::test]
async fn an_order_has_to_say_what_the_shop_must_know() {
    let api = Api::start(0, generous()).await;
    let url = api.sandbox.shopify_url().join("_sandbox/orders").unwrap();
    for field in [
        "test",
        "cancelledAt",
        "currencyCode",
        "presentmentCurrencyCode",
    ] {
        let mut order = order();
        order.as_object_mut().unwrap().remove(field);
        let answer = api.client.post(url.clone()).json(&order).send();
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 422);
        assert!(answer.text().await.unwrap().contains(field), "{field}");
    }
    assert!(api.shop().orders().is_empty());
    let answer = api.client.post(url).json(&order()).send().await.unwrap();
    let id: String = answer.json().await.unwrap();
    assert_eq!(api.shop().orders()[0].id, id);
}
