//! What may never be, and what both sides say in the end.

use std::collections::{BTreeMap, BTreeSet};

use causeway_scenarios::{Phase, World, order_key};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::netsuite::Record;
use sandbox::shopify::OrderView;

use crate::rest::ALL;

/// What was given back of each order, by its global id.
fn refunded(world: &World) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for refund in world.sandbox.shopify().refunds() {
        let total: Decimal = refund.total.parse().unwrap();
        *sums.entry(refund.order).or_default() += total;
    }
    sums
}

/// What was credited of a sales order: of its bills, and by memos that stand for refunds of the shop.
fn credited(world: &World, order: &Record, refunds: &BTreeSet<String>) -> Decimal {
    let netsuite = world.sandbox.netsuite();
    let from = |record: &Record| record.reference("createdFrom").unwrap_or_default();
    let order = i64::try_from(order.id).unwrap();
    let bills: BTreeSet<i64> = ["invoice", "cashSale"]
        .map(|kind| netsuite.records(kind))
        .iter()
        .flatten()
        .filter(|bill| from(bill) == order)
        .map(|bill| i64::try_from(bill.id).unwrap())
        .collect();
    let credits = ["creditMemo", "cashRefund"].map(|kind| netsuite.records(kind));
    let of = |credit: &&std::sync::Arc<Record>| match &credit.external_id {
        Some(key) => refunds.contains(key),
        None => bills.contains(&from(credit)),
    };
    let credits = credits.iter().flatten().filter(of);
    credits.map(|credit| credit.number("total")).sum()
}

/// The external ids of what an order's refunds become.
fn keys(world: &World, order: &OrderView) -> BTreeSet<String> {
    let refunds = world.sandbox.shopify().refunds().into_iter();
    refunds
        .filter(|refund| refund.order == order.id)
        .map(|refund| order_key(&refund.id).replace("shop-", "shop-refund-"))
        .collect()
}

/// At no time is more given back than was paid, or sold in NetSuite.
pub(crate) fn assert_bounds(world: &World) {
    let refunded = refunded(world);
    let netsuite = world.sandbox.netsuite();
    for order in world.sandbox.shopify().orders() {
        let (name, received) = (&order.name, order.received.parse().unwrap());
        let back = refunded.get(&order.id).copied().unwrap_or_default();
        assert!(back <= received, "{name}: {back} of {received} given back");
        let booked = netsuite.by_external_id("salesOrder", &order_key(&order.id));
        let Some(booked) = booked else { continue };
        let (credited, total) = (
            credited(world, &booked, &keys(world, &order)),
            booked.number("total"),
        );
        assert!(credited <= total, "{name}: {credited} of {total} credited");
    }
}

/// Both sides say the same of every order that nobody has to decide on, and of most there is nothing to decide.
pub(crate) async fn assert_agreed(world: &World) {
    let mut to_decide: BTreeSet<String> = BTreeSet::new();
    for phase in ALL {
        for row in world.records(phase).await {
            let done = [Status::Synced, Status::Unchanged, Status::Skipped];
            if done.contains(&row.status) || phase == Phase::Stock {
                continue;
            }
            let kept = [Status::Held, Status::Waiting].contains(&row.status);
            assert!(kept, "{} {:?}: {:?}", row.number, row.status, row.reason);
            to_decide.insert(format!("{phase:?} {} {:?}", row.number, row.reason));
        }
    }
    let refunded = refunded(world);
    let netsuite = world.sandbox.netsuite();
    let mut differences = Vec::new();
    for order in world.sandbox.shopify().orders() {
        let booked = netsuite.by_external_id("salesOrder", &order_key(&order.id));
        let Some(booked) = booked else { continue };
        let back = refunded.get(&order.id).copied().unwrap_or_default();
        let here = if order.cancelled {
            Decimal::ZERO
        } else {
            order.total.parse::<Decimal>().unwrap() - back
        };
        let there = if ["C", "H"].contains(&booked.status) {
            Decimal::ZERO
        } else {
            booked.number("total") - credited(world, &booked, &keys(world, &order))
        };
        if here != there {
            differences.push(format!(
                "{}: {here} in the shop, {there} ({}) in NetSuite",
                order.name, booked.status
            ));
        }
    }
    let explained = |difference: &String| {
        let name = difference.split(':').next().unwrap_or_default();
        to_decide.iter().any(|row| row.contains(name))
    };
    let unexplained: Vec<&String> = differences.iter().filter(|one| !explained(one)).collect();
    assert!(
        unexplained.is_empty(),
        "{unexplained:#?}\nto decide: {to_decide:#?}"
    );
}
