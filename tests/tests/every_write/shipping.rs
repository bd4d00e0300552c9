//! Orders to be sent, and what was sent.

use std::collections::BTreeMap;

use causeway_scenarios::{Phase, Platform, World};
use sandbox::shipstation::Units;

use super::Row;

async fn told_world(platform: &Platform) -> World {
    let mut world = World::on(platform, 90, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    world.run(Phase::ShippingOrders, &[]).await;
    world
}

fn call_off(world: &World, _: usize) {
    let netsuite = world.sandbox.netsuite();
    let open = world.sandbox.shipstation().orders().into_iter();
    let mut open = open.filter(|order| {
        let id = order.key.rsplit('-').next().unwrap().parse().unwrap();
        order.status == "awaiting_shipment" && netsuite.call_off(id)
    });
    for _ in 0..2 {
        open.next().expect("there is an order to call off");
    }
}

/// Orders that are called off on one side only, or are there twice.
fn half_told(world: &World, _: usize) -> Vec<String> {
    let netsuite = world.sandbox.netsuite();
    let mut differences = Vec::new();
    let mut seen = BTreeMap::new();
    for order in world.sandbox.shipstation().orders() {
        let id = order.key.rsplit('-').next().unwrap().parse().unwrap();
        let off = ["C", "H"].contains(&netsuite.record("salesOrder", id).unwrap().status);
        if off != (order.status == "cancelled") {
            differences.push(format!("{}: {}", order.number, order.status));
        }
        if let Some(other) = seen.insert(order.key.clone(), order.id) {
            differences.push(format!("{}: {} and {other}", order.number, order.id));
        }
    }
    differences
}

pub(super) async fn an_order_to_be_sent(platform: &Platform) -> (Row, World) {
    let row = Row::new(Phase::ShippingOrders, call_off, half_told);
    (row, told_world(platform).await)
}

fn send(world: &World, _: usize) {
    let shipper = world.sandbox.shipstation();
    let open = shipper.orders().into_iter();
    let mut open = open.filter(|order| order.status == "awaiting_shipment");
    for _ in 0..2 {
        let order = open.next().expect("there is an order to send");
        let units = order.units.into_iter();
        let units: Vec<Units> = units
            .map(|(line, quantity)| Units { line, quantity })
            .collect();
        shipper
            .ship(order.id, &units, "7.93".parse().unwrap())
            .unwrap();
    }
}

/// Labels that are not one item fulfilment each.
fn half_sent(world: &World, _: usize) -> Vec<String> {
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for shipment in world.sandbox.netsuite().shipments() {
        for number in shipment.tracking_numbers {
            *there.entry(number).or_default() += 1;
        }
    }
    let mut differences = Vec::new();
    for label in world.sandbox.shipstation().shipments() {
        let times = there.remove(&label.tracking).unwrap_or_default();
        if times != 1 {
            differences.push(format!("{}: {times} times", label.tracking));
        }
    }
    differences
}

pub(super) async fn a_delivery(platform: &Platform) -> (Row, World) {
    let row = Row::new(Phase::Deliveries, send, half_sent);
    (row, told_world(platform).await)
}
