//! What is given back, in both directions.

use std::collections::HashMap;

use causeway_scenarios::{Phase, Platform, World, number, order_key};
use rust_decimal::Decimal;
use sandbox::netsuite::Bill;
use sandbox::shopify::{Giveback, OrderView};

use super::Row;

const BILLS: [Bill; 2] = [Bill::Invoice, Bill::CashSale];

/// Orders that are paid in the shop's own currency, the dearest first.
fn paid(world: &World) -> Vec<OrderView> {
    let mut orders = world.sandbox.shopify().orders();
    orders.retain(|order| {
        let paid = ["PAID", "PARTIALLY_REFUNDED"].contains(&order.financial_status);
        let own = order.currency == order.presentment_currency;
        paid && own && !order.cancelled && !order.test
    });
    let total = |order: &OrderView| order.total.parse::<Decimal>().unwrap();
    orders.sort_by_key(|order| std::cmp::Reverse(total(order)));
    orders
}

fn bill(world: &World, order: &OrderView, by: Bill) -> u64 {
    let netsuite = world.sandbox.netsuite();
    let booked = netsuite.by_external_id("salesOrder", &order_key(&order.id));
    netsuite.bill(booked.unwrap().id, by).unwrap()
}

async fn sold(platform: &Platform, orders: u32) -> World {
    let mut world = World::on(platform, orders, |_| {}).await;
    world.keep_refunds_apart();
    world.run(Phase::Orders, &[]).await;
    world
}

/// The shop gives back a little of an order that was invoiced, and a little of one that was sold for cash.
fn refund(world: &World, round: usize) {
    for order in &paid(world)[..2] {
        let what = Giveback {
            extra: 1 + i64::try_from(round).unwrap(),
            ..Giveback::default()
        };
        assert!(world.sandbox.shopify().refund(&order.id, &what));
    }
}

/// Refunds that are not one credit of that amount, and credits for nothing.
fn refunds_not_credited(world: &World, _: usize) -> Vec<String> {
    let netsuite = world.sandbox.netsuite();
    let mut credits: HashMap<String, Vec<Decimal>> = HashMap::new();
    for credit in ["creditMemo", "cashRefund"]
        .map(|kind| netsuite.records(kind))
        .concat()
    {
        let key = credit.external_id.clone().unwrap();
        credits.entry(key).or_default().push(credit.number("total"));
    }
    let mut differences = Vec::new();
    for refund in world.sandbox.shopify().refunds() {
        let booked = netsuite.by_external_id("salesOrder", &order_key(&refund.order));
        let total: Decimal = refund.total.parse().unwrap();
        let key = format!("shop-refund-{}", number(&refund.id));
        let found = credits.remove(&key).unwrap_or_default();
        let expected = (booked.is_some() && !total.is_zero()).then_some(total);
        if found != Vec::from_iter(expected) {
            differences.push(format!(
                "{key}: {expected:?} in the shop, {found:?} in NetSuite"
            ));
        }
    }
    differences.extend(credits.into_keys().map(|key| format!("{key}: for nothing")));
    differences
}

pub(super) async fn a_refund_of_the_shop(platform: &Platform) -> (Row, World) {
    let world = sold(platform, 16).await;
    for (order, by) in paid(&world).iter().zip(BILLS) {
        bill(&world, order, by);
    }
    let row = Row::new(Phase::Refunds, refund, refunds_not_credited);
    (row, world)
}

/// NetSuite credits an order that was invoiced as a whole, and one that was sold for cash.
fn credit(world: &World, _: usize) {
    let mut open = paid(world).into_iter().filter(|order| {
        let booked = world.sandbox.netsuite();
        let booked = booked.by_external_id("salesOrder", &order_key(&order.id));
        booked.unwrap().status == "B" && order.financial_status == "PAID"
    });
    for by in BILLS {
        let order = open.next().expect("there is an order to credit");
        let bill = bill(world, &order, by);
        world.sandbox.netsuite().credit(bill, None, "").unwrap();
    }
}

/// Credits that are not one refund of that amount, and refunds for nothing.
fn credits_not_refunded(world: &World, _: usize) -> Vec<String> {
    let netsuite = world.sandbox.netsuite();
    let mut refunds: HashMap<u64, Vec<Decimal>> = HashMap::new();
    for refund in world.sandbox.shopify().refunds() {
        let note = refund.note.unwrap_or_default();
        let from = note
            .strip_suffix(']')
            .and_then(|note| note.rsplit_once("[netsuite-refund-"));
        let Some((_, id)) = from else { continue };
        let of = refunds.entry(id.parse().unwrap()).or_default();
        of.push(refund.total.parse().unwrap());
    }
    let mut differences = Vec::new();
    for credit in ["creditMemo", "cashRefund"]
        .map(|kind| netsuite.records(kind))
        .concat()
    {
        let found = refunds.remove(&credit.id).unwrap_or_default();
        let total = credit.number("total");
        if found != [total] {
            differences.push(format!(
                "{}: {total} credited, {found:?} paid back",
                credit.id
            ));
        }
    }
    differences.extend(refunds.into_keys().map(|id| format!("{id}: for nothing")));
    differences
}

pub(super) async fn a_credit_of_netsuite(platform: &Platform) -> (Row, World) {
    let world = sold(platform, 120).await;
    let row = Row::new(Phase::Credits, credit, credits_not_refunded);
    (row, world)
}
