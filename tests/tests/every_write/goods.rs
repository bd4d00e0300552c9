//! Shipments, stock levels, prices and products.

use std::time::Duration;

use causeway_scenarios::{Phase, Platform, World, shipments, stock};
use rust_decimal::Decimal;
use sandbox::netsuite::{Price, Shift};
use serde_json::json;

use super::Row;

pub(crate) fn ship(world: &World, _: usize) {
    let shift = Shift {
        orders: 4,
        partial: 50,
        ..Shift::default()
    };
    let mut shipped = 0;
    while shipped < 2 {
        shipped += world.sandbox.netsuite().ship_pending(shift).len();
    }
}

pub(super) async fn a_shipment(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 90, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    let row = Row::new(Phase::Shipments, ship, |world, _| shipments(&world.sandbox));
    (row, world)
}

pub(crate) fn count(world: &World, round: usize) {
    for item in &world.sandbox.catalogue().items[..2] {
        let units = Decimal::from(100 + round);
        assert!(world.sandbox.netsuite().set_on_hand(&item.sku, 1, units));
    }
}

pub(super) async fn a_stock_level(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 0, |_| {}).await;
    world.run(Phase::Stock, &[]).await;
    let row = Row::new(Phase::Stock, count, |world, _| stock(&world.sandbox));
    (row, world)
}

/// What the first two articles cost in a round.
pub(crate) fn prices(world: &World, round: usize) -> [(&str, Decimal); 2] {
    let items = &world.sandbox.catalogue().items;
    let cents = |place: usize| i64::try_from(1000 * (place + 1) + round).unwrap();
    [0, 1].map(|place| (items[place].sku.as_str(), Decimal::new(cents(place), 2)))
}

pub(crate) fn reprice(world: &World, round: usize) {
    for (sku, amount) in prices(world, round) {
        let price = Price {
            level: 1,
            currency: "USD",
            quantity: 1,
            amount: Some(amount),
        };
        assert!(world.sandbox.netsuite().set_price(sku, price));
    }
}

/// Articles of which something else is shown than NetSuite has.
pub(crate) fn others<'a>(
    has: impl IntoIterator<Item = (&'a str, Decimal)>,
    shown: impl Fn(&str) -> Decimal,
) -> Vec<String> {
    has.into_iter()
        .map(|(sku, has)| (sku, has, shown(sku)))
        .filter(|(_, has, shown)| has != shown)
        .map(|(sku, has, shown)| format!("{sku}: {has} in NetSuite, {shown} in the shop"))
        .collect()
}

/// What may be sold of the first two articles, of all of NetSuite's places together.
pub(crate) fn levels(world: &World) -> [(&str, Decimal); 2] {
    let (netsuite, catalogue) = (world.sandbox.netsuite(), world.sandbox.catalogue());
    [0, 1].map(|place| {
        let sku = catalogue.items[place].sku.as_str();
        let places = catalogue.locations.iter();
        let levels = places.filter_map(|place| netsuite.stock(sku, place.netsuite_id));
        let sum: Decimal = levels.map(|level| level.available()).sum();
        (sku, sum.floor().max(Decimal::ZERO))
    })
}

/// Articles whose variants do not ask what NetSuite asks.
fn other_prices(world: &World, round: usize) -> Vec<String> {
    let shop = world.sandbox.shopify();
    let shown = |sku: &str| shop.price(sku).unwrap().price.parse().unwrap();
    others(prices(world, round), shown)
}

pub(super) async fn a_price(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 0, |_| {}).await;
    let retail = json!({ "lists": { "retail": { "level": 1, "currency": "USD" } } });
    world.setting("netsuite", "prices", retail);
    world.setting("shop", "prices", json!({ "variants": "retail" }));
    world.run(Phase::Prices, &[]).await;
    let row = Row {
        told_after: Duration::from_secs(7 * 3600),
        ..Row::new(Phase::Prices, reprice, other_prices)
    };
    (row, world)
}

/// A new article each time, and another name for each that was new before.
fn offer(world: &World, round: usize) {
    let netsuite = world.sandbox.netsuite();
    for number in 0..2 {
        let sku = format!("NEW-{round}-{number}");
        let fields = json!({ "itemId": sku, "displayName": sku, "custitem_web": true,
            "custitem_category": { "id": "3", "refName": "Clothes" },
            "custitem_image": format!("https://x.example/{sku}.jpg") });
        netsuite
            .add_item("inventoryItem", fields.as_object().unwrap())
            .unwrap();
    }
    if let Some(before) = round.checked_sub(1).filter(|before| *before > 0) {
        let name = json!({ "displayName": format!("renamed in {round}") });
        let sku = format!("NEW-{before}-0");
        assert!(netsuite.edit_item(&sku, name.as_object().unwrap()));
    }
}

/// Articles that are not one product each, as NetSuite has it.
fn other_products(world: &World, _: usize) -> Vec<String> {
    let products = world.sandbox.shopify().products();
    let mut differences = Vec::new();
    for item in world.sandbox.netsuite().records("inventoryItem") {
        let sku = item.text("itemId").unwrap();
        if !sku.starts_with("NEW-") {
            continue;
        }
        let of = products
            .iter()
            .filter(|product| product.variants.iter().any(|variant| variant.sku == sku));
        let shown: Vec<_> = of
            .map(|one| {
                (
                    one.title.as_str(),
                    &one.channels[..],
                    &one.collections[..],
                    one.pictures.len(),
                )
            })
            .collect();
        let (channels, collections) = (["Online Store".to_owned()], ["Home".to_owned()]);
        let wanted = (
            item.text("displayName").unwrap(),
            &channels[..],
            &collections[..],
            1,
        );
        if shown != [wanted] {
            differences.push(format!("{sku}: {shown:?} instead of {wanted:?}"));
        }
    }
    differences
}

pub(super) async fn a_product(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 0, |options| {
        let fields = ["custitem_web", "custitem_category", "custitem_image"];
        let fields = fields.map(str::to_owned);
        options.netsuite.custom_fields.extend(fields);
    })
    .await;
    let fields = json!({ "item_flag": "custitem_web", "categories": "custitem_category", "images": ["custitem_image"] });
    world.setting("netsuite", "products", fields);
    world.setting(
        "shop",
        "products",
        json!({ "new_products": "active", "publish_to": ["Online Store"], "collections": { "Clothes": "510000000001" } }),
    );
    let row = Row::new(Phase::Products, offer, other_products);
    (row, world)
}
