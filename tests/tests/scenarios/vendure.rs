//! A shop on a Vendure server that really runs, and NetSuite: what is sold, sent, given back, called off and counted on either side is so on the
//! other, once, though answers are lost on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, VendureShop, World};
use rust_decimal::Decimal;
use sandbox::netsuite::Bill;
use serde_json::{Value, json};

/// Orders that are placed.
const ORDERS: usize = 8;

fn amount(units: &Value) -> Decimal {
    Decimal::new(units.as_i64().unwrap(), 2)
}

fn key(order: &str) -> String {
    format!("shop-{order}")
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Sells some of the first articles, a few units each.
async fn sell(world: &World, shop: &VendureShop) -> Vec<String> {
    let plain = world.sandbox.catalogue().items.iter();
    let skus: Vec<&str> = plain
        .filter(|item| !item.is_kit())
        .map(|item| item.sku.as_str())
        .collect();
    let mut orders = Vec::new();
    for place in 0..ORDERS {
        let units = u32::try_from(place % 3 + 1).unwrap();
        orders.push(
            shop.buy(&[(skus[place], units), (skus[place + 1], 2)])
                .await,
        );
    }
    orders
}

async fn assert_sold_once(world: &World, shop: &VendureShop) {
    let booked = world.sandbox.netsuite().records("salesOrder");
    let booked: BTreeMap<String, Decimal> = booked
        .iter()
        .map(|order| (order.external_id.clone().unwrap(), order.number("total")))
        .collect();
    let sold = shop.orders().await;
    assert_eq!(
        booked.len(),
        world.sandbox.netsuite().records("salesOrder").len()
    );
    assert_eq!(booked.len(), sold.len());
    for (id, order) in &sold {
        assert_eq!(booked[&key(id)], amount(&order["totalWithTax"]), "{id}");
    }
}

async fn assert_told_once(world: &World, shop: &VendureShop) {
    let mut sent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for shipment in world.sandbox.netsuite().shipments() {
        let numbers = shipment.tracking_numbers.join(", ");
        sent.entry(shipment.order_key.unwrap())
            .or_default()
            .insert(numbers);
    }
    assert_eq!(sent.len(), ORDERS);
    for (id, order) in shop.orders().await {
        let told = list(&order["fulfillments"]);
        let numbers = told
            .iter()
            .map(|one| one["trackingCode"].as_str().unwrap().to_owned());
        let numbers: Vec<String> = numbers.collect();
        assert_eq!(numbers.len(), sent[&key(&id)].len(), "{id}: {numbers:?}");
        assert_eq!(
            numbers.into_iter().collect::<BTreeSet<_>>(),
            sent[&key(&id)],
            "{id}"
        );
        assert!(told.iter().all(|one| one["state"] == "Shipped"), "{told:?}");
        let mut units: BTreeMap<String, i64> = BTreeMap::new();
        for line in told.iter().flat_map(|one| list(&one["lines"])) {
            *units
                .entry(line["orderLineId"].as_str().unwrap().to_owned())
                .or_default() += line["quantity"].as_i64().unwrap();
        }
        for line in list(&order["lines"]) {
            let id = line["id"].as_str().unwrap();
            assert_eq!(units.get(id), line["quantity"].as_i64().as_ref(), "{id}");
        }
        assert_eq!(order["state"], "Shipped");
    }
}

async fn assert_same_levels(world: &World, shop: &VendureShop) {
    let shown = shop.levels().await;
    let netsuite = world.sandbox.netsuite();
    let places = &world.sandbox.catalogue().locations;
    let plain = world
        .sandbox
        .catalogue()
        .items
        .iter()
        .filter(|item| !item.is_kit());
    for item in plain {
        let levels = places
            .iter()
            .filter_map(|place| netsuite.stock(&item.sku, place.netsuite_id));
        let there: Decimal = levels.map(|level| level.available()).sum();
        let there = there.floor().max(Decimal::ZERO);
        assert_eq!(Decimal::from(shown[&item.sku]), there, "{}", item.sku);
    }
}

/// Gives back one unit of the first order in the shop, and all of the second in NetSuite. Returns the credit and what it comes to.
async fn give_back(world: &World, shop: &VendureShop, orders: &[String]) -> (u64, Decimal) {
    let all = shop.orders().await;
    let first = &all[&orders[0]];
    let input = json!({
        "paymentId": first["payments"][0]["id"], "amount": 700, "reason": "broken",
        "lines": [{ "orderLineId": first["lines"][0]["id"], "quantity": 1 }], "shipping": 0, "adjustment": 0,
    });
    let refund = "mutation($input: RefundOrderInput!) { refundOrder(input: $input) { ... on Refund { id } ... on ErrorResult { errorCode message } } }";
    let made = shop.admin(refund, json!({ "input": input })).await;
    let settle = "mutation($id: ID!) { settleRefund(input: { id: $id, transactionId: \"paid-back\" }) { ... on Refund { state } ... on ErrorResult { errorCode message } } }";
    shop.admin(settle, json!({ "id": made["refundOrder"]["id"] }))
        .await;
    let netsuite = world.sandbox.netsuite();
    let booked = netsuite
        .by_external_id("salesOrder", &key(&orders[1]))
        .unwrap();
    let bill = netsuite.bill(booked.id, Bill::Invoice).unwrap();
    let credit = netsuite.credit(bill, None, "").unwrap();
    (
        credit,
        netsuite
            .record("creditMemo", credit)
            .unwrap()
            .number("total"),
    )
}

async fn assert_given_back_once(
    world: &World,
    shop: &VendureShop,
    orders: &[String],
    credit: (u64, Decimal),
) {
    let all = shop.orders().await;
    let refunds = |order: &String| list(&all[order]["payments"][0]["refunds"]);
    let carried = refunds(&orders[1]);
    assert_eq!(carried.len(), 1, "{carried:?}");
    assert_eq!(amount(&carried[0]["total"]), credit.1);
    let mark = format!("[netsuite-refund-{}]", credit.0);
    assert!(
        carried[0]["reason"].as_str().unwrap().ends_with(&mark),
        "{carried:?}"
    );
    let own = refunds(&orders[0]);
    assert_eq!(own.len(), 1);
    let mut booked = Vec::new();
    for kind in ["customerRefund", "creditMemo", "cashRefund"] {
        let records = world.sandbox.netsuite().records(kind);
        booked.extend(records.iter().filter_map(|record| {
            let id = record.external_id.clone()?;
            id.starts_with("shop-refund-")
                .then(|| (id, kind.to_owned()))
        }));
    }
    assert_eq!(booked.len(), 1, "{booked:?}");
}

async fn whole_line(platform: &Platform, plans: &[(Cut, usize)]) {
    let mut world = World::on(platform, 0, |_| {}).await;
    let Some(shop) = VendureShop::open(&world).await else {
        return;
    };
    world.sell_by_vendure(&shop);
    let orders = sell(&world, &shop).await;
    world.run(Phase::Orders, plans).await;
    world.assert_settled(&[Phase::Orders]).await;
    assert_sold_once(&world, &shop).await;

    shop.lose(&["SetLevels"]);
    world.run(Phase::Stock, &[]).await;
    assert_same_levels(&world, &shop).await;

    world.work_in_the_warehouse();
    shop.lose(&["Fulfil", "Move"]);
    world.run(Phase::Shipments, plans).await;
    world.assert_settled(&[Phase::Shipments]).await;
    assert_told_once(&world, &shop).await;

    let credit = give_back(&world, &shop, &orders).await;
    world.clock.pass(Duration::from_secs(90));
    shop.lose(&["GiveBack"]);
    world.run(Phase::Credits, plans).await;
    world.run(Phase::Refunds, &[]).await;
    world
        .assert_settled(&[Phase::Credits, Phase::Refunds])
        .await;
    assert_given_back_once(&world, &shop, &orders, credit).await;

    // What became of the orders since changes no sale.
    world.run(Phase::Orders, &[]).await;
    world.assert_settled(&[Phase::Orders]).await;
    assert_sold_once(&world, &shop).await;
    world.run_again(Phase::Stock).await;
    world.assert_settled(&[Phase::Stock]).await;
    assert_same_levels(&world, &shop).await;
    assert_eq!(shop.lost(), 4);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_shipments_refunds_and_stock_agree() {
    whole_line(&Platform::Embedded, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform_with_a_process_that_dies() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    whole_line(&platform, &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_called_off_on_either_side_is_off_on_both() {
    let mut world = World::new(0, |_| {}).await;
    let Some(shop) = VendureShop::open(&world).await else {
        return;
    };
    world.sell_by_vendure(&shop);
    let orders = sell(&world, &shop).await;
    world.run(Phase::Orders, &[]).await;
    let netsuite = world.sandbox.netsuite();
    let booked = |order: &String| netsuite.by_external_id("salesOrder", &key(order)).unwrap();
    assert!(netsuite.call_off(booked(&orders[0]).id));
    let cancel = "mutation($id: ID!) { cancelOrder(input: { orderId: $id, cancelShipping: true, reason: \"changed mind\" }) { ... on Order { state } ... on ErrorResult { errorCode message } } }";
    shop.admin(cancel, json!({ "id": orders[1] })).await;
    world.clock.pass(Duration::from_secs(90));
    shop.lose(&["CallOff"]);
    for phase in [Phase::Cancellations, Phase::Orders, Phase::Cancellations] {
        world.run(phase, &[]).await;
        world.clock.pass(Duration::from_secs(90));
    }
    world
        .assert_settled(&[Phase::Cancellations, Phase::Orders])
        .await;
    assert_eq!(shop.lost(), 1);
    for (place, order) in orders.iter().enumerate() {
        let is_off = place < 2;
        let there = &shop.orders().await[order];
        assert_eq!(there["state"] == "Cancelled", is_off, "{order}: {there}");
        let record = world
            .sandbox
            .netsuite()
            .by_external_id("salesOrder", &key(order))
            .unwrap();
        assert_eq!(["C", "H"].contains(&record.status), is_off, "{order}");
    }
    world.finish().await;
}
