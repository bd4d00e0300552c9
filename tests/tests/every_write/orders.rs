//! Orders with their deposits, their changes, and what NetSuite calls off.

use std::collections::HashMap;

use causeway_scenarios::{Phase, Platform, World, order_key, sales};
use rust_decimal::Decimal;
use sandbox::shopify::{Edit, OrderView};
use serde_json::json;

use super::Row;

/// Orders that are what the shop sold.
fn sold(world: &World) -> Vec<OrderView> {
    let mut orders = world.sandbox.shopify().orders();
    orders.retain(|order| !order.cancelled && !order.test);
    orders
}

/// Sales, and the money that was taken for them, as deposits.
fn sales_and_deposits(world: &World, _: usize) -> Vec<String> {
    let mut differences = sales(&world.sandbox);
    let netsuite = world.sandbox.netsuite();
    let mut deposited: HashMap<i64, Decimal> = HashMap::new();
    for deposit in netsuite.records("customerDeposit") {
        let order = deposit.reference("salesOrder").unwrap();
        *deposited.entry(order).or_default() += deposit.number("payment");
    }
    for order in sold(world) {
        let booked = netsuite.by_external_id("salesOrder", &order_key(&order.id));
        let Some(booked) = booked else { continue };
        let sum = deposited.remove(&i64::try_from(booked.id).unwrap());
        let (sum, received) = (sum.unwrap_or_default(), &order.received);
        if sum != received.parse().unwrap() {
            differences.push(format!(
                "{}: {received} received, {sum} deposited",
                order.name
            ));
        }
    }
    differences
}

pub(super) async fn an_order_with_its_deposits(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 4, |_| {}).await;
    world.set_orders(&json!({ "payments": {
        "deposits": true, "account": 101, "gift_cards": 102, "default_method": 3,
    } }));
    world.run(Phase::Orders, &[]).await;
    let sell = |world: &World, _| {
        world.sandbox.shopify().create_orders(2);
    };
    let row = Row::new(Phase::Orders, sell, sales_and_deposits);
    (row, world)
}

fn edit(world: &World, round: usize) {
    let shop = world.sandbox.shopify();
    let orders = sold(world);
    let cents = 700 + i64::try_from(round).unwrap();
    let mut edited = 0;
    for (place, order) in orders.iter().cycle().skip(3 * round).take(3).enumerate() {
        let edit = match place {
            0 => Edit::Shipping { cents },
            1 => Edit::Quantity {
                line: 0,
                units: u32::try_from(2 + round).unwrap(),
            },
            _ => Edit::Address {
                street: format!("{round} Side Street"),
                city: "Springfield".to_owned(),
                zip: "12345".to_owned(),
            },
        };
        edited += usize::from(shop.edit_order(&order.id, &edit));
    }
    if round % 4 == 3 {
        edited += usize::from(shop.cancel_order(&orders[round].id));
    }
    assert!(edited >= 2, "round {round}: {edited}");
}

pub(super) async fn a_change_of_an_order(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 60, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    let row = Row::new(Phase::Orders, edit, |world, _| sales(&world.sandbox));
    (row, world)
}

fn call_off(world: &World, _: usize) {
    let netsuite = world.sandbox.netsuite();
    let open = netsuite.records("salesOrder").into_iter();
    let mut open = open.filter(|order| order.status == "B");
    for _ in 0..2 {
        let order = open.next().expect("there is an order to call off");
        assert!(netsuite.call_off(order.id));
    }
}

/// Orders that are called off on one side only, or were paid back twice.
fn half_called_off(world: &World, _: usize) -> Vec<String> {
    let (shop, netsuite) = (world.sandbox.shopify(), world.sandbox.netsuite());
    let mut paid_back: HashMap<String, Decimal> = HashMap::new();
    for refund in shop.refunds() {
        let total: Decimal = refund.total.parse().unwrap();
        *paid_back.entry(refund.order).or_default() += total;
    }
    let mut differences = Vec::new();
    for order in shop.orders() {
        let booked = netsuite.by_external_id("salesOrder", &order_key(&order.id));
        let Some(booked) = booked else { continue };
        let off = ["C", "H"].contains(&booked.status);
        if off != order.cancelled {
            differences.push(format!("{}: {} in NetSuite", order.name, booked.status));
        }
        let back = paid_back.remove(&order.id).unwrap_or_default();
        if back > order.total.parse().unwrap() {
            differences.push(format!("{}: {back} paid back", order.name));
        }
    }
    differences
}

pub(super) async fn what_netsuite_calls_off(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 90, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    let row = Row::new(Phase::Cancellations, call_off, half_called_off);
    (row, world)
}
