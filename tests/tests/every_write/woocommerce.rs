//! What is written to a WooCommerce site.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use causeway_scenarios::{Phase, Platform, World};
use rust_decimal::Decimal;
use sandbox::netsuite::Bill;
use serde_json::{Value, json};

use super::Row;
use super::goods::{count, levels, others, prices, reprice, ship};

async fn site(platform: &Platform, orders: u32, settings: &Value) -> World {
    let mut world = World::on(platform, 0, |options| {
        options.woocommerce.fulfillments = true;
        options.woocommerce.orders = orders;
        let fields = ["custitem_web", "custitem_category", "custitem_image"];
        let fields = fields.map(str::to_owned);
        options.netsuite.custom_fields.extend(fields);
    })
    .await;
    world.sell_by_woocommerce(settings);
    world
}

async fn sold(platform: &Platform, orders: u32, settings: &Value) -> World {
    let mut world = site(platform, orders, settings).await;
    world.run(Phase::Orders, &[]).await;
    world
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// Sales of the site that nothing has happened to, with what they are in NetSuite.
fn open(world: &World) -> impl Iterator<Item = (u64, u64)> {
    let orders = world.sandbox.woocommerce().orders().into_iter();
    let untouched = orders.filter(|order| {
        let refunds = order["refunds"].as_array().is_none_or(Vec::is_empty);
        refunds && ["processing", "completed"].contains(&text(order, "status"))
    });
    let booked = untouched.filter_map(|order| {
        let id = order["id"].as_u64().unwrap();
        let key = format!("shop-{id}");
        let booked = world
            .sandbox
            .netsuite()
            .by_external_id("salesOrder", &key)?;
        (booked.status == "B").then_some((id, booked.id))
    });
    booked.collect::<Vec<_>>().into_iter()
}

/// Shipments whose numbers the site's orders do not bear, or bear otherwise than once in what the buyer sees.
fn half_told(world: &World, tracking: &str) -> Vec<String> {
    let site = world.sandbox.woocommerce();
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut differences = Vec::new();
    for order in site.orders() {
        let key = format!("shop-{}", order["id"]);
        let notes = site.notes(order["id"].as_u64().unwrap()).join("\n");
        for meta in order["meta_data"].as_array().unwrap() {
            let Some(delivery) = text(meta, "key").strip_prefix("_causeway_shipment_") else {
                continue;
            };
            let numbers = meta["value"]["tracking"].as_array().unwrap();
            let numbers = numbers.iter().map(|one| one.as_str().unwrap().to_owned());
            told.entry(key.clone()).or_default().extend(numbers);
            let times = notes.matches(&format!("[{delivery} ")).count();
            if tracking == "note" && times != 1 {
                differences.push(format!("{key}: {delivery} is told {times} times"));
            }
        }
    }
    let mut sent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for shipment in world.sandbox.netsuite().shipments() {
        let numbers = sent.entry(shipment.order_key.unwrap()).or_default();
        numbers.extend(shipment.tracking_numbers);
    }
    if told != sent {
        differences.push(format!("{told:?} told, {sent:?} sent"));
    }
    differences
}

async fn a_shipment(
    platform: &Platform,
    tracking: &str,
    differences: fn(&World, usize) -> Vec<String>,
) -> (Row, World) {
    let settings = json!({ "fulfilments": { "tracking": tracking } });
    let world = sold(platform, 200, &settings).await;
    let row = Row::new(Phase::Shipments, ship, differences);
    (row, world)
}

pub(super) async fn a_shipment_by_a_note(platform: &Platform) -> (Row, World) {
    a_shipment(platform, "note", |world, _| half_told(world, "note")).await
}

pub(super) async fn a_shipment_by_the_plugins(platform: &Platform) -> (Row, World) {
    a_shipment(platform, "shipment_tracking", |world, _| {
        half_told(world, "plugins")
    })
    .await
}

pub(super) async fn a_shipment_by_a_fulfilment(platform: &Platform) -> (Row, World) {
    a_shipment(platform, "fulfillments", |world, _| half_told(world, "own")).await
}

fn article(world: &World, sku: &str) -> Value {
    let all = world.sandbox.woocommerce().articles().into_iter();
    let mut of = all.filter(|article| article["sku"] == sku);
    of.next().unwrap()
}

/// The first two articles where the site shows other levels than all of NetSuite's places together.
fn other_levels(world: &World, _: usize) -> Vec<String> {
    let shown = |sku: &str| {
        article(world, sku)["stock_quantity"]
            .as_i64()
            .unwrap()
            .into()
    };
    others(levels(world), shown)
}

pub(super) async fn a_level_of_the_site(platform: &Platform) -> (Row, World) {
    let mut world = site(platform, 0, &json!({})).await;
    world.run(Phase::Stock, &[]).await;
    let row = Row::new(Phase::Stock, count, other_levels);
    (row, world)
}

fn other_prices(world: &World, round: usize) -> Vec<String> {
    let shown = |sku: &str| text(&article(world, sku), "regular_price").parse().unwrap();
    others(prices(world, round), shown)
}

pub(super) async fn a_price_of_the_site(platform: &Platform) -> (Row, World) {
    let mut world = site(platform, 0, &json!({ "prices": { "list": "retail" } })).await;
    let retail = json!({ "lists": { "retail": { "level": 1, "currency": "USD" } } });
    world.setting("netsuite", "prices", retail);
    world.run(Phase::Prices, &[]).await;
    let row = Row {
        told_after: Duration::from_secs(7 * 3600),
        ..Row::new(Phase::Prices, reprice, other_prices)
    };
    (row, world)
}

/// New articles each time, and another name for one that was new before.
fn offer(world: &World, round: usize) {
    let netsuite = world.sandbox.netsuite();
    let add = |fields: Value| {
        let added = netsuite.add_item("inventoryItem", fields.as_object().unwrap());
        added.unwrap()
    };
    for number in 0..2 {
        let sku = format!("NEW-{round}-{number}");
        let image = format!("https://x.example/{sku}.jpg");
        add(
            json!({ "itemId": sku, "displayName": sku, "custitem_web": true,
            "custitem_category": { "id": "3", "refName": "Clothes" }, "custitem_image": image }),
        );
    }
    if let Some(before) = round.checked_sub(1).filter(|before| *before > 0) {
        let name = json!({ "displayName": format!("renamed in {round}") });
        let sku = format!("NEW-{before}-0");
        assert!(netsuite.edit_item(&sku, name.as_object().unwrap()));
    }
}

/// New articles that are not one product each, as NetSuite has them.
fn other_products(world: &World, _: usize) -> Vec<String> {
    let articles = world.sandbox.woocommerce().articles();
    let mut differences = Vec::new();
    for item in world.sandbox.netsuite().records("inventoryItem") {
        let sku = item.text("itemId").unwrap();
        if !sku.starts_with("NEW-") {
            continue;
        }
        let of = articles.iter().filter(|article| article["sku"] == *sku);
        let shown: Vec<_> = of
            .map(|one| {
                let pictures = one["images"].as_array().map_or(0, Vec::len);
                (
                    text(one, "name"),
                    text(&one["categories"][0], "name"),
                    pictures,
                )
            })
            .collect();
        let wanted = (item.text("displayName").unwrap(), "Clothes", 1);
        if shown != [wanted] {
            differences.push(format!("{sku}: {shown:?} instead of {wanted:?}"));
        }
    }
    differences
}

pub(super) async fn a_product_of_the_site(platform: &Platform) -> (Row, World) {
    let mut world = site(platform, 0, &json!({ "products": { "new": "publish" } })).await;
    let fields = json!({ "item_flag": "custitem_web", "categories": "custitem_category", "images": ["custitem_image"] });
    world.setting("netsuite", "products", fields);
    let row = Row::new(Phase::Products, offer, other_products);
    (row, world)
}

fn credit(world: &World, _: usize) {
    let netsuite = world.sandbox.netsuite();
    let mut credited = 0;
    for (_, booked) in open(world) {
        let bill = netsuite.bill(booked, Bill::Invoice).unwrap();
        credited += usize::from(netsuite.credit(bill, None, "").is_some());
        if credited == 2 {
            return;
        }
    }
    panic!("there are no more orders to credit");
}

/// Credits that are not one refund of that amount in the site.
fn half_given_back(world: &World, _: usize) -> Vec<String> {
    let mut given: BTreeMap<u64, Vec<Decimal>> = BTreeMap::new();
    for refund in world.sandbox.woocommerce().refunds() {
        let (_, id) = text(&refund, "reason")
            .rsplit_once("[netsuite-refund-")
            .unwrap();
        let of = given.entry(id.trim_end_matches(']').parse().unwrap());
        of.or_default()
            .push(text(&refund, "amount").parse().unwrap());
    }
    let credits = world.sandbox.netsuite().records("creditMemo").into_iter();
    let credits = credits.map(|one| (one.id, vec![one.number("total")]));
    let credits: BTreeMap<u64, Vec<Decimal>> = credits.collect();
    if credits == given {
        return Vec::new();
    }
    vec![format!("{credits:?} credited, {given:?} given back")]
}

pub(super) async fn a_refund_of_the_site(platform: &Platform) -> (Row, World) {
    let row = Row::new(Phase::Credits, credit, half_given_back);
    (row, sold(platform, 160, &json!({})).await)
}

fn call_off(world: &World, _: usize) {
    let netsuite = world.sandbox.netsuite();
    let off = open(world).filter(|(_, booked)| netsuite.call_off(*booked));
    assert_eq!(
        off.take(2).count(),
        2,
        "there are no more orders to call off"
    );
}

/// Orders that are called off on one side only.
fn half_called_off(world: &World, _: usize) -> Vec<String> {
    let mut differences = Vec::new();
    for order in world.sandbox.woocommerce().orders() {
        let key = format!("shop-{}", order["id"]);
        let Some(booked) = world.sandbox.netsuite().by_external_id("salesOrder", &key) else {
            continue;
        };
        if ["C", "H"].contains(&booked.status) != (order["status"] == "cancelled") {
            differences.push(format!("{key}: {} and {}", booked.status, order["status"]));
        }
    }
    differences
}

pub(super) async fn a_cancellation_of_the_site(platform: &Platform) -> (Row, World) {
    let row = Row::new(Phase::Cancellations, call_off, half_called_off);
    (row, sold(platform, 160, &json!({})).await)
}
