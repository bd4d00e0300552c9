//! What is accepted is applied, and what is invalid is not.

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::{Lab, US, options};

fn offer(price: &Json, currency: &str) -> Json {
    json!({ "op": "replace", "path": "/attributes/purchasable_offer", "value": [{
        "marketplace_id": US, "currency": currency, "our_price": [{ "schedule": [{ "value_with_tax": price }] }] }] })
}

fn level(quantity: &Json) -> Json {
    json!({ "op": "replace", "path": "/attributes/fulfillment_availability",
        "value": [{ "fulfillment_channel_code": "DEFAULT", "quantity": quantity }] })
}

async fn patch(lab: &Lab, sku: &str, patches: Json) -> (u16, Json) {
    let body = json!({ "productType": "HOME", "patches": patches });
    let path = format!("listings/2021-08-01/items/A3SANDBOXSELL/{sku}?marketplaceIds={US}");
    lab.send("PATCH", &path, Some(&body)).await
}

#[tokio::test]
async fn a_patch_is_applied_or_invalid_as_a_whole() {
    let lab = Lab::start(options()).await;
    let sku = lab.seller.levels().into_keys().next().unwrap();
    let price = || lab.seller.prices(US)[&sku];
    let both = json!([offer(&json!(12.34), "USD"), level(&json!(7))]);
    let (status, done) = patch(&lab, &sku, both).await;
    assert_eq!((status, &done["status"]), (200, &json!("ACCEPTED")));
    assert_eq!(
        (lab.seller.levels()[&sku], price()),
        (7, Decimal::new(1234, 2))
    );
    for wrong in [
        json!([level(&json!(9)), offer(&json!(12.345), "USD")]),
        json!([level(&json!(9)), offer(&json!(12.34), "EUR")]),
        json!([level(&json!(-1))]),
        json!([level(&json!("9"))]),
        json!([{ "op": "replace", "path": "/attributes/colour_of_the_sky", "value": [{ "value": "blue" }] }]),
        json!([{ "op": "move", "path": "/attributes/brand", "value": [{ "value": "x" }] }]),
    ] {
        let (status, done) = patch(&lab, &sku, wrong).await;
        assert_eq!(
            (status, &done["status"]),
            (200, &json!("INVALID")),
            "{done}"
        );
        assert!(done["issues"][0]["message"].is_string());
    }
    assert_eq!(
        (lab.seller.levels()[&sku], price()),
        (7, Decimal::new(1234, 2))
    );
    let (status, _) = patch(&lab, "NO-SUCH", json!([level(&json!(1))])).await;
    assert_eq!(status, 404);
    let path = format!("listings/2021-08-01/items/A3SANDBOXSELL/{sku}?marketplaceIds={US}");
    let body = json!({ "patches": [level(&json!(1))] });
    assert_eq!(lab.send("PATCH", &path, Some(&body)).await.0, 400);
    let preview = format!("{path}&mode=VALIDATION_PREVIEW");
    let body = json!({ "productType": "HOME", "patches": [level(&json!(1))] });
    assert_eq!(
        lab.send("PATCH", &preview, Some(&body)).await.1["status"],
        "VALID"
    );
    assert_eq!(lab.seller.levels()[&sku], 7);
}

#[tokio::test]
async fn what_is_accepted_may_not_come_to_pass() {
    let lab = Lab::start(options()).await;
    let sku = lab.seller.levels().into_keys().next().unwrap();
    let before = lab.seller.levels()[&sku];
    assert!(lab.seller.ignore_listing(&sku) && !lab.seller.ignore_listing("NO-SUCH"));
    let (_, done) = patch(&lab, &sku, json!([level(&json!(before + 1))])).await;
    assert_eq!(
        (&done["status"], lab.seller.levels()[&sku]),
        (&json!("ACCEPTED"), before)
    );
    let path = format!(
        "listings/2021-08-01/items/A3SANDBOXSELL/{sku}?marketplaceIds={US}&includedData=issues"
    );
    assert_eq!(lab.get(&path).await.1["issues"][0]["severity"], "ERROR");
    assert!(lab.seller.heal_listing(&sku));
    patch(&lab, &sku, json!([level(&json!(before + 1))])).await;
    assert_eq!(lab.seller.levels()[&sku], before + 1);
    assert_eq!(lab.get(&path).await.1["issues"], json!([]));
}

#[tokio::test]
async fn listings_are_found_by_twenty() {
    let lab = Lab::start(options()).await;
    let skus: Vec<String> = lab.seller.levels().into_keys().take(3).collect();
    let path = format!("listings/2021-08-01/items/A3SANDBOXSELL?marketplaceIds={US}&pageSize=2");
    let wanted = format!("{path}&identifiersType=SKU&identifiers={}", skus.join(","));
    let (_, page) = lab.get(&wanted).await;
    assert_eq!(
        (&page["numberOfResults"], &page["items"][1]["sku"]),
        (&json!(3), &json!(skus[1]))
    );
    let token = page["pagination"]["nextToken"].as_str().unwrap();
    let (_, last) = lab.get(&format!("{wanted}&pageToken={token}")).await;
    assert_eq!(last["items"][0]["sku"], json!(skus[2]));
    assert!(last["pagination"].get("nextToken").is_none());
}
