//! What a shop holds of what was written to it, told record by record.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use commerce::{Kind, Price, Record, StockLevel};
use common::{locations, shop};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock as _, Connected, Fault, Register, Standing, SystemClock, Twin, Write};
use sandbox::Sandbox;
use serde_json::json;

fn connect(shop: &Sandbox) -> Connected {
    let settings = json!({ "locations": locations(shop), "prices": { "variants": "retail" } });
    common::connect(shop.shopify_url().as_str(), &settings)
}

async fn standing(
    connected: &Connected,
    kind: Kind,
    writes: &[Write],
    settled: Timestamp,
) -> Vec<Result<Standing, Fault>> {
    let sink = connected.sink.as_ref().unwrap();
    let Some(Register::Looks(looks)) = sink.register(kind) else {
        panic!("a shop is shown what it should hold")
    };
    looks.look(writes, settled).await
}

fn differs(what: &str) -> Result<Standing, Fault> {
    let what = what.to_owned();
    Ok(Standing::Differs { what })
}

/// The writes, bound to what they came to.
async fn written(connected: &Connected, writes: Vec<Write>) -> Vec<Write> {
    let sink = connected.sink.as_ref().unwrap();
    let attempts = sink.write(&writes).await;
    let bound = writes.into_iter().zip(attempts).map(|(write, attempt)| {
        let twin = attempt.result.unwrap().twin;
        let id = twin.id;
        Write {
            bound: Some(Twin { id, number: None }),
            ..write
        }
    });
    bound.collect()
}

/// The same price, were it 13.00.
fn dearer(write: &Write) -> Write {
    let Record::Price(price) = &write.event.record else {
        panic!("a price")
    };
    let price = Price {
        regular: Some("13".parse().unwrap()),
        ..price.clone()
    };
    common::write("x", Record::Price(price), write.bound.clone(), None)
}

fn later() -> Timestamp {
    SystemClock.now() + SignedDuration::from_hours(1)
}

#[tokio::test]
async fn levels_and_prices_that_somebody_changed_are_told_with_both_values() {
    let shop = shop(0).await;
    let connected = connect(&shop);
    let place = shop.catalogue().locations[0].clone();
    let skus: Vec<String> = shop
        .catalogue()
        .items
        .iter()
        .map(|item| item.sku.clone())
        .take(3)
        .collect();
    let level = |sku: &String| {
        let level: StockLevel = serde_json::from_value(json!({
            "sku": sku, "location": place.netsuite_id.to_string(), "available": "40", "scarce": false,
        }))
        .unwrap();
        common::write(sku, Record::Stock(level), None, None)
    };
    let levels = written(&connected, skus.iter().map(level).collect()).await;
    assert!(shop.shopify().set_stock(&skus[1], &place.name, 7));
    shop.shopify().meter().reset();
    let told = standing(&connected, Kind::Stock, &levels, later()).await;
    let all_well = || Ok(Standing::Held);
    assert_eq!(
        told,
        [all_well(), differs("40 units here, 7 there"), all_well()]
    );
    let asked = shop.shopify().meter().read().requests;
    let asked: u64 = asked.iter().flat_map(|one| one.statuses.values()).sum();
    assert_eq!(asked, 1, "one request for all");
    // It moved a moment ago.
    let told = standing(&connected, Kind::Stock, &levels, Timestamp::UNIX_EPOCH).await;
    assert_eq!(told, [all_well(), all_well(), all_well()]);

    let price = |sku: &String| {
        let price: Price = serde_json::from_value(json!({
            "sku": sku, "list": "retail", "currency": "USD", "regular": "12.50", "sale": null, "breaks": [],
        }))
        .unwrap();
        common::write(sku, Record::Price(price), None, None)
    };
    let mut prices = written(&connected, skus.iter().map(price).collect()).await;
    let told = standing(&connected, Kind::Price, &prices, later()).await;
    assert_eq!(told, [all_well(), all_well(), all_well()]);
    prices.push(price(&"NOBODY".to_owned()));
    prices[2] = dearer(&prices[2]);
    let told = standing(&connected, Kind::Price, &prices, later()).await;
    assert_eq!(
        told[..3],
        [all_well(), all_well(), differs("13.00 here, 12.50 there")]
    );
    assert!(matches!(told[3], Err(Fault::Missing { .. })), "{told:?}");
}
