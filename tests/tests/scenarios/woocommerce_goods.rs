//! A WooCommerce shop's articles: what NetSuite offers is one product there, with its variations, and asks what NetSuite's price level says, whatever
//! dies, fails or comes twice.

use std::collections::BTreeMap;
use std::time::Duration;

use causeway_scenarios::{Cut, DEATHS, Phase, Platform, World, mishaps};
use rust_decimal::Decimal;
use sandbox::Rule;
use sandbox::netsuite::Price;
use serde_json::{Value, json};

const GOODS: [Phase; 2] = [Phase::Products, Phase::Prices];

async fn shop(platform: &Platform, rules: &[Rule]) -> World {
    let mut world = World::on(platform, 0, |options| {
        options.netsuite.faults = rules.to_vec();
        options.woocommerce.faults = rules.to_vec();
        let fields = ["custitem_web", "custitem_category", "custitem_size"];
        let fields = fields.map(str::to_owned);
        options.netsuite.custom_fields.extend(fields);
    })
    .await;
    let settings = json!({ "products": { "new": "publish" }, "prices": { "list": "retail" } });
    world.sell_by_woocommerce(&settings);
    let products = json!({ "item_flag": "custitem_web", "categories": "custitem_category",
        "options": [{ "field": "custitem_size", "name": "Size" }],
        "first_price": { "currency": "USD", "currency_id": 1 } });
    world.setting("netsuite", "products", products);
    let prices = json!({ "lists": { "retail": { "level": 1, "currency": "USD" } } });
    world.setting("netsuite", "prices", prices);
    world
}

fn add(world: &World, fields: &Value) -> u64 {
    let netsuite = world.sandbox.netsuite();
    let fields = fields.as_object().unwrap();
    netsuite.add_item("inventoryItem", fields).unwrap()
}

fn edit(world: &World, sku: &str, changes: &Value) {
    let netsuite = world.sandbox.netsuite();
    assert!(netsuite.edit_item(sku, changes.as_object().unwrap()));
}

/// What an article costs at first.
fn first(price: &str) -> Value {
    let price: Value = serde_json::from_str(price).unwrap();
    json!({ "items": [{ "currencyPage": { "id": "1" }, "priceLevel": { "id": "1" }, "quantity": 1, "price": price }] })
}

fn variation(world: &World, parent: u64, size: &str) {
    let sku = format!("TEE-{size}");
    let fields = json!({ "itemId": sku, "displayName": sku, "matrixType": "CHILD", "parent": { "id": parent.to_string() },
        "custitem_size": { "id": "2", "refName": size }, "price": first("25") });
    add(world, &fields);
}

/// What the catalogue's articles cost in a round.
fn asked(world: &World, round: i64) -> Vec<(String, Decimal)> {
    let items = world.sandbox.catalogue().items.iter().zip(1000..);
    let asked = |(item, cents): (&sandbox::Item, i64)| {
        (item.sku.clone(), Decimal::new(cents + 100 * round, 2))
    };
    items.map(asked).collect()
}

fn reprice(world: &World, round: i64) {
    for (sku, amount) in asked(world, round) {
        let price = Price {
            level: 1,
            currency: "USD",
            quantity: 1,
            amount: Some(amount),
        };
        assert!(world.sandbox.netsuite().set_price(&sku, price), "{sku}");
    }
}

fn assert_priced(world: &World, round: i64) {
    let shown = articles(world);
    for (sku, amount) in asked(world, round) {
        assert_eq!(shown[&sku]["regular_price"], amount.to_string(), "{sku}");
    }
}

/// The site's articles by SKU; each is there once.
fn articles(world: &World) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for article in world.sandbox.woocommerce().articles() {
        let sku = article["sku"].as_str().unwrap().to_owned();
        if !sku.is_empty() {
            assert_eq!(all.insert(sku.clone(), article), None, "{sku} twice");
        }
    }
    all
}

async fn carry_over(world: &mut World, plans: &[(Cut, usize)]) {
    for phase in GOODS {
        // Time for all prices to be read again, and then for those of what is new.
        world.clock.pass(Duration::from_secs(7 * 3600));
        world.run(phase, plans).await;
        world.clock.pass(Duration::from_secs(7 * 3600));
        world.run(phase, &[]).await;
    }
    world.assert_settled(&GOODS).await;
}

async fn goods_arrive(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = shop(platform, rules).await;
    let before = articles(&world).len();
    let clothes = json!({ "id": "3", "refName": "Clothes" });
    let tee = add(
        &world,
        &json!({ "itemId": "TEE", "displayName": "Linen tee", "matrixType": "PARENT", "custitem_web": true,
            "custitem_category": clothes }),
    );
    for size in ["S", "M"] {
        variation(&world, tee, size);
    }
    for number in 0..12 {
        let sku = format!("POT-{number}");
        let fields = json!({ "itemId": sku, "displayName": format!("Pot {number}"), "custitem_web": true, "price": first("9.5") });
        add(&world, &fields);
    }
    reprice(&world, 1);
    carry_over(&mut world, plans).await;
    let shown = articles(&world);
    assert_eq!(shown.len(), before + 15);
    let parent = &shown["TEE"];
    assert_eq!(parent["type"], "variable");
    assert_eq!(parent["categories"][0]["name"], "Clothes");
    for size in ["S", "M"] {
        let article = &shown[&format!("TEE-{size}")];
        assert_eq!(article["parent_id"], parent["id"]);
        assert_eq!(article["regular_price"], "25.00");
    }
    for number in 0..12 {
        let article = &shown[&format!("POT-{number}")];
        assert_eq!(article["name"], format!("Pot {number}"));
        assert_eq!(article["regular_price"], "9.50", "{article}");
    }
    assert_priced(&world, 1);

    edit(&world, "POT-3", &json!({ "displayName": "Flower pot" }));
    variation(&world, tee, "L");
    reprice(&world, 2);
    carry_over(&mut world, plans).await;
    let shown = articles(&world);
    assert_eq!(shown.len(), before + 16);
    assert_eq!(shown["POT-3"]["name"], "Flower pot");
    assert_eq!(shown["TEE-L"]["parent_id"], shown["TEE"]["id"]);
    assert_priced(&world, 2);
    // How many depends on how large the batches were whose answers the deaths took along: of those there is nothing to make anew.
    for phase in GOODS {
        let remade = world.remade(phase).await;
        assert!(remade.same > 0, "{phase:?}: {remade:?}");
    }
    world.assert_repeat_writes_nothing(&GOODS).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_and_prices_reach_the_site() {
    goods_arrive(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    goods_arrive(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_die_and_both_sides_misbehave() {
    goods_arrive(&Platform::Embedded, &mishaps(), &DEATHS[1]).await;
}
