//! Past pushes of every kind of record: the configuration of then makes each request anew byte for byte, another one shows where it would send
//! something else. (That nothing differs is asserted at the end of every other scenario, too.)

use std::time::Duration;

use causeway_scenarios::{Phase, Platform, World};
use sandbox::netsuite::{Bill, Price};
use sandbox::shopify::{Edit, Giveback, NewCompany, Restock};
use serde_json::{Value, json};

/// Runs a phase, and compares its requests with those of the configuration of then and of one with another setting: that of this connection
/// at this place.
async fn shows(world: &mut World, phase: Phase, setting: (&str, &str), value: Value) {
    world.clock.pass(Duration::from_secs(90));
    world.run(phase, &[]).await;
    let now = world.remade(phase).await;
    assert!(now.differing.is_empty(), "{phase:?}: {:#?}", now.differing);
    assert!(now.same > 0, "{phase:?}: nothing was written");
    let (connection, place) = setting;
    let changed = world.remade_by(phase, |configuration| {
        let mut at = &mut configuration["connections"][connection]["settings"];
        for name in place.split('.') {
            at = &mut at[name];
        }
        *at = value.clone();
    });
    let changed = changed.await;
    assert!(!changed.differing.is_empty(), "{phase:?}: {place}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people() {
    let mut world = World::new(12, |_| {}).await;
    world.settings("shop")["companies"] = true.into();
    let shop = world.sandbox.shopify().clone();
    shop.put_company(&NewCompany {
        number: 88,
        name: "Acme Inc".to_owned(),
        external_id: None,
        contacts: Vec::new(),
        sites: vec![(
            "Harbour".to_owned(),
            "9 Dock St".to_owned(),
            "Portland".to_owned(),
        )],
        terms: None,
    });
    let subsidiary = ("netsuite", "orders.customer.subsidiary");
    shows(&mut world, Phase::Companies, subsidiary, json!(2)).await;
    shows(&mut world, Phase::Customers, subsidiary, json!(2)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money() {
    let mut world = World::new(30, |_| {}).await;
    world.keep_refunds_apart();
    world.set_orders(&json!({ "payments": { "deposits": true } }));
    let payouts = json!({ "account": 111, "fee_account": 112, "accounts": { "unmatched": 113 } });
    world.setting("netsuite", "payouts", payouts);
    let (shop, netsuite) = (
        world.sandbox.shopify().clone(),
        world.sandbox.netsuite().clone(),
    );
    let methods = ("netsuite", "orders.payments.account");
    shows(&mut world, Phase::Orders, methods, json!(114)).await;
    shop.pay_out(&[], "PAID");
    world.clock.pass(Duration::from_secs(24 * 3600));
    let account = ("netsuite", "payouts.account");
    shows(&mut world, Phase::Payouts, account, json!(115)).await;

    let mut paid = shop.orders().into_iter().filter(|order| {
        let same = order.currency == order.presentment_currency;
        order.financial_status == "PAID" && same && !order.cancelled && !order.test
    });
    let (back, credited) = (paid.next().unwrap(), paid.next().unwrap());
    let sale = |order: &sandbox::shopify::OrderView| {
        let key = causeway_scenarios::order_key(&order.id);
        netsuite.by_external_id("salesOrder", &key).unwrap().id
    };
    netsuite.bill(sale(&back), Bill::CashSale).unwrap();
    let what = Giveback {
        lines: vec![(0, 1)],
        restock: Restock::No,
        ..Giveback::default()
    };
    assert!(shop.refund(&back.id, &what));
    let item = ("netsuite", "refunds.adjustment_item");
    shows(&mut world, Phase::Refunds, item, json!(904)).await;
    let bill = netsuite.bill(sale(&credited), Bill::CashSale).unwrap();
    assert!(netsuite.credit(bill, None, "").is_some());
    let told = ("shop", "givebacks.notify_customer");
    shows(&mut world, Phase::Credits, told, json!(true)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods() {
    let mut world = World::new(30, |options| {
        let fields = ["custitem_web".to_owned()];
        options.netsuite.custom_fields.extend(fields);
    })
    .await;
    let products = json!({ "item_flag": "custitem_web", "first_price": { "currency": "USD", "currency_id": 1 } });
    world.setting("netsuite", "products", products);
    let read = json!({ "lists": { "retail": { "level": 1, "currency": "USD" } } });
    world.setting("netsuite", "prices", read);
    world.setting("shop", "prices", json!({ "variants": "retail" }));
    world.setting("shop", "products", json!({ "new_products": "active" }));
    let netsuite = world.sandbox.netsuite().clone();
    world.run(Phase::Orders, &[]).await;
    assert!(netsuite.call_off(netsuite.records("salesOrder")[0].id));
    let told = ("shop", "cancellations.notify_customer");
    shows(&mut world, Phase::Cancellations, told, json!(true)).await;
    world.work_in_the_warehouse();
    let told = ("shop", "notify_customer");
    shows(&mut world, Phase::Shipments, told, json!(false)).await;
    let places = world.sandbox.catalogue().locations.iter();
    let elsewhere: serde_json::Map<String, Value> = places
        .map(|place| {
            (
                place.netsuite_id.to_string(),
                format!("9{}", place.shopify_id).into(),
            )
        })
        .collect();
    shows(
        &mut world,
        Phase::Stock,
        ("shop", "locations"),
        elsewhere.into(),
    )
    .await;
    let mug = json!({ "itemId": "MUG", "displayName": "Mug", "custitem_web": true,
        "price": { "items": [{ "currencyPage": { "id": "1" }, "priceLevel": { "id": "1" }, "quantity": 1, "price": 9.5 }] } });
    netsuite
        .add_item("inventoryItem", mug.as_object().unwrap())
        .unwrap();
    let status = ("shop", "products.new_products");
    shows(&mut world, Phase::Products, status, json!("draft")).await;
    let price = Price {
        level: 1,
        currency: "USD",
        quantity: 1,
        amount: Some("12.34".parse().unwrap()),
    };
    let sku = &world.sandbox.catalogue().items[0].sku;
    assert!(netsuite.set_price(sku, price));
    let compare_at = ("shop", "prices.compare_at");
    shows(&mut world, Phase::Prices, compare_at, json!(false)).await;
    world.finish().await;
}

/// Every push of an order that was edited three times, under other settings each time, is made anew, and one that is planted among them is found.
async fn every_version(mut world: World) {
    world.run(Phase::Orders, &[]).await;
    let shop = world.sandbox.shopify().clone();
    let order = shop.orders().into_iter().find(|order| {
        !order.cancelled && !order.test && order.currency == order.presentment_currency
    });
    let order = order.unwrap();
    for (round, units) in [10, 20, 30].into_iter().enumerate() {
        world.set_orders(&json!({ "location": 1 + round % 2 }));
        world.clock.pass(Duration::from_secs(90));
        assert!(shop.edit_order(&order.id, &Edit::Quantity { line: 0, units }));
        let mut items = world.sandbox.catalogue().items.iter().skip(round);
        assert!(items.any(|item| {
            let sku = item.sku.clone();
            shop.edit_order(&order.id, &Edit::Add { sku, units: 1 })
        }));
        world.run(Phase::Orders, &[]).await;
    }
    let versions = world.versions_pushed(Phase::Orders, &order.name).await;
    assert_eq!(versions, 4, "the order as it was placed, and each edit");
    let now = world.remade(Phase::Orders).await;
    assert!(now.differing.is_empty(), "{:#?}", now.differing);

    // One that an early version is said to have sent, and could not have.
    world.plant_a_push(Phase::Orders, &order.name).await;
    let now = world.remade(Phase::Orders).await;
    assert_eq!(now.differing.len(), 1, "{:#?}", now.differing);
    assert!(
        now.differing[0].contains(&order.name),
        "{:#?}",
        now.differing
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_of_an_order() {
    every_version(World::new(12, |_| {}).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_of_an_order_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    every_version(World::on(&platform, 12, |_| {}).await).await;
}
