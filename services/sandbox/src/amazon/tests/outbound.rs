//! What Amazon keeps it counts, and sends for other channels.

use serde_json::{Value as Json, json};

use super::contract::Contract;
use super::{Lab, US, basket, options};
use crate::amazon::{Canceller, Fulfiller};

const ORDERS: &str = "fba/outbound/2020-07-01/fulfillmentOrders";

fn order(id: &str, sku: &str, quantity: u32) -> Json {
    json!({
        "sellerFulfillmentOrderId": id, "displayableOrderId": id, "displayableOrderDate": "2026-03-02T10:00:00Z",
        "displayableOrderComment": "Thank you", "shippingSpeedCategory": "Standard",
        "destinationAddress": { "name": "Ada Byron", "addressLine1": "1 Main St", "city": "Austin", "stateOrRegion": "TX", "postalCode": "78701",
            "countryCode": "US" },
        "items": [{ "sellerSku": sku, "sellerFulfillmentOrderItemId": "1", "quantity": quantity }],
    })
}

async fn status(lab: &Lab, id: &str) -> String {
    let (_, one) = lab.get(&format!("{ORDERS}/{id}")).await;
    let status = &one["payload"]["fulfillmentOrder"]["fulfillmentOrderStatus"];
    status.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn stock_follows_what_is_ordered_sent_and_called_off() {
    let lab = Lab::start(options()).await;
    let (_, sku) = lab.skus();
    let before = lab.seller.kept()[&sku];
    let path = format!(
        "fba/inventory/v1/summaries?details=true&granularityType=Marketplace&granularityId={US}&marketplaceIds={US}"
    );
    let units = |quantity| vec![(sku.clone(), quantity)];
    let sent = lab
        .seller
        .place(&basket(units(2), Fulfiller::Amazon))
        .unwrap();
    let off = lab
        .seller
        .place(&basket(units(5), Fulfiller::Amazon))
        .unwrap();
    assert_eq!(lab.seller.kept()[&sku], before - 7);
    lab.seller.cancel(&off, Canceller::Buyer);
    lab.time.advance(60);
    lab.seller.ship_by_amazon(&sent);
    let (_, changed) = lab
        .get(&format!("{path}&startDateTime=2026-03-02T12:00:30Z"))
        .await;
    let summaries = changed["payload"]["inventorySummaries"].as_array().unwrap();
    assert_eq!(summaries.len(), 1);
    assert_eq!(
        summaries[0]["inventoryDetails"]["fulfillableQuantity"],
        before - 2
    );
    assert_eq!(
        summaries[0]["inventoryDetails"]["reservedQuantity"]["totalReservedQuantity"],
        0
    );
    let (own, _) = lab.skus();
    let count = |told: &Json| {
        told["payload"]["inventorySummaries"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(
        count(&lab.get(&format!("{path}&sellerSkus={own}")).await.1),
        0
    );
    assert!(lab.seller.send_in(&own, 9));
    assert_eq!(
        count(&lab.get(&format!("{path}&sellerSkus={own},{sku}")).await.1),
        2
    );
    assert_eq!(lab.get("fba/inventory/v1/summaries").await.0, 400);
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    Contract::open(&contracts, "fbaInventory.json")
        .check("GetInventorySummariesResponse", &changed);
}

#[tokio::test]
async fn an_id_makes_one_order_and_what_is_sent_is_told() {
    let lab = Lab::start(options()).await;
    let (_, sku) = lab.skus();
    let before = lab.seller.kept()[&sku];
    let first = order("NS-1", &sku, 3);
    assert_eq!(lab.send("POST", ORDERS, Some(&first)).await.0, 200);
    assert_eq!(lab.send("POST", ORDERS, Some(&first)).await.0, 200);
    assert_eq!(
        lab.send("POST", ORDERS, Some(&order("NS-1", &sku, 2)))
            .await
            .0,
        400
    );
    assert_eq!(
        (lab.seller.outbound().len(), lab.seller.kept()[&sku]),
        (1, before - 3)
    );
    let (refused, _) = lab
        .send("POST", ORDERS, Some(&order("NS-2", "NO-SUCH", 1)))
        .await;
    assert_eq!(refused, 400);
    assert_eq!(status(&lab, "NS-1").await, "Received");
    lab.time.advance(60);
    let part = [("1".to_owned(), 1)];
    let number = lab.seller.ship_outbound("NS-1", &part).unwrap();
    assert_eq!(status(&lab, "NS-1").await, "Processing");
    assert_eq!(
        lab.send("PUT", &format!("{ORDERS}/NS-1/cancel"), None)
            .await
            .0,
        400
    );
    let (_, changed) = lab
        .get(&format!("{ORDERS}?queryStartDate=2026-03-02T12:00:30Z"))
        .await;
    assert_eq!(
        changed["payload"]["fulfillmentOrders"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        lab.seller.ship_outbound("NS-1", &[("1".to_owned(), 3)]),
        None
    );
    lab.seller.ship_outbound("NS-1", &[]).unwrap();
    let (_, one) = lab.get(&format!("{ORDERS}/NS-1")).await;
    assert_eq!(status(&lab, "NS-1").await, "Complete");
    let (_, package) = lab
        .get(&format!(
            "fba/outbound/2020-07-01/tracking?packageNumber={number}"
        ))
        .await;
    assert_eq!(
        package["payload"]["trackingNumber"],
        json!(lab.seller.outbound()[0].tracking[0])
    );
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let contract = Contract::open(&contracts, "fulfillmentOutbound_2020-07-01.json");
    contract.check("GetFulfillmentOrderResponse", &one);
    contract.check("ListAllFulfillmentOrdersResponse", &changed);
    contract.check("GetPackageTrackingDetailsResponse", &package);
}

#[tokio::test]
async fn what_is_not_there_is_not_sent() {
    let lab = Lab::start(options()).await;
    let (_, sku) = lab.skus();
    let before = lab.seller.kept()[&sku];
    let (own, _) = lab.skus();
    lab.seller.send_in(&own, 1);
    lab.send("POST", ORDERS, Some(&order("NS-1", &own, 2)))
        .await;
    assert_eq!(status(&lab, "NS-1").await, "Invalid");
    let mut some = order("NS-2", &sku, 5);
    some["fulfillmentPolicy"] = json!("FillAllAvailable");
    lab.send("POST", ORDERS, Some(&some)).await;
    assert!(lab.seller.lose_outbound("NS-2") && !lab.seller.lose_outbound("NS-2"));
    assert_eq!(status(&lab, "NS-2").await, "Unfulfillable");
    lab.send("POST", ORDERS, Some(&order("NS-3", &sku, 1)))
        .await;
    assert_eq!(
        lab.send("PUT", &format!("{ORDERS}/NS-3/cancel"), None)
            .await
            .0,
        200
    );
    assert_eq!(status(&lab, "NS-3").await, "Cancelled");
    assert_eq!(lab.seller.kept()[&sku], before - 5);
    // Nobody has to see to it that Amazon sends.
    lab.send("POST", ORDERS, Some(&order("NS-4", &sku, 1)))
        .await;
    lab.time.advance(3500);
    assert_eq!(status(&lab, "NS-4").await, "Received");
    lab.time.advance(6 * 3600);
    let sent = lab
        .seller
        .outbound()
        .into_iter()
        .find(|one| one.id == "NS-4")
        .unwrap();
    assert_eq!(sent.status, "Complete");
}
