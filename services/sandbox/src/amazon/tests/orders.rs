//! Orders are found as they change, and the seller's packages move them on.

use serde_json::{Value as Json, json};

use super::{Lab, US, at, basket, options};
use crate::amazon::{Canceller, Fulfiller, Options};

const SEARCH: &str = "orders/2026-01-01/orders";

fn ids(found: &Json) -> Vec<String> {
    let orders = found["orders"].as_array().unwrap().iter();
    orders
        .map(|order| order["orderId"].as_str().unwrap().to_owned())
        .collect()
}

fn parcel(reference: &str, items: &[(&Json, u32)]) -> Json {
    let items = items.iter();
    let items = items.map(|(id, quantity)| json!({ "orderItemId": id, "quantity": quantity }));
    json!({ "marketplaceId": US, "packageDetail": {
        "packageReferenceId": reference, "carrierCode": "UPS", "shippingMethod": "Ground", "trackingNumber": format!("1Z{reference}"),
        "shipDate": "2026-03-02T13:00:00Z", "orderItems": items.collect::<Vec<_>>(),
    } })
}

#[tokio::test]
async fn a_search_asks_for_one_period_that_is_over() {
    let lab = Lab::start(options()).await;
    for (query, status) in [
        ("", 400),
        (
            "?createdAfter=2026-03-01T00:00:00Z&lastUpdatedAfter=2026-03-01T00:00:00Z",
            400,
        ),
        (
            "?createdAfter=2026-03-01T00:00:00Z&lastUpdatedBefore=2026-03-02T00:00:00Z",
            400,
        ),
        (
            "?lastUpdatedAfter=2026-03-01T00:00:00Z&lastUpdatedBefore=2026-03-02T11:58:01Z",
            400,
        ),
        (
            "?lastUpdatedAfter=2026-03-01T00:00:00Z&lastUpdatedBefore=2026-03-02T11:58:00Z",
            200,
        ),
        ("?lastUpdatedAfter=2026-03-03T00:00:00Z", 400),
        ("?lastUpdatedAfter=yesterday", 400),
        (
            "?lastUpdatedAfter=2026-03-01T00:00:00Z&maxResultsPerPage=101",
            400,
        ),
        (
            "?lastUpdatedAfter=2026-03-01T00:00:00Z&marketplaceIds=A1PA6795UKMFR9",
            400,
        ),
    ] {
        let (told, body) = lab.get(&format!("{SEARCH}{query}")).await;
        assert_eq!(told, status, "{query}: {body}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_until_a_day_is_over() {
    let mut lab = Lab::start(Options {
        orders: 25,
        ..options()
    })
    .await;
    let query = format!("{SEARCH}?createdAfter=2026-01-01T00:00:00Z");
    let (mut seen, mut next, mut pages) = (Vec::new(), String::new(), 0);
    let mut tokens = Vec::new();
    loop {
        let (status, found) = lab
            .get(&format!("{query}&maxResultsPerPage=10{next}"))
            .await;
        assert_eq!(status, 200, "{found}");
        seen.extend(ids(&found));
        pages += 1;
        let Some(token) = found["pagination"]["nextToken"].as_str() else {
            break;
        };
        next = format!("&paginationToken={token}");
        tokens.push(next.clone());
    }
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), pages), (25, 3));
    let other = format!(
        "{query}&marketplaceIds={US}&maxResultsPerPage=10{}",
        tokens[0]
    );
    assert_eq!(lab.get(&other).await.0, 400);
    lab.time.advance(24 * 3600);
    lab.log_in_again().await;
    assert_eq!(lab.get(&format!("{query}{}", tokens[0])).await.0, 400);
}

#[tokio::test]
async fn a_pending_order_says_nothing_of_buyer_and_price() {
    let lab = Lab::start(options()).await;
    let sku = lab.seller.levels().into_keys().next().unwrap();
    let mut wanted = basket(vec![(sku, 2)], Fulfiller::Merchant);
    wanted.pending = true;
    let id = lab.seller.place(&wanted).unwrap();
    let told = lab.told(&id);
    assert_eq!(told["fulfillment"]["fulfillmentStatus"], "PENDING");
    for name in ["buyer", "recipient", "proceeds", "payment"] {
        assert!(told.get(name).is_none(), "{name}");
    }
    assert!(told["orderItems"][0]["product"].get("price").is_none());
    lab.time.advance(30 * 60);
    let told = lab.told(&id);
    assert_eq!(told["fulfillment"]["fulfillmentStatus"], "UNSHIPPED");
    assert_eq!(told["lastUpdatedTime"], "2026-03-02T12:30:00Z");
    assert!(told["recipient"]["deliveryAddress"]["postalCode"].is_string());
}

#[tokio::test]
async fn only_what_is_asked_for_is_told() {
    let lab = Lab::start(options()).await;
    let id = lab.order();
    let (_, bare) = lab.get(&format!("{SEARCH}/{id}")).await;
    for name in ["buyer", "recipient", "proceeds", "fulfillment", "packages"] {
        assert!(bare["order"].get(name).is_none(), "{name}");
    }
    let (_, some) = lab
        .get(&format!("{SEARCH}/{id}?includedData=PROCEEDS,FULFILLMENT"))
        .await;
    assert!(some["order"].get("proceeds").is_some() && some["order"].get("buyer").is_none());
    assert_eq!(
        lab.get(&format!("{SEARCH}/{id}?includedData=ALL")).await.0,
        400
    );
    assert_eq!(
        lab.get(&format!("{SEARCH}/111-1111111-1111111")).await.0,
        404
    );
}

#[tokio::test]
async fn packages_move_an_order_on_and_may_be_edited() {
    let lab = Lab::start(options()).await;
    let id = lab.order();
    let told = lab.told(&id);
    let (one, other) = (
        &told["orderItems"][0]["orderItemId"],
        &told["orderItems"][1]["orderItemId"],
    );
    let path = format!("orders/v0/orders/{id}/shipmentConfirmation");
    let status = |told: &Json| {
        told["fulfillment"]["fulfillmentStatus"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    lab.time.advance(60);
    for (wrong, why) in [
        (parcel("1", &[(one, 4)]), "more than were ordered"),
        (parcel("A", &[(one, 1)]), "no number"),
        (parcel("1", &[(&json!("77"), 1)]), "another order's item"),
        (parcel("1", &[]), "nothing in it"),
    ] {
        let (told, body) = lab.send("POST", &path, Some(&wrong)).await;
        assert_eq!(told, 400, "{why}: {body}");
    }
    assert_eq!(
        lab.send("POST", &path, Some(&parcel("1", &[(one, 2)])))
            .await
            .0,
        204
    );
    let told = lab.told(&id);
    assert_eq!(
        (status(&told), &told["lastUpdatedTime"]),
        (
            "PARTIALLY_SHIPPED".to_owned(),
            &json!("2026-03-02T12:01:00Z")
        )
    );
    assert_eq!(
        told["orderItems"][0]["fulfillment"],
        json!({ "quantityFulfilled": 2, "quantityUnfulfilled": 1 })
    );
    // The same once more is no second package, and nothing new.
    lab.time.advance(60);
    assert_eq!(
        lab.send("POST", &path, Some(&parcel("1", &[(one, 2)])))
            .await
            .0,
        204
    );
    assert_eq!(
        (lab.seller.packages(), &lab.told(&id)["lastUpdatedTime"]),
        (1, &json!("2026-03-02T12:01:00Z"))
    );
    assert_eq!(
        lab.send("POST", &path, Some(&parcel("2", &[(one, 2), (other, 1)])))
            .await
            .0,
        400
    );
    assert_eq!(
        lab.send("POST", &path, Some(&parcel("2", &[(one, 1), (other, 1)])))
            .await
            .0,
        204
    );
    assert_eq!(status(&lab.told(&id)), "SHIPPED");
    let mut edited = parcel("2", &[(one, 1), (other, 1)]);
    edited["packageDetail"]["trackingNumber"] = json!("1Z-right");
    assert_eq!(lab.send("POST", &path, Some(&edited)).await.0, 204);
    let told = lab.told(&id);
    assert_eq!(told["packages"][1]["trackingNumber"], "1Z-right");
    assert_eq!(
        lab.send("POST", &path, Some(&parcel("3", &[(one, 1)])))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn what_is_called_off_is_not_sent_and_what_amazon_keeps_it_sends_itself() {
    let lab = Lab::start(options()).await;
    let id = lab.order();
    assert!(lab.seller.ask_to_cancel(&id, "BUYER_CANCEL"));
    let told = lab.told(&id);
    assert_eq!(
        told["orderItems"][0]["cancellation"]["cancellationRequest"]["requester"],
        "BUYER"
    );
    assert!(
        lab.seller.cancel(&id, Canceller::Merchant) && !lab.seller.cancel(&id, Canceller::Buyer)
    );
    let told = lab.told(&id);
    assert_eq!(told["fulfillment"]["fulfillmentStatus"], "CANCELLED");
    assert_eq!(
        told["orderItems"][0]["cancellation"]["cancellationExecution"]["cancelledBy"],
        "MERCHANT"
    );
    let path = format!("orders/v0/orders/{id}/shipmentConfirmation");
    let item = told["orderItems"][0]["orderItemId"].clone();
    assert_eq!(
        lab.send("POST", &path, Some(&parcel("1", &[(&item, 1)])))
            .await
            .0,
        400
    );
    let theirs = lab
        .seller
        .prices(US)
        .into_keys()
        .find(|sku| !lab.seller.levels().contains_key(sku))
        .unwrap();
    assert_eq!(
        lab.seller
            .place(&basket(vec![(theirs.clone(), 1)], Fulfiller::Merchant)),
        None
    );
    let id = lab
        .seller
        .place(&basket(vec![(theirs, 1)], Fulfiller::Amazon))
        .unwrap();
    lab.time.advance(3 * 3600);
    assert_eq!(
        lab.told(&id)["fulfillment"]["fulfillmentStatus"],
        "UNSHIPPED"
    );
    lab.time.advance(4 * 3600);
    let told = lab.told(&id);
    assert_eq!(told["fulfillment"]["fulfillmentStatus"], "SHIPPED");
    let updated = at(told["lastUpdatedTime"].as_str().unwrap());
    assert_eq!(updated, at("2026-03-02T18:30:00Z"));
}
