//! An Amazon seller and NetSuite: what is sold there is booked here, what is sent here is told there, levels agree, and what Amazon pays out is one
//! deposit each, once, whatever fails on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World, mishaps};
use rust_decimal::Decimal;
use sandbox::Rule;
use serde_json::{Value, json};

const BANK: i64 = 111;
const UNMATCHED: i64 = 113;

async fn seller(platform: &Platform, rules: &[Rule], settings: &Value) -> World {
    let mut world = World::on(platform, 0, |options| {
        options.netsuite.faults = rules.to_vec();
        options.amazon.faults = rules.to_vec();
        options.amazon.usage_plan = None;
        options.amazon.orders = 40;
    })
    .await;
    world.sell_by_amazon(settings, BANK, UNMATCHED);
    world
}

/// What is to be booked, by NetSuite's external id.
fn sales(world: &World) -> BTreeMap<String, Value> {
    let all = world.sandbox.amazon().orders().into_iter();
    let told = |order: &Value| {
        let stands = &order["fulfillment"];
        match (
            stands["fulfilledBy"].as_str(),
            stands["fulfillmentStatus"].as_str(),
        ) {
            (_, Some("CANCELLED" | "PENDING")) => false,
            (Some("AMAZON"), stands) => stands == Some("SHIPPED"),
            _ => true,
        }
    };
    let key = |order: &Value| format!("shop-{}", order["orderId"].as_str().unwrap());
    all.filter(told).map(|order| (key(&order), order)).collect()
}

/// Every sale is booked once, to the cent: what Amazon sent as a cash sale. How many of each.
fn assert_sold_once(world: &World) -> (usize, usize) {
    let mut booked: BTreeMap<String, (bool, Decimal)> = BTreeMap::new();
    let mut counts = (0, 0);
    for kind in ["salesOrder", "cashSale"] {
        for order in world.sandbox.netsuite().records(kind) {
            let Some(key) = order.external_id.clone() else {
                continue;
            };
            let booking = (kind == "cashSale", order.number("total"));
            assert!(booked.insert(key.clone(), booking).is_none(), "{key} twice");
        }
    }
    for (key, order) in sales(world) {
        let total = order["proceeds"]["grandTotal"]["amount"].as_str().unwrap();
        let by_amazon = order["fulfillment"]["fulfilledBy"] == "AMAZON";
        let expected = (by_amazon, total.parse().unwrap());
        assert_eq!(booked.remove(&key), Some(expected), "{key}");
        counts.0 += usize::from(!by_amazon);
        counts.1 += usize::from(by_amazon);
    }
    assert!(booked.is_empty(), "booked, and never sold: {booked:?}");
    counts
}

/// Each order's packages bear the numbers that its shipments have, and as many units have left on both sides.
fn assert_told_once(world: &World) -> usize {
    let mut sent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for shipment in world.sandbox.netsuite().shipments() {
        let numbers = sent.entry(shipment.order_key.unwrap()).or_default();
        numbers.extend(shipment.tracking_numbers);
    }
    let mut told = 0;
    for (key, order) in sales(world) {
        let packages = order["packages"].as_array().cloned().unwrap_or_default();
        let numbers = packages
            .iter()
            .map(|one| one["trackingNumber"].as_str().unwrap());
        let numbers: BTreeSet<String> = numbers.map(str::to_owned).collect();
        let own = sent.remove(&key);
        assert_eq!(own.is_some(), !packages.is_empty(), "{key}");
        let own = own.unwrap_or_default();
        assert!(
            numbers.iter().all(|one| one == "none" || own.contains(one)),
            "{key}"
        );
        told += packages.len();
    }
    assert!(sent.is_empty(), "sent, and not sold: {sent:?}");
    told
}

fn assert_same_levels(world: &World) {
    let netsuite = world.sandbox.netsuite();
    let places = &world.sandbox.catalogue().locations;
    let mut compared = 0;
    let items = world.sandbox.catalogue().items.iter();
    let levels = world.sandbox.amazon().levels();
    for item in items.filter(|item| !item.is_kit()) {
        let Some(there) = levels.get(&item.sku) else {
            continue;
        };
        let here = places.iter();
        let here = here.filter_map(|place| netsuite.stock(&item.sku, place.netsuite_id));
        let here: Decimal = here.map(|level| level.available()).sum();
        let here = here.floor().max(Decimal::ZERO);
        assert_eq!(Decimal::from(*there), here, "{}", item.sku);
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
}

/// Amazon pays out; each settlement is one deposit of its net.
async fn pay_out(world: &mut World, plans: &[(Cut, usize)]) {
    let reports = world.sandbox.amazon().settle();
    assert!(!reports.is_empty());
    world.clock.pass(Duration::from_secs(60));
    world.run(Phase::Payouts, plans).await;
    world.assert_settled(&[Phase::Payouts]).await;
    let deposits = world.sandbox.netsuite().records("deposit");
    let mut brought = 0;
    for id in &reports {
        let report = world.sandbox.amazon().settlement(id).unwrap();
        let net: Decimal = report
            .lines()
            .nth(1)
            .unwrap()
            .split('\t')
            .nth(4)
            .unwrap()
            .parse()
            .unwrap();
        let key = format!("shop-payout-{id}");
        let own: Vec<_> = deposits
            .iter()
            .filter(|one| one.external_id.as_deref() == Some(&key))
            .collect();
        assert_eq!(own.len(), 1, "{key}");
        assert_eq!(own[0].number("total"), net, "{key}");
        brought += own[0].sublists.get("payment").map_or(0, Vec::len);
    }
    assert!(brought > 3, "{brought}");
}

async fn whole_line(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = seller(platform, rules, &json!({ "feed_from": 1000 })).await;
    world.run(Phase::Orders, plans).await;
    world.assert_settled(&[Phase::Orders]).await;
    let (ours, amazons) = assert_sold_once(&world);
    assert!(ours > 15 && amazons > 3, "{ours} {amazons}");

    world.work_in_the_warehouse();
    world.run(Phase::Shipments, plans).await;
    world.assert_settled(&[Phase::Shipments]).await;
    assert!(assert_told_once(&world) > 8);

    world.run(Phase::Stock, plans).await;
    world.clock.pass(Duration::from_secs(600));
    world.run(Phase::Orders, &[]).await;
    world.assert_settled(&[Phase::Orders]).await;
    assert_eq!(assert_sold_once(&world), (ours, amazons));
    pay_out(&mut world, plans).await;

    world.sandbox.amazon().faults().set(Vec::new());
    world.sandbox.netsuite().faults().set(Vec::new());
    world.run_again(Phase::Stock).await;
    world.assert_settled(&[Phase::Stock]).await;
    assert_same_levels(&world);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_shipments_stock_and_settlements_agree() {
    whole_line(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    whole_line(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave() {
    whole_line(&Platform::Embedded, &mishaps(), &[]).await;
}
