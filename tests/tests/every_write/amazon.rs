//! What is written to an Amazon seller's account.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use causeway_scenarios::{Phase, Platform, World};
use serde_json::{Value, json};

use super::Row;
use super::goods::{count, levels, others, prices, reprice, ship};

const MARKETPLACE: &str = "ATVPDKIKX0DER";

async fn seller(platform: &Platform, orders: u32, settings: &Value) -> World {
    let mut world = World::on(platform, 0, |options| {
        options.amazon.usage_plan = None;
        options.amazon.orders = orders;
    })
    .await;
    world.sell_by_amazon(settings, 111, 113);
    world
}

/// The first two articles of which Amazon shows other levels than all of NetSuite's places together.
fn other_levels(world: &World, _: usize) -> Vec<String> {
    let shown = world.sandbox.amazon().levels();
    others(levels(world), |sku| shown[sku].into())
}

/// Told one by one below that many, else by a feed.
async fn a_level(platform: &Platform, feed_from: u32) -> (Row, World) {
    let mut world = seller(platform, 0, &json!({ "feed_from": feed_from })).await;
    world.run(Phase::Stock, &[]).await;
    let row = Row::new(Phase::Stock, count, other_levels);
    (row, world)
}

pub(super) async fn a_level_of_the_seller(platform: &Platform) -> (Row, World) {
    a_level(platform, 1000).await
}

pub(super) async fn a_level_by_a_feed(platform: &Platform) -> (Row, World) {
    a_level(platform, 2).await
}

/// Articles that do not cost on Amazon what NetSuite asks.
fn other_prices(world: &World, round: usize) -> Vec<String> {
    let shown = world.sandbox.amazon().prices(MARKETPLACE);
    others(prices(world, round), |sku| shown[sku])
}

pub(super) async fn a_price_of_the_seller(platform: &Platform) -> (Row, World) {
    let settings = json!({ "feed_from": 1000, "prices": { "lists": { "retail": MARKETPLACE } } });
    let mut world = seller(platform, 0, &settings).await;
    let retail = json!({ "lists": { "retail": { "level": 1, "currency": "USD" } } });
    world.setting("netsuite", "prices", retail);
    world.run(Phase::Prices, &[]).await;
    let row = Row {
        told_after: Duration::from_secs(7 * 3600),
        ..Row::new(Phase::Prices, reprice, other_prices)
    };
    (row, world)
}

/// Orders whose packages are not what was sent, once: parcels share a shipment's units, so one of a single unit is one package.
fn other_packages(world: &World, _: usize) -> Vec<String> {
    let mut sent: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for shipment in world.sandbox.netsuite().shipments() {
        let all = sent.entry(shipment.order_key.unwrap()).or_default();
        all.push(shipment.tracking_numbers);
    }
    let mut differences = Vec::new();
    for order in world.sandbox.amazon().orders() {
        let key = format!("shop-{}", order["orderId"].as_str().unwrap());
        let packages = order["packages"].as_array().into_iter().flatten();
        let told = packages.map(|one| one["trackingNumber"].as_str().unwrap());
        let told: Vec<&str> = told.collect();
        let sent = sent.remove(&key).unwrap_or_default();
        let once: BTreeSet<&str> = told.iter().copied().collect();
        let known = |number: &&str| sent.iter().flatten().any(|one| one == number);
        let lacks = sent
            .iter()
            .filter(|numbers| !numbers.is_empty())
            .any(|numbers| !numbers.iter().any(|one| once.contains(one.as_str())));
        let by_amazon = order["fulfillment"]["fulfilledBy"] == "AMAZON";
        if !by_amazon && (lacks || once.len() != told.len() || !told.iter().all(known)) {
            differences.push(format!("{key}: {told:?} told, {sent:?} sent"));
        }
    }
    differences.extend(sent.into_keys().map(|key| format!("{key} was never sold")));
    differences
}

pub(super) async fn a_shipment_of_the_seller(platform: &Platform) -> (Row, World) {
    let mut world = seller(platform, 200, &json!({})).await;
    world.run(Phase::Orders, &[]).await;
    let row = Row::new(Phase::Shipments, ship, other_packages);
    (row, world)
}
