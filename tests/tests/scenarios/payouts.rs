//! Whatever dies, fails or comes twice: what Shopify Payments brings to the bank is one deposit in NetSuite each, to the cent, of the payments it is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use causeway_scenarios::{Cut, DEATHS, Phase, Platform, World, mishaps, number};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::Rule;
use sandbox::netsuite::Record;
use sandbox::shopify::{Extra, Giveback, PayoutView, Restock};
use serde_json::json;

const BANK: i64 = 111;
const FEES: i64 = 112;
const UNMATCHED: i64 = 113;

/// A shop that sells online and over the counter, whose money lies in Undeposited Funds once its orders are in NetSuite.
async fn world(platform: &Platform, rules: &[Rule]) -> World {
    let mut world = World::on(platform, 60, |options| {
        options.shopify.worked_by_hand = true;
        options.netsuite.faults = rules.to_vec();
        options.shopify.faults = rules.to_vec();
    })
    .await;
    world.keep_refunds_apart();
    world.set_orders(&json!({
        "record": { "point_of_sale": "cash_sale", "fulfilled": "cash_sale" },
        "payments": { "deposits": true },
    }));
    world.setting(
        "netsuite",
        "payouts",
        json!({ "account": BANK, "fee_account": FEES, "accounts": { "unmatched": UNMATCHED } }),
    );
    world
}

/// Gives back part of the sales over the counter and of those that were sent, which become cash refunds, and of a few that were not.
fn give_back(world: &World) {
    let (shop, netsuite) = (world.sandbox.shopify(), world.sandbox.netsuite());
    let paid = shop.orders().into_iter().filter(|order| {
        ["PAID", "PARTIALLY_REFUNDED"].contains(&order.financial_status)
            && !order.cancelled
            && !order.test
    });
    let mut given = BTreeMap::from([("cashSale", 0), ("salesOrder", 0)]);
    for order in paid {
        let key = format!("shop-{}", number(&order.id));
        let kinds = ["cashSale", "salesOrder"].into_iter();
        let kind = kinds
            .into_iter()
            .find(|kind| netsuite.by_external_id(kind, &key).is_some());
        let count = kind.and_then(|kind| given.get_mut(kind));
        if let Some(count) = count.filter(|count| **count < 12) {
            let back = Giveback {
                lines: vec![(0, 1)],
                restock: Restock::No,
                ..Giveback::default()
            };
            *count += usize::from(shop.refund(&order.id, &back));
        }
    }
    assert!(given.values().all(|count| *count >= 3), "{given:?}");
}

fn extra(kind: &'static str, amount: i64, order: Option<String>) -> Extra {
    Extra {
        kind,
        amount,
        fee: 0,
        order,
        reason: Some("as the provider says"),
    }
}

fn sum(deposit: &Record, sublist: &str, account: i64) -> Decimal {
    let lines = deposit.sublists.get(sublist).into_iter().flatten();
    let of = lines.filter(|line| line["account"].reference() == Some(account));
    of.map(|line| line["amount"].number().unwrap()).sum()
}

/// The payments that a deposit brings to the bank, with what each comes to there.
fn brought(world: &World, deposit: &Record) -> BTreeMap<u64, (&'static str, Decimal)> {
    let netsuite = world.sandbox.netsuite();
    let lines = deposit.sublists.get("payment").into_iter().flatten();
    let mut all = BTreeMap::new();
    for line in lines {
        let id = u64::try_from(line["id"].number().unwrap()).unwrap();
        let kinds = [
            "cashSale",
            "customerDeposit",
            "cashRefund",
            "customerRefund",
        ];
        let found = kinds
            .into_iter()
            .find_map(|kind| Some((kind, netsuite.record(kind, id)?)));
        let (kind, payment) = found.unwrap();
        let total = payment.number("total");
        let worth = if kind.ends_with("Refund") {
            -total
        } else {
            total
        };
        assert!(all.insert(id, (kind, worth)).is_none(), "{id} twice");
    }
    all
}

fn text(amount: &str) -> Decimal {
    amount.parse().unwrap()
}

/// Each payout is one deposit of its net at the bank, of payments that are nowhere else, with all its fees; returns the payments by kind.
fn assert_at_the_bank(world: &World) -> BTreeMap<&'static str, usize> {
    let mut deposits: BTreeMap<String, Arc<Record>> = BTreeMap::new();
    for deposit in world.sandbox.netsuite().records("deposit") {
        let key = deposit.external_id.clone().unwrap();
        assert!(
            deposits.insert(key.clone(), deposit).is_none(),
            "{key} twice"
        );
    }
    let (mut counted, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for payout in world.sandbox.shopify().payouts() {
        let key = format!("shop-payout-{}", number(&payout.id));
        let deposit = deposits.remove(&key);
        let deposit = deposit.unwrap_or_else(|| panic!("{key} is not there"));
        assert_eq!(deposit.number("total"), text(&payout.net), "{key}");
        assert_eq!(deposit.reference("account"), Some(BANK));
        let fees: Decimal = payout.lines.iter().map(|line| text(&line.fee)).sum();
        assert_eq!(sum(&deposit, "cashback", FEES), fees, "{key}");
        let payments = brought(world, &deposit);
        let rest = sum(&deposit, "other", UNMATCHED) - sum(&deposit, "cashback", UNMATCHED);
        let at_the_bank: Decimal = payments.values().map(|(_, worth)| *worth).sum();
        assert_eq!(at_the_bank + rest, gross(&payout), "{key}");
        for (id, (kind, _)) in payments {
            assert!(seen.insert(id), "{kind} {id} is in two deposits");
            *counted.entry(kind).or_default() += 1;
        }
    }
    assert!(deposits.is_empty(), "deposits of nothing: {deposits:?}");
    counted
}

fn gross(payout: &PayoutView) -> Decimal {
    payout.lines.iter().map(|line| text(&line.gross)).sum()
}

async fn at_the_bank_once(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = world(platform, rules).await;
    let shop = world.sandbox.shopify().clone();
    world.run(Phase::Orders, &[]).await;
    // One half of the money comes to the bank before anything is given back, with a label that no order's payment is.
    shop.pay_out(&[extra("SHIPPING_LABEL", -620, None)], "PAID");
    world.clock.pass(Duration::from_secs(24 * 3600));
    give_back(&world);
    world.run(Phase::Refunds, &[]).await;
    let some = shop.orders()[0].id.clone();
    shop.pay_out(
        &[
            extra("DISPUTE_REVERSAL", 900_000, Some(some)),
            extra("ADJUSTMENT", 125, None),
        ],
        "PAID",
    );
    world.run(Phase::Payouts, plans).await;
    world
        .assert_settled(&[Phase::Orders, Phase::Refunds, Phase::Payouts])
        .await;
    let counted = assert_at_the_bank(&world);
    for (kind, least) in [("cashSale", 3), ("customerDeposit", 3), ("cashRefund", 2)] {
        assert!(
            counted.get(kind).is_some_and(|count| *count >= least),
            "{kind}: {counted:?}"
        );
    }
    world.assert_repeat_writes_nothing(&[Phase::Payouts]).await;
    assert_eq!(assert_at_the_bank(&world), counted);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_payout_is_one_deposit_of_what_it_is_made_of() {
    at_the_bank_once(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    at_the_bank_once(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_die_at_every_step() {
    for plans in DEATHS {
        at_the_bank_once(&Platform::Embedded, &[], &plans).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave() {
    at_the_bank_once(&Platform::Embedded, &mishaps(), &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payout_waits_for_the_orders_that_are_on_their_way() {
    let mut world = world(&Platform::Embedded, &[]).await;
    let (shop, netsuite) = (
        world.sandbox.shopify().clone(),
        world.sandbox.netsuite().clone(),
    );
    // NetSuite refuses everything: the orders stay behind.
    let mut settings = netsuite.settings();
    let open = settings.closed_before;
    settings.closed_before = "2030-01-01".parse().ok();
    netsuite.set(settings.clone());
    world.run(Phase::Orders, &[]).await;
    let failed = world.records(Phase::Orders).await;
    assert!(
        failed.iter().any(|row| row.status == Status::Failed),
        "{failed:?}"
    );
    settings.closed_before = open;
    netsuite.set(settings);
    shop.pay_out(&[], "PAID");
    world.run(Phase::Payouts, &[]).await;
    let rows = world.records(Phase::Payouts).await;
    assert_eq!(rows[0].status, Status::Waiting, "{rows:?}");
    assert!(
        rows[0].reason.as_ref().unwrap().contains("order:shop-"),
        "{rows:?}"
    );
    assert!(netsuite.records("deposit").is_empty());
    world.retry(Phase::Orders, Status::Failed).await;
    world.run(Phase::Orders, &[]).await;
    world.run(Phase::Payouts, &[]).await;
    world
        .assert_settled(&[Phase::Orders, Phase::Refunds, Phase::Payouts])
        .await;
    let counted = assert_at_the_bank(&world);
    assert!(counted["customerDeposit"] >= 3, "{counted:?}");
    world.finish().await;
}
