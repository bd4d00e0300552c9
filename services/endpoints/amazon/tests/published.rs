//! The requests and answers that Amazon publishes for its static sandbox: each answer to an operation that is used makes sense to the endpoint.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use commerce::{ExternalId, Kind};
use ports::{Connected, Cursor, Effect, Fault};
use serde_json::{Value, json};

const ORDER: &str = "111-0000001-0000001";

/// Connects to an Amazon that answers what the path's operation is told to.
async fn amazon(answers: Vec<(&'static str, u16, Value)>, settings: Value) -> Connected {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let app = Router::new().fallback(move |uri: Uri| {
        let answers = answers.clone();
        async move { answer(&uri, &answers) }
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    common::connect(&url, &settings)
}

fn answer(uri: &Uri, answers: &[(&str, u16, Value)]) -> Response {
    if uri.path() == "/auth/o2/token" {
        return json!({ "access_token": "Atza|token" })
            .to_string()
            .into_response();
    }
    let fits = |(part, _, _): &&(&str, u16, Value)| uri.path().contains(part);
    let (_, status, body) = answers.iter().find(fits).unwrap();
    let status = StatusCode::from_u16(*status).unwrap();
    if status == StatusCode::NO_CONTENT {
        return status.into_response();
    }
    (status, body.to_string()).into_response()
}

/// The answers to an operation, with their statuses; none where the contracts are absent.
fn published(file: &str, operation: &str) -> Vec<(u16, Value)> {
    let Some(folder) = testkit::contracts() else {
        return Vec::new();
    };
    let path = folder.join(format!("amazon-sp-api/samples/{file}.sandbox.json"));
    let all: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let own = all
        .into_iter()
        .filter(|one| one["operationId"] == operation);
    let answers: Vec<(u16, Value)> = own
        .map(|one| {
            let body = match one.get("response") {
                Some(body) => body.clone(),
                None => one["example"]["application/json"].clone(),
            };
            (one["status"].as_str().unwrap().parse().unwrap(), body)
        })
        .collect();
    assert!(answers.len() > 1, "{operation}");
    answers
}

fn both() -> Value {
    json!({ "orders": { "by_amazon": true } })
}

#[tokio::test]
async fn orders_of_a_search() {
    let mut read = 0;
    for (status, body) in published("orders_2026-01-01", "searchOrders") {
        let connected = amazon(vec![("/orders", status, body.clone())], both()).await;
        let source = connected.source.unwrap();
        let page = source.page(Kind::Order, &Cursor::default()).await;
        if status == 400 {
            assert!(matches!(page, Err(Fault::Refused { .. })), "{page:?}");
            continue;
        }
        let page = page.unwrap();
        assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
        assert_eq!(page.events.len(), body["orders"].as_array().unwrap().len());
        assert_eq!(page.more, body["pagination"]["nextToken"].is_string());
        read += page.events.len();
    }
    assert!(read != 1);
}

#[tokio::test]
async fn single_orders() {
    for (status, body) in published("orders_2026-01-01", "getOrder") {
        let id = body["order"]["orderId"]
            .as_str()
            .unwrap_or(ORDER)
            .to_owned();
        let connected = amazon(vec![("/orders", status, body)], both()).await;
        let source = connected.source.unwrap();
        let found = source
            .one(Kind::Order, &ExternalId::new(&*id).unwrap())
            .await;
        if status == 400 {
            assert!(matches!(found, Err(Fault::Refused { .. })), "{found:?}");
        } else {
            assert_eq!(found.unwrap().unwrap().external_id.as_str(), id);
        }
    }
}

#[tokio::test]
async fn confirmations() {
    let order = json!({ "order": {
        "orderId": ORDER, "createdTime": "2026-03-01T09:00:00Z", "lastUpdatedTime": "2026-03-01T09:00:00Z",
        "orderItems": [{ "orderItemId": "1", "quantityOrdered": 1, "product": { "sellerSku": "MUG" } }],
    } });
    let record = json!({ "fulfilment": {
        "number": "IF-204", "order": { "id": "55", "key": null }, "shipped_at": "2026-03-02T00:00:00Z", "location": null, "method": null,
        "parcels": [{ "tracking_number": "JD1", "carrier": "DHL", "tracking_url": null }],
        "lines": [{ "order_line": "1", "sku": "MUG", "quantity": "1" }],
    } });
    for (status, body) in published("ordersV0", "confirmShipment") {
        let answers = vec![
            ("shipmentConfirmation", status, body),
            ("/orders/2026-01-01", 200, order.clone()),
        ];
        let sink = amazon(answers, json!({})).await.sink.unwrap();
        let write = common::of_order("204", &record, ORDER);
        let attempt = sink.write(&[write]).await.remove(0);
        match attempt.result {
            Ok(written) => assert_eq!((status, written.effect), (204, Effect::Created)),
            Err(fault) => assert!(
                matches!(fault, Fault::Refused { .. }) && status == 400,
                "{fault}"
            ),
        }
    }
}

#[tokio::test]
async fn patches() {
    let listing = json!({ "sku": "MUG", "summaries": [{ "marketplaceId": "ATVPDKIKX0DER", "productType": "LUGGAGE" }] });
    let record = json!({ "stock": { "sku": "MUG", "location": "web", "available": "3" } });
    for (status, body) in published("listingsItems_2021-08-01", "patchListingsItem") {
        let answers = vec![
            ("/A1SELLER/MUG", status, body.clone()),
            (
                "/A1SELLER",
                200,
                json!({ "numberOfResults": 1, "items": [listing] }),
            ),
        ];
        let sink = amazon(answers, json!({})).await.sink.unwrap();
        let write = common::of_order("MUG-web", &record, ORDER);
        let attempt = sink.write(&[write]).await.remove(0);
        let refused = status == 400 || body["status"] == "INVALID";
        match attempt.result {
            Ok(written) => assert!(!refused && written.effect == Effect::Updated),
            Err(fault) => assert!(matches!(fault, Fault::Refused { .. }) && refused, "{fault}"),
        }
    }
}

#[tokio::test]
async fn listings() {
    let record =
        json!({ "stock": { "sku": "GM-ZDPI-9B4E", "location": "web", "available": "100" } });
    for (status, body) in published("listingsItems_2021-08-01", "searchListingsItems") {
        let answers = vec![("/A1SELLER", status, body)];
        let sink = amazon(answers, json!({})).await.sink.unwrap();
        let write = common::of_order("GM-ZDPI-9B4E-web", &record, ORDER);
        let attempt = sink.write(&[write]).await.remove(0);
        match attempt.result {
            Ok(written) => assert_eq!((status, written.effect), (200, Effect::Unchanged)),
            Err(fault) => assert!(
                matches!(fault, Fault::Refused { .. }) && status == 400,
                "{fault}"
            ),
        }
    }
}
