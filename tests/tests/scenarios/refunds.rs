//! Whatever dies, fails or comes twice: what the shop gives back is given back in NetSuite once, to the cent.

use std::collections::{BTreeMap, BTreeSet};

use causeway_scenarios::{Cut, DEATHS, Phase, Platform, World, mishaps, number};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::Rule;
use sandbox::netsuite::Bill;
use sandbox::shopify::{Giveback, Restock};

/// A world whose shop sold and in part took back, and whose orders are in NetSuite: some of them billed, in both ways.
async fn sold(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) -> World {
    let mut world = World::troubled(platform, 60, rules).await;
    world.keep_refunds_apart();
    world.run(Phase::Orders, plans).await;
    world.assert_settled(&[Phase::Orders]).await;
    let netsuite = world.sandbox.netsuite();
    for (place, order) in netsuite.records("salesOrder").iter().enumerate() {
        match place % 4 {
            0 => netsuite.bill(order.id, Bill::Invoice),
            1 => netsuite.bill(order.id, Bill::CashSale),
            _ => None,
        };
    }
    world
}

/// Gives back part of every order that was paid, each in another way: a unit, everything, delivery with it, goodwill, less than it cost.
fn give_back(world: &World) -> usize {
    let shop = world.sandbox.shopify();
    let ways = [
        Giveback {
            lines: vec![(0, 1)],
            ..Giveback::default()
        },
        Giveback {
            lines: vec![(0, 1)],
            shipping: true,
            restock: Restock::Cancel,
            ..Giveback::default()
        },
        Giveback {
            extra: 150,
            note: Some("sorry"),
            ..Giveback::default()
        },
        Giveback {
            lines: vec![(0, 1)],
            extra: -25,
            restock: Restock::No,
            ..Giveback::default()
        },
    ];
    let paid = shop.orders().into_iter().filter(|order| {
        ["PAID", "PARTIALLY_REFUNDED"].contains(&order.financial_status)
            && !order.cancelled
            && !order.test
    });
    let mut given = 0;
    for (place, order) in paid.enumerate() {
        given += usize::from(shop.refund(&order.id, &ways[place % ways.len()]));
        // A second one of the same order.
        if place % 5 == 0 {
            given += usize::from(shop.refund(&order.id, &ways[2]));
        }
    }
    given
}

/// Everything that was paid back of an order that NetSuite has is one credit of that amount, and there are no others.
fn assert_given_back_once(world: &World) -> BTreeMap<&'static str, usize> {
    let netsuite = world.sandbox.netsuite();
    let mut credits = BTreeMap::new();
    let mut counted = BTreeMap::new();
    for kind in ["creditMemo", "cashRefund"] {
        for credit in netsuite.records(kind) {
            let key = credit.external_id.clone().unwrap();
            assert!(
                credits
                    .insert(key.clone(), credit.number("total"))
                    .is_none(),
                "{key} twice"
            );
            *counted.entry(kind).or_default() += 1;
        }
    }
    for refund in world.sandbox.shopify().refunds() {
        let order = format!("shop-{}", number(&refund.order));
        let total: Decimal = refund.total.parse().unwrap();
        let booked = netsuite.by_external_id("salesOrder", &order).is_some();
        let credit = credits.remove(&format!("shop-refund-{}", number(&refund.id)));
        let expected = (booked && !total.is_zero()).then_some(total);
        assert_eq!(credit, expected, "{} of {}", refund.id, refund.order);
    }
    assert!(credits.is_empty(), "credits for nothing: {credits:?}");
    counted
}

async fn given_back_once(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = sold(platform, rules, plans).await;
    let given = give_back(&world);
    assert!(given > 20, "{given}");
    world.run(Phase::Refunds, plans).await;
    world.assert_settled(&[Phase::Refunds]).await;
    let counted = assert_given_back_once(&world);
    assert!(
        counted["creditMemo"] > 5 && counted["cashRefund"] > 5,
        "{counted:?}"
    );
    // A refund changes its order in the shop, and makes no other sale of it.
    world.run(Phase::Orders, &[]).await;
    world.assert_settled(&[Phase::Orders, Phase::Refunds]).await;
    world.assert_repeat_writes_nothing(&[Phase::Refunds]).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_given_back_is_given_back_once() {
    given_back_once(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    given_back_once(
        &platform,
        &[],
        &[(Cut::AfterSend, 1), (Cut::AfterRecord, 1)],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_die_at_every_step() {
    for plans in DEATHS {
        given_back_once(&Platform::Embedded, &[], &plans).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave() {
    given_back_once(&Platform::Embedded, &mishaps(), &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunds_of_orders_that_were_left_out_are_left_out_too() {
    let mut world = sold(&Platform::Embedded, &[], &[]).await;
    let cancelled: BTreeSet<String> = world
        .sandbox
        .shopify()
        .orders()
        .into_iter()
        .filter(|order| order.cancelled)
        .map(|order| order.name)
        .collect();
    world.run(Phase::Refunds, &[]).await;
    let mut seen = 0;
    for row in world.records(Phase::Refunds).await {
        let order = row.number.split("-R").next().unwrap();
        if cancelled.contains(order) {
            assert_eq!(row.status, Status::Skipped, "{row:?}");
            seen += 1;
        }
    }
    assert!(seen > 0, "no cancelled order was paid back");
    world.finish().await;
}
