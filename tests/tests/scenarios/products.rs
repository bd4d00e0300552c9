//! Whatever dies, fails or comes twice: what NetSuite offers is one product in the shop, as NetSuite has it, and what the shop's people
//! did to it stays.

use std::time::Duration;

use causeway_scenarios::{Cut, DEATHS, Phase, Platform, World, mishaps, writes};
use ports::ledger::Difference;
use sandbox::Rule;
use sandbox::shopify::{ProductEdit, ProductView};
use serde_json::{Value, json};

const FIELDS: [&str; 6] = [
    "custitem_web",
    "custitem_html",
    "custitem_category",
    "custitem_image",
    "custitem_colour",
    "custitem_size",
];

async fn world(platform: &Platform, rules: &[Rule]) -> World {
    let mut world = World::on(platform, 0, |options| {
        options
            .netsuite
            .custom_fields
            .extend(FIELDS.map(str::to_owned));
        options.netsuite.faults = rules.to_vec();
        options.shopify.faults = rules.to_vec();
    })
    .await;
    let connections = &mut world.configuration_mut()["connections"];
    connections["netsuite"]["settings"]["products"] = json!({
        "item_flag": "custitem_web",
        "description": "custitem_html",
        "categories": "custitem_category",
        "images": ["custitem_image"],
        "options": [{ "field": "custitem_colour", "name": "Colour" }, { "field": "custitem_size", "name": "Size" }],
        "first_price": { "currency": "USD", "currency_id": 1 },
    });
    connections["shop"]["settings"]["products"] = json!({
        "new_products": "active",
        "publish_to": ["Online Store"],
        "collections": { "Clothes": "510000000001" },
    });
    world
}

fn add(world: &World, fields: Value) -> u64 {
    let netsuite = world.sandbox.netsuite();
    let fields = fields.as_object().unwrap();
    netsuite.add_item("inventoryItem", fields).unwrap()
}

fn edit(world: &World, sku: &str, changes: Value) {
    let netsuite = world.sandbox.netsuite();
    assert!(
        netsuite.edit_item(sku, changes.as_object().unwrap()),
        "{sku}"
    );
}

fn child(world: &World, parent: u64, sku: &str, colour: &str, size: &str) {
    add(
        world,
        json!({ "itemId": sku, "displayName": sku, "matrixType": "CHILD", "parent": { "id": parent.to_string() },
            "upcCode": format!("{sku}-upc"), "weight": 250, "weightUnit": "4",
            "custitem_colour": { "id": "1", "refName": colour }, "custitem_size": { "id": "2", "refName": size },
            "price": { "items": [{ "currencyPage": { "id": "1" }, "priceLevel": { "id": "1" }, "quantity": 1, "price": 25 }] } }),
    );
}

/// A single item, a matrix item with two options, several more, and one that the shop sells already.
fn stock_up(world: &World) -> u64 {
    add(
        world,
        json!({ "itemId": "MUG", "displayName": "Mug", "custitem_web": true, "custitem_image": "https://x.example/mug.jpg",
            "price": { "items": [{ "currencyPage": { "id": "1" }, "priceLevel": { "id": "1" }, "quantity": 1, "price": 9.5 }] } }),
    );
    let tee = add(
        world,
        json!({ "itemId": "TEE", "displayName": "Linen tee", "matrixType": "PARENT", "custitem_web": true,
            "custitem_category": { "id": "3", "refName": "Clothes" }, "custitem_image": "https://x.example/tee.jpg" }),
    );
    child(world, tee, "TEE-R-S", "Red", "S");
    child(world, tee, "TEE-R-M", "Red", "M");
    child(world, tee, "TEE-B-S", "Blue", "S");
    for number in 0..25 {
        let fields = json!({ "itemId": format!("POT-{number}"), "displayName": format!("Pot {number}"), "custitem_web": true });
        add(world, fields);
    }
    // One that is not offered, and never was.
    let fields = json!({ "itemId": "HIDDEN", "displayName": "Hidden", "custitem_web": false });
    add(world, fields);
    let sold = &world.sandbox.catalogue().items[0].sku;
    edit(
        world,
        sold,
        json!({ "custitem_web": true, "custitem_html": "<p>From NetSuite</p>" }),
    );
    tee
}

fn shown(world: &World, sku: &str) -> ProductView {
    let has = |product: &ProductView| product.variants.iter().any(|one| one.sku == sku);
    let mut all = world.sandbox.shopify().products();
    all.retain(has);
    assert_eq!(all.len(), 1, "{sku}: {all:?}");
    all.remove(0)
}

fn skus(product: &ProductView) -> Vec<&str> {
    product
        .variants
        .iter()
        .map(|one| one.sku.as_str())
        .collect()
}

async fn carried_over(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = world(platform, rules).await;
    let before = world.sandbox.shopify().products().len();
    let tee = stock_up(&world);
    world.run(Phase::Products, plans).await;
    world.assert_settled(&[Phase::Products]).await;
    let hidden = world.records(Phase::Products).await;
    let hidden = hidden.iter().filter(|row| row.status.as_str() == "skipped");
    let hidden: Vec<&str> = hidden.map(|row| row.number.as_str()).collect();
    assert_eq!(hidden, ["HIDDEN"]);
    // 27 new ones; the catalogue's was there before.
    assert_eq!(world.sandbox.shopify().products().len(), before + 27);
    let mug = shown(&world, "MUG");
    assert_eq!((mug.title.as_str(), mug.status.as_str()), ("Mug", "ACTIVE"));
    assert_eq!(mug.channels, ["Online Store"]);
    let shirt = shown(&world, "TEE-R-S");
    assert_eq!(shirt.options, ["Colour", "Size"]);
    assert_eq!(skus(&shirt), ["TEE-R-S", "TEE-R-M", "TEE-B-S"]);
    assert_eq!(shirt.variants[2].values, ["Blue", "S"]);
    assert_eq!(shirt.collections, ["Home"]);
    assert_eq!(shown(&world, "POT-7").status, "DRAFT", "it has no price");
    let sold = world.sandbox.catalogue().items[0].sku.clone();
    assert_eq!(shown(&world, &sold).description, "<p>From NetSuite</p>");

    // People work on both sides.
    world.clock.pass(Duration::from_secs(900));
    let clerk = world.sandbox.shopify();
    assert!(clerk.edit_product(
        &mug.id,
        ProductEdit::Description("<p>By hand</p>".to_owned())
    ));
    assert!(clerk.edit_product(&shirt.id, ProductEdit::Tag("staff pick".to_owned())));
    edit(&world, "MUG", json!({ "displayName": "Big mug" }));
    child(&world, tee, "TEE-B-M", "Blue", "M");
    edit(&world, "TEE-R-M", json!({ "isInactive": true }));
    edit(
        &world,
        "TEE",
        json!({ "custitem_image": "https://x.example/tee-2.jpg" }),
    );
    edit(&world, "POT-3", json!({ "custitem_web": false }));
    edit(&world, &sold, json!({ "isInactive": true }));
    world.run(Phase::Products, plans).await;
    world.assert_settled(&[Phase::Products]).await;
    let mug = shown(&world, "MUG");
    assert_eq!(
        (mug.title.as_str(), mug.description.as_str()),
        ("Big mug", "<p>By hand</p>")
    );
    let shirt = shown(&world, "TEE-R-S");
    assert_eq!(skus(&shirt), ["TEE-R-S", "TEE-B-S", "TEE-B-M"]);
    assert_eq!(shirt.pictures, ["https://x.example/tee-2.jpg"]);
    assert_eq!(shirt.tags, ["staff pick"]);
    assert_eq!(shown(&world, "POT-3").status, "DRAFT");
    assert_eq!(shown(&world, &sold).status, "DRAFT");
    assert_eq!(world.sandbox.shopify().products().len(), before + 27);

    // Once more, all of it: nothing is left to write.
    world.sandbox.shopify().faults().set(Vec::new());
    world.sandbox.netsuite().faults().set(Vec::new());
    let written = writes(&world.sandbox);
    let fetched = world.sandbox.shopify().fetched_pictures().len();
    world.run_again(Phase::Products).await;
    world.assert_settled(&[Phase::Products]).await;
    assert_eq!(writes(&world.sandbox), written);
    assert_eq!(world.sandbox.shopify().fetched_pictures().len(), fetched);

    // The shop holds all of it, until somebody changes it.
    world.clock.pass(Duration::from_secs(3600));
    assert_eq!(world.inspect(Phase::Products).await, []);
    let pot = shown(&world, "POT-7");
    let clerk = world.sandbox.shopify();
    assert!(clerk.edit_product(&pot.id, ProductEdit::Title("Jar".to_owned())));
    // What changed there a moment ago is left to the source to answer.
    world.clock.pass(Duration::from_secs(3600));
    let found = world.inspect(Phase::Products).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let what = "other there: title".to_owned();
    assert_eq!(found[0].1, Difference::Content { what });
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_netsuite_offers_is_in_the_shop_once() {
    carried_over(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    carried_over(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_die_at_every_step() {
    for plans in DEATHS {
        carried_over(&Platform::Embedded, &[], &plans).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave() {
    carried_over(&Platform::Embedded, &mishaps(), &[]).await;
}
