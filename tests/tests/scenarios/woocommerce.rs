//! A WooCommerce shop and NetSuite: what is sold, sent, given back, called off and counted on either side is so on the other, once, whatever fails on
//! the way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World, mishaps};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::Rule;
use sandbox::netsuite::Bill;
use serde_json::{Value, json};

async fn shop(platform: &Platform, rules: &[Rule], settings: &Value) -> World {
    let mut world = World::on(platform, 0, |options| {
        options.netsuite.faults = rules.to_vec();
        options.woocommerce.faults = rules.to_vec();
        options.woocommerce.fulfillments = true;
        options.woocommerce.orders = 40;
    })
    .await;
    world.sell_by_woocommerce(settings);
    world
}

fn number(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

/// The shop's sales, by NetSuite's external id.
fn sales(world: &World) -> BTreeMap<String, Value> {
    let all = world.sandbox.woocommerce().orders().into_iter();
    all.filter(|order| !["pending", "cancelled"].contains(&order["status"].as_str().unwrap()))
        .map(|order| (format!("shop-{}", order["id"]), order))
        .collect()
}

fn assert_sold_once(world: &World) {
    let sold = sales(world);
    let mut booked: BTreeMap<String, Decimal> = BTreeMap::new();
    for order in world.sandbox.netsuite().records("salesOrder") {
        let key = order.external_id.clone().unwrap();
        assert!(
            booked.insert(key.clone(), order.number("total")).is_none(),
            "{key} twice"
        );
    }
    assert!(sold.len() > 25, "{}", sold.len());
    for (key, order) in &sold {
        assert_eq!(booked.remove(key), Some(number(&order["total"])), "{key}");
    }
    assert!(booked.is_empty(), "booked, and never sold: {booked:?}");
}

/// Every shipment of an order left its mark there, with its numbers; who has nothing left to be sent is completed.
fn assert_told_once(world: &World) -> usize {
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, order) in sales(world) {
        for meta in order["meta_data"].as_array().unwrap() {
            if meta["key"]
                .as_str()
                .unwrap()
                .starts_with("_causeway_shipment_")
            {
                let numbers = meta["value"]["tracking"].as_array().unwrap();
                let numbers = numbers.iter().map(|one| one.as_str().unwrap().to_owned());
                told.entry(key.clone()).or_default().extend(numbers);
            }
        }
    }
    let mut sent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for shipment in world.sandbox.netsuite().shipments() {
        let key = shipment.order_key.unwrap();
        sent.entry(key)
            .or_default()
            .extend(shipment.tracking_numbers);
    }
    assert!(!sent.is_empty());
    assert_eq!(told, sent);
    sent.len()
}

fn assert_same_levels(world: &World) {
    let netsuite = world.sandbox.netsuite();
    let places = &world.sandbox.catalogue().locations;
    let articles = world.sandbox.woocommerce().articles();
    let mut compared = 0;
    for item in world
        .sandbox
        .catalogue()
        .items
        .iter()
        .filter(|item| !item.is_kit())
    {
        let levels = places
            .iter()
            .filter_map(|place| netsuite.stock(&item.sku, place.netsuite_id));
        let there: Decimal = levels.map(|level| level.available()).sum();
        let article = articles
            .iter()
            .find(|article| article["sku"] == *item.sku)
            .unwrap();
        let there = there.floor().max(Decimal::ZERO).to_string();
        assert_eq!(article["stock_quantity"].to_string(), there, "{}", item.sku);
        compared += 1;
    }
    assert!(compared > 30);
}

async fn whole_line(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)], tracking: &str) {
    let settings = json!({ "fulfilments": { "tracking": tracking } });
    let mut world = shop(platform, rules, &settings).await;
    world.run(Phase::Orders, plans).await;
    world.assert_settled(&[Phase::Orders]).await;
    assert_sold_once(&world);

    world.work_in_the_warehouse();
    world.run(Phase::Shipments, plans).await;
    world.assert_settled(&[Phase::Shipments]).await;
    assert!(assert_told_once(&world) > 10);
    let completed = sales(&world)
        .into_values()
        .filter(|order| order["status"] == "completed");
    assert!(completed.count() > 5);

    world.run(Phase::Stock, plans).await;
    world.run(Phase::Orders, &[]).await;
    world.assert_settled(&[Phase::Orders]).await;
    assert_sold_once(&world);
    world.sandbox.woocommerce().faults().set(Vec::new());
    world.sandbox.netsuite().faults().set(Vec::new());
    world.run_again(Phase::Stock).await;
    world.assert_settled(&[Phase::Stock]).await;
    assert_same_levels(&world);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_shipments_and_stock_agree() {
    whole_line(&Platform::Embedded, &[], &[], "note").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    whole_line(&platform, &[], &[(Cut::AfterSend, 1)], "shipment_tracking").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_die_at_every_step() {
    let plans = [
        (Cut::AfterClaim, 1),
        (Cut::AfterSend, 1),
        (Cut::AfterRecord, 1),
    ];
    whole_line(&Platform::Embedded, &[], &plans, "fulfillments").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave() {
    whole_line(&Platform::Embedded, &mishaps(), &[], "note").await;
}

/// Gives back of every other sale, in NetSuite and in the shop by turns. Returns NetSuite's credits.
fn give_back(world: &World) -> BTreeMap<u64, Decimal> {
    world.clock.pass(Duration::from_secs(90));
    let (shop, netsuite) = (world.sandbox.woocommerce(), world.sandbox.netsuite());
    let (mut credits, mut given) = (BTreeMap::new(), 0);
    for (place, (key, order)) in sales(world).into_iter().enumerate() {
        match place % 3 {
            0 => {
                let booked = netsuite.by_external_id("salesOrder", &key).unwrap();
                let bill = netsuite.bill(booked.id, Bill::Invoice).unwrap();
                if let Some(id) = netsuite.credit(bill, None, "") {
                    let total = netsuite.record("creditMemo", id).unwrap().number("total");
                    credits.insert(id, total);
                }
            }
            1 => given += usize::from(shop.refund(order["id"].as_u64().unwrap(), 0, 1).is_some()),
            _ => {}
        }
    }
    assert!(credits.len() > 7 && given > 7, "{credits:?} {given}");
    credits
}

fn assert_given_back_once(world: &World, credits: &BTreeMap<u64, Decimal>) {
    let mut ours: BTreeMap<String, Decimal> = BTreeMap::new();
    for credit in world.sandbox.netsuite().records("creditMemo") {
        if let Some(key) = credit.external_id.clone() {
            assert!(ours.insert(key, credit.number("total")).is_none());
        }
    }
    let mut carried = BTreeMap::new();
    for refund in world.sandbox.woocommerce().refunds() {
        let amount = number(&refund["amount"]);
        let key = refund["meta_data"].as_array().unwrap().iter();
        let key = key.filter(|meta| meta["key"] == "_causeway_key");
        let mut key =
            key.filter_map(|meta| meta["value"].as_str()?.strip_prefix("netsuite-refund-"));
        if let Some(id) = key.next() {
            let id: u64 = id.parse().unwrap();
            assert!(carried.insert(id, amount).is_none(), "{id} went back twice");
        } else {
            let key = format!("shop-refund-{}", refund["id"]);
            assert_eq!(ours.remove(&key), Some(amount), "{key}");
        }
    }
    assert_eq!(&carried, credits);
    assert!(ours.is_empty(), "credits for nothing: {ours:?}");
}

async fn both_ways(rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = shop(&Platform::Embedded, rules, &json!({})).await;
    world.run(Phase::Orders, &[]).await;
    let credits = give_back(&world);
    for plans in [plans, &[]] {
        world.run(Phase::Credits, plans).await;
        world.clock.pass(Duration::from_secs(90));
        world.run(Phase::Refunds, plans).await;
    }
    let good = [Status::Synced, Status::Unchanged, Status::Skipped];
    for phase in [Phase::Credits, Phase::Refunds] {
        for row in world.records(phase).await {
            assert!(good.contains(&row.status), "{row:?}");
        }
    }
    assert_given_back_once(&world, &credits);
    // What was given back changes its order in the shop, and makes no other sale of it.
    world.run(Phase::Orders, &[]).await;
    world.assert_settled(&[Phase::Orders]).await;
    assert_sold_once(&world);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn either_side_gives_back_what_the_other_does() {
    both_ways(&[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_back_in_trouble_is_given_back_once() {
    both_ways(&mishaps(), &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_called_off_on_either_side_is_off_on_both() {
    let mut world = shop(&Platform::Embedded, &mishaps(), &json!({})).await;
    world.run(Phase::Orders, &[]).await;
    let (site, netsuite) = (world.sandbox.woocommerce(), world.sandbox.netsuite());
    let mut off = BTreeSet::new();
    let mut ways = [0, 0, 0];
    for (place, (key, order)) in sales(&world).into_iter().enumerate() {
        let id = order["id"].as_u64().unwrap();
        let done = match place % 4 {
            0 => netsuite.call_off(netsuite.by_external_id("salesOrder", &key).unwrap().id),
            1 => site.set_status(id, "cancelled"),
            2 => site.set_status(id, "trash"),
            _ => continue,
        };
        assert!(done);
        ways[place % 4] += 1;
        off.insert(id);
    }
    assert!(ways.iter().all(|count| *count > 5), "{ways:?}");
    world.clock.pass(Duration::from_secs(90));
    for phase in [Phase::Cancellations, Phase::Orders, Phase::Cancellations] {
        world.run(phase, &[]).await;
        world.clock.pass(Duration::from_secs(90));
    }
    world
        .assert_settled(&[Phase::Cancellations, Phase::Orders])
        .await;
    for order in world.sandbox.woocommerce().orders() {
        let id = order["id"].as_u64().unwrap();
        let is_off = ["cancelled", "trash"].contains(&order["status"].as_str().unwrap());
        assert_eq!(is_off, off.contains(&id), "{id}: {}", order["status"]);
        let key = format!("shop-{id}");
        if let Some(booked) = world.sandbox.netsuite().by_external_id("salesOrder", &key) {
            assert_eq!(["C", "H"].contains(&booked.status), is_off, "{key}");
        }
    }
    world.finish().await;
}
