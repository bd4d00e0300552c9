//! A feed is worked on behind its answer, message by message.

use serde_json::{Value as Json, json};

use super::contract::Contract;
use super::{Lab, US, options, unpack};

const JSON: &str = "application/json; charset=UTF-8";

fn message(id: u64, sku: &str, quantity: i64) -> Json {
    json!({ "messageId": id, "sku": sku, "operationType": "PATCH", "productType": "HOME", "patches": [{
        "op": "replace", "path": "/attributes/fulfillment_availability",
        "value": [{ "fulfillment_channel_code": "DEFAULT", "quantity": quantity }] }] })
}

fn feed(messages: &[Json]) -> String {
    let header = json!({ "sellerId": "A3SANDBOXSELL", "version": "2.0", "issueLocale": "en_US" });
    json!({ "header": header, "messages": messages }).to_string()
}

/// Sends a feed; its id.
async fn send(lab: &Lab, content: &str) -> String {
    let path = "feeds/2021-06-30/documents";
    let (status, place) = lab
        .send("POST", path, Some(&json!({ "contentType": JSON })))
        .await;
    assert_eq!(status, 201, "{place}");
    assert_eq!(
        lab.storage(&place["url"], Some((JSON, content))).await.0,
        200
    );
    let body = json!({ "feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US], "inputFeedDocumentId": place["feedDocumentId"] });
    let (status, made) = lab
        .send("POST", "feeds/2021-06-30/feeds", Some(&body))
        .await;
    assert_eq!(status, 202, "{made}");
    made["feedId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_feed_is_worked_on_message_by_message() {
    let lab = Lab::start(options()).await;
    let (sku, _) = lab.skus();
    let before = lab.seller.levels()[&sku];
    let messages = [
        message(1, &sku, 41),
        message(2, "NO-SUCH", 1),
        message(3, &sku, -1),
    ];
    let id = send(&lab, &feed(&messages)).await;
    let path = format!("feeds/2021-06-30/feeds/{id}");
    let (_, queued) = lab.get(&path).await;
    lab.time.advance(30);
    let (_, working) = lab.get(&path).await;
    assert_eq!(lab.seller.levels()[&sku], before);
    lab.time.advance(30);
    let (_, done) = lab.get(&path).await;
    let statuses =
        [&queued, &working, &done].map(|feed| feed["processingStatus"].as_str().unwrap());
    assert_eq!(statuses, ["IN_QUEUE", "IN_PROGRESS", "DONE"]);
    assert_eq!(lab.seller.levels()[&sku], 41);
    let document = done["resultFeedDocumentId"].as_str().unwrap();
    let (_, place) = lab
        .get(&format!("feeds/2021-06-30/documents/{document}"))
        .await;
    assert_eq!(place["compressionAlgorithm"], "GZIP");
    let (_, bytes) = lab.storage(&place["url"], None).await;
    let report: Json = serde_json::from_str(&unpack(&bytes)).unwrap();
    let told: Vec<u64> = report["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["messageId"].as_u64().unwrap())
        .collect();
    assert_eq!(told, [2, 3]);
    assert_eq!(report["summary"]["messagesAccepted"], 1);
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let contract = Contract::open(&contracts, "feeds_2021-06-30.json");
    for feed in [&queued, &working, &done] {
        contract.check("Feed", feed);
    }
    contract.check("FeedDocument", &place);
    let (_, some) = lab
        .get("feeds/2021-06-30/feeds?feedTypes=JSON_LISTINGS_FEED")
        .await;
    contract.check("GetFeedsResponse", &some);
    let path = contracts.join("amazon-sp-api/feeds/listings-feed-processing-report-schema-v2.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    Contract::of("report", schema).check("report", &report);
}

#[tokio::test]
async fn what_is_no_feed_of_the_seller_is_aborted() {
    let lab = Lab::start(options()).await;
    let foreign = feed(&[]).replace("A3SANDBOXSELL", "A3OTHER");
    for content in ["no feed", foreign.as_str()] {
        let id = send(&lab, content).await;
        lab.time.advance(60);
        let (_, done) = lab.get(&format!("feeds/2021-06-30/feeds/{id}")).await;
        assert_eq!(done["processingStatus"], "FATAL");
        assert!(done.get("resultFeedDocumentId").is_none());
    }
}

#[tokio::test]
async fn an_address_is_good_for_one_thing_and_five_minutes() {
    let lab = Lab::start(options()).await;
    let path = "feeds/2021-06-30/documents";
    let (_, place) = lab
        .send("POST", path, Some(&json!({ "contentType": JSON })))
        .await;
    assert_eq!(lab.storage(&place["url"], None).await.0, 403);
    assert_eq!(
        lab.storage(&place["url"], Some(("text/plain", "{}")))
            .await
            .0,
        403
    );
    let url = place["url"].as_str().unwrap();
    let request = lab.client.put(url).header("content-type", JSON);
    let request = request.header("x-amz-access-token", &lab.token);
    assert_eq!(request.send().await.unwrap().status().as_u16(), 403);
    lab.time.advance(300);
    assert_eq!(lab.storage(&place["url"], Some((JSON, "{}"))).await.0, 403);
}
