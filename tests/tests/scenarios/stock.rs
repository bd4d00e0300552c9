//! A level that is read while an order is on its way does not offer the order's units once more, and offers everything again when the order
//! has arrived.

use std::collections::BTreeMap;
use std::time::Duration;

use causeway_scenarios::{Phase, Platform, World};
use ports::Status;
use rust_decimal::Decimal;
use serde_json::json;

/// Units by SKU that the shop has sold and not sent.
fn sold(world: &World) -> BTreeMap<String, i64> {
    let mut sold = BTreeMap::new();
    for level in world.sandbox.shopify().inventory() {
        *sold.entry(level.sku).or_default() += level.committed;
    }
    sold.retain(|_, units| *units > 0);
    sold
}

/// What the shop offers of a SKU at a location.
fn offered(world: &World, sku: &str, location: usize) -> i64 {
    let name = &world.sandbox.catalogue().locations[location].name;
    let levels = world.sandbox.shopify().inventory();
    let mut here = levels.iter();
    let level = here.find(|level| level.sku == sku && level.location == *name);
    level.unwrap().available
}

async fn waiting(world: &World) -> usize {
    let rows = world.records(Phase::Stock).await;
    let waiting = rows.iter().filter(|row| row.status == Status::Waiting);
    waiting.count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_order_on_its_way_has_sold_is_not_offered_again() {
    units_are_offered_once(&Platform::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    units_are_offered_once(&platform).await;
}

async fn units_are_offered_once(platform: &Platform) {
    let mut world = World::on(platform, 0, |_| {}).await;
    world.run(Phase::Stock, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    world.sandbox.shopify().create_orders(6);
    let orders = world.sandbox.shopify().orders();
    assert!(orders.iter().all(|order| !order.test && !order.cancelled));
    let sold = sold(&world);
    assert!(sold.len() > 3, "{sold:?}");
    // No order gets into NetSuite: it has no such location.
    world.setting_of_orders("location", json!(4711));
    world.run(Phase::Orders, &[]).await;
    for row in world.records(Phase::Orders).await {
        assert_eq!(row.status, Status::Failed, "{:?}", row.reason);
    }

    // Two of the locations move; NetSuite books orders at the first.
    let netsuite = world.sandbox.netsuite();
    for (sku, location) in sold.keys().flat_map(|sku| [(sku, 1), (sku, 2)]) {
        assert!(netsuite.set_on_hand(sku, location, Decimal::from(50)));
    }
    world.clock.pass(Duration::from_secs(90));
    world.stock_may_differ = true;
    world.run(Phase::Stock, &[]).await;
    for (sku, units) in &sold {
        for location in [0, 1] {
            let offered = offered(&world, sku, location);
            assert_eq!(offered, (50 - units).max(0), "{sku} at {location}");
        }
    }
    assert_eq!(waiting(&world).await, 2 * sold.len());
    for row in world.records(Phase::Stock).await {
        if row.status == Status::Waiting {
            let reason = row.reason.unwrap();
            assert!(reason.contains("of 50 units are held back"), "{reason}");
        }
    }

    // They arrive, and every level that was lowered is read anew: those of the second location did not move.
    world.setting_of_orders("location", json!(1));
    world.retry(Phase::Orders, Status::Failed).await;
    world.run(Phase::Orders, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::Stock, &[]).await;
    assert_eq!(waiting(&world).await, 0);
    let netsuite = world.sandbox.netsuite();
    for (sku, location) in sold.keys().flat_map(|sku| [(sku, 1), (sku, 2)]) {
        let level = netsuite.stock(sku, location).unwrap().available();
        let place = usize::try_from(location).unwrap() - 1;
        let offered = offered(&world, sku, place);
        assert_eq!(Decimal::from(offered), level, "{sku} at {location}");
    }
    for sku in sold.keys() {
        assert_eq!(offered(&world, sku, 1), 50, "{sku}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn levels_near_zero_take_the_lane_of_orders() {
    let mut world = World::new(0, |_| {}).await;
    world.setting("netsuite", "stock", json!({"fast_below": "3"}));
    let sku = world.sandbox.catalogue().items[0].sku.clone();
    let netsuite = world.sandbox.netsuite();
    assert!(netsuite.set_on_hand(&sku, 1, Decimal::from(2)));
    world.run(Phase::Stock, &[]).await;
    assert_eq!(offered(&world, &sku, 0), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_level_that_moved_and_came_back_is_the_shops_again() {
    let mut world = World::new(0, |_| {}).await;
    world.run(Phase::Stock, &[]).await;
    let netsuite = world.sandbox.netsuite().clone();
    let item = &world.sandbox.catalogue().items[0];
    let place = &world.sandbox.catalogue().locations[0];
    let (sku, name, there) = (item.sku.clone(), place.name.clone(), place.netsuite_id);
    let units = netsuite.stock(&sku, there).unwrap().on_hand;
    let before = offered(&world, &sku, 0);

    // Four are sold, booked and sent, and four more are found on the shelf, before NetSuite is read again: nothing but the time tells of it.
    world.clock.pass(Duration::from_secs(90));
    let shop = world.sandbox.shopify();
    assert!(shop.set_stock(&sku, &name, before - 4));
    for units in [units - Decimal::from(4), units] {
        assert!(netsuite.set_on_hand(&sku, there, units));
        world.clock.pass(Duration::from_secs(1));
    }
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::Stock, &[]).await;
    assert_eq!(offered(&world, &sku, 0), before);
    world.finish().await;
}
