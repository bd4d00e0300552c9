//! Articles against a stateful site: their levels, prices, and the products that they are of.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use common::{connect, site, write};
use ports::{Effect, Fault, Write};
use sandbox::Rule;
use serde_json::{Value, json};

fn level(sku: &str, units: &str) -> Write {
    let record = json!({ "stock": { "sku": sku, "location": "1", "available": units } });
    write(sku, serde_json::from_value(record).unwrap(), None, None)
}

#[tokio::test]
async fn levels_of_products_and_variations_are_set_in_batches() {
    let sandbox = site(0, |_| {}).await;
    let shop = sandbox.woocommerce();
    let settings = json!({ "stock": { "location": "1" }, "prices": { "list": "retail" } });
    let connected = connect(sandbox.woocommerce_url().as_str(), &settings);
    let sink = connected.sink.as_deref().unwrap();
    let skus: Vec<String> = sandbox
        .catalogue()
        .items
        .iter()
        .map(|item| item.sku.clone())
        .collect();
    let mut writes: Vec<Write> = skus.iter().map(|sku| level(sku, "7.9")).collect();
    writes.push(level("NOBODY", "1"));
    let attempts = sink.write(&writes).await;
    let (last, known) = attempts.split_last().unwrap();
    assert!(matches!(&last.result, Err(Fault::Missing { what }) if what == "item:NOBODY"));
    assert!(
        known
            .iter()
            .all(|attempt| attempt.result.as_ref().unwrap().effect == Effect::Updated)
    );
    for article in shop
        .articles()
        .iter()
        .filter(|article| article["sku"] != "")
    {
        assert_eq!(article["stock_quantity"], 7, "{article}");
    }
    let again = sink.write(&writes).await;
    assert!(
        again[..skus.len()]
            .iter()
            .all(|attempt| attempt.result.as_ref().unwrap().effect == Effect::Unchanged)
    );
    let landed = sink.locate(&writes[..3]).await;
    assert!(landed.iter().all(|one| one.as_ref().unwrap().is_some()));
    let mut elsewhere = level(&skus[0], "1");
    let record = json!({ "stock": { "sku": skus[0], "location": "2", "available": "1" } });
    std::sync::Arc::get_mut(&mut elsewhere.event)
        .unwrap()
        .record = serde_json::from_value(record).unwrap();
    let held = sink.write(&[elsewhere]).await.remove(0).result;
    assert!(matches!(held, Err(Fault::Held { .. })));
    let price = json!({ "price": { "sku": skus[0], "list": "retail", "currency": "USD", "regular": "12.345", "sale": "9", "breaks": [] } });
    let price = write("p", serde_json::from_value(price).unwrap(), None, None);
    let written = sink
        .write(std::slice::from_ref(&price))
        .await
        .remove(0)
        .result
        .unwrap();
    assert_eq!(written.effect, Effect::Updated);
    let articles = shop.articles();
    let article = articles
        .iter()
        .find(|article| article["sku"] == *skus[0])
        .unwrap();
    assert_eq!(
        (&article["regular_price"], &article["sale_price"]),
        (&json!("12.35"), &json!("9.00"))
    );
    let again = sink.write(&[price]).await.remove(0).result.unwrap();
    assert_eq!(again.effect, Effect::Unchanged);
}

#[tokio::test]
async fn products_get_in_once_with_variations_pictures_and_categories() {
    let sandbox = site(0, |_| {}).await;
    let shop = sandbox.woocommerce();
    let connected = connect(
        sandbox.woocommerce_url().as_str(),
        &json!({ "products": { "new": "publish" } }),
    );
    let sink = connected.sink.as_deref().unwrap();
    let variant = |sku: &str, size: &str| {
        json!({ "sku": sku, "values": [size], "barcode": null, "weight": { "value": "250", "unit": "gram" },
            "first_price": { "amount": "19.9", "currency": "USD" } })
    };
    let product = |title: &str, variants: Value, withdrawn: Value| {
        let record = json!({ "product": {
            "number": "TEE", "offered": true, "title": title, "description": "<p>Soft</p>", "vendor": null, "product_type": null,
            "handle": null, "tags": [], "categories": ["Shirts"], "images": [{ "url": "https://cdn.example/t.jpg", "alt": "Tee" }],
            "options": ["Size"], "variants": variants, "withdrawn": withdrawn,
        } });
        write("77", serde_json::from_value(record).unwrap(), None, None)
    };
    let one = product(
        "Tee",
        json!([variant("TEE-S", "S"), variant("TEE-M", "M")]),
        json!([]),
    );
    shop.faults().set(vec![
        Rule::on(sandbox::Fault::CutAfter, [2, 3])
            .method("POST")
            .target("/products"),
    ]);
    let mut effects = Vec::new();
    for _ in 0..5 {
        match sink
            .write(std::slice::from_ref(&one))
            .await
            .remove(0)
            .result
        {
            Ok(written) => effects.push(written.effect),
            Err(fault) => assert!(matches!(fault, Fault::Uncertain { .. }), "{fault}"),
        }
    }
    assert_eq!(effects.last(), Some(&Effect::AlreadyThere));
    let bearing = |sku: &str| {
        let all = shop.articles().into_iter();
        all.filter(|article| article["sku"] == sku)
            .collect::<Vec<_>>()
    };
    for sku in ["TEE", "TEE-S", "TEE-M"] {
        assert_eq!(bearing(sku).len(), 1, "{sku}");
    }
    let parent = &bearing("TEE")[0];
    assert_eq!(
        (&parent["type"], &parent["status"]),
        (&json!("variable"), &json!("publish"))
    );
    assert_eq!(parent["categories"][0]["name"], "Shirts");
    assert_eq!(parent["images"].as_array().unwrap().len(), 1);
    let small = &bearing("TEE-S")[0];
    assert_eq!(
        (&small["regular_price"], &small["weight"]),
        (&json!("19.90"), &json!("0.25"))
    );
    let other = product(
        "Tee shirt",
        json!([variant("TEE-S", "S")]),
        json!(["TEE-M"]),
    );
    let written = sink.write(&[other]).await.remove(0).result.unwrap();
    assert_eq!(written.effect, Effect::Updated);
    assert_eq!(bearing("TEE-M")[0]["status"], "private");
    assert_eq!(bearing("TEE")[0]["name"], "Tee shirt");
}
