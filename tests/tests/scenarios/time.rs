//! Nothing is missed because of what a clock shows: where an hour comes twice or not at all, where everything happens in one second, where our
//! clock goes wrong.

use std::time::Duration;

use causeway_scenarios::{Phase, World};
use jiff::{SignedDuration, Timestamp};
use ports::Clock as _;
use rust_decimal::Decimal;
use sandbox::netsuite::Shift;

/// Lets orders come, ships, counts and carries everything over.
async fn a_while(world: &mut World, orders: u32) {
    world.sandbox.shopify().create_orders(orders);
    world.run(Phase::Orders, &[]).await;
    let netsuite = world.sandbox.netsuite().clone();
    assert!(!netsuite.ship_pending(Shift::default()).is_empty());
    let counted = netsuite.count_stock(5);
    // Its end is not before every shipment was seen.
    world.run(Phase::Shipments, &[]).await;
    for _ in 0..2 {
        world.clock.pass(Duration::from_secs(61));
        world.run(Phase::Stock, &[]).await;
    }
    assert_eq!(
        world.order_differences().await,
        [""; 0],
        "{}",
        world.clock.now()
    );
    let shown = world.sandbox.shopify().inventory();
    for (sku, location, _) in counted {
        let places = &world.sandbox.catalogue().locations;
        let place = places.iter().find(|place| place.netsuite_id == location);
        let name = &place.unwrap().name;
        let mut levels = shown.iter();
        let level = levels.find(|level| level.sku == sku && level.location == *name);
        let Some(level) = level else { continue };
        let there = netsuite.stock(&sku, location).unwrap().available();
        let there = there.floor().max(Decimal::ZERO);
        assert_eq!(Decimal::from(level.available), there, "{sku} at {name}");
    }
}

async fn nothing_is_missed(world: World) {
    let missing = world.found_missing().await;
    assert!(missing.is_empty(), "only the audit found it: {missing:?}");
    world.finish().await;
}

/// Around the turn of a clock, in the account's zone, in the shop's, or in both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hours_that_come_twice_or_never() {
    for (account, shop, turn) in [
        // The account's hour comes twice, the shop's has just done so.
        (
            "America/Los_Angeles",
            "America/Denver",
            "2026-11-01T09:00:00Z",
        ),
        // An hour is left out in the account.
        (
            "America/Los_Angeles",
            "Asia/Kathmandu",
            "2027-03-14T10:00:00Z",
        ),
        // Half an hour comes twice in the account, and the shop has an odd zone.
        (
            "Australia/Lord_Howe",
            "America/St_Johns",
            "2027-04-03T15:00:00Z",
        ),
        // The shop's hour comes twice, and the account knows no such thing.
        ("Asia/Kolkata", "Europe/Berlin", "2026-10-25T01:00:00Z"),
    ] {
        let mut world = World::new(0, |options| {
            options.netsuite.time_zone = account.to_owned();
            options.shopify.time_zone = shop.to_owned();
        })
        .await;
        // What the shop takes from another place than NetSuite stays lower there.
        world.stock_may_differ = true;
        let turn: Timestamp = turn.parse().unwrap();
        for minutes in [-20, 5, 40, 65] {
            let then = turn + SignedDuration::from_mins(minutes);
            let rest = then.duration_since(world.clock.now());
            // What was carried over meanwhile may have taken longer.
            world
                .clock
                .pass(Duration::try_from(rest).unwrap_or_default());
            a_while(&mut world, 1).await;
        }
        nothing_is_missed(world).await;
    }
}

/// More in one second than a page holds, on both sides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_longer_than_a_page() {
    let mut world = World::new(0, |_| {}).await;
    world.stock_may_differ = true;
    a_while(&mut world, 60).await;
    a_while(&mut world, 60).await;
    nothing_is_missed(world).await;
}

/// Both vendors' clocks go before ours, or after it: as far as NetSuite's login allows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_differ() {
    for seconds in [-50, 240] {
        let mut world = World::new(0, |options| {
            let ours = options.clock.clone();
            let theirs = move || ours.now() + SignedDuration::from_secs(seconds);
            options.clock = sandbox::Clock::new(theirs);
        })
        .await;
        // What the shop takes from another place than NetSuite stays lower there.
        world.stock_may_differ = true;
        for _ in 0..4 {
            world.clock.pass(Duration::from_secs(90));
            a_while(&mut world, 2).await;
        }
        nothing_is_missed(world).await;
    }
}
