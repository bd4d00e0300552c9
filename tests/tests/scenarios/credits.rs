//! Refunds in both directions at once: what either side gives back the other gives back once, to the cent, and nothing comes back as news.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World, mishaps, number};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::Rule;
use sandbox::netsuite::Bill;
use sandbox::shopify::Giveback;

/// The item that the configuration makes discounts of.
const DISCOUNT: u64 = 901;

/// Gives back of every order that was paid in one currency: of some in NetSuite (a unit, or everything), of some in the shop, of some in
/// both. Returns what was given back in NetSuite, by internal id.
fn give_back(world: &World) -> BTreeMap<u64, Decimal> {
    world.clock.pass(Duration::from_secs(90));
    let (shop, netsuite) = (world.sandbox.shopify(), world.sandbox.netsuite());
    let mut credits = BTreeMap::new();
    let mut given = 0;
    let paid = shop.orders().into_iter().filter(|order| {
        let same = order.currency == order.presentment_currency;
        order.financial_status == "PAID" && same && !order.cancelled && !order.test
    });
    for (place, order) in paid.enumerate() {
        let key = format!("shop-{}", number(&order.id));
        let booked = netsuite.by_external_id("salesOrder", &key).unwrap();
        let by = [Bill::Invoice, Bill::CashSale][place / 3 % 2];
        let bill = netsuite.bill(booked.id, by).unwrap();
        let discounted = booked.lines.iter().any(|line| line.item == DISCOUNT);
        let first = [(booked.lines[0].number, 1)];
        let credit = match place % 3 {
            0 => netsuite.credit(bill, None, ""),
            1 if !discounted && order.lines > 1 => netsuite.credit(bill, Some(&first), ""),
            _ => None,
        };
        if let Some(id) = credit {
            let kind = ["creditMemo", "cashRefund"][place / 3 % 2];
            credits.insert(id, netsuite.record(kind, id).unwrap().number("total"));
        }
        if place % 3 != 0 {
            let what = Giveback {
                lines: vec![(order.lines - 1, 1)],
                ..Giveback::default()
            };
            given += usize::from(shop.refund(&order.id, &what));
        }
    }
    assert!(credits.len() >= 12 && given >= 8, "{credits:?} {given}");
    credits
}

/// Every credit is one refund in the shop that bears its key, every other refund one credit that bears its own.
fn assert_each_once(world: &World, credits: &BTreeMap<u64, Decimal>) {
    let netsuite = world.sandbox.netsuite();
    let mut ours: BTreeMap<String, Decimal> = BTreeMap::new();
    for credit in ["creditMemo", "cashRefund"]
        .map(|kind| netsuite.records(kind))
        .concat()
    {
        if let Some(key) = credit.external_id.clone() {
            assert!(ours.insert(key, credit.number("total")).is_none());
        } else {
            assert!(credits.contains_key(&credit.id));
        }
    }
    let mut carried = BTreeMap::new();
    for refund in world.sandbox.shopify().refunds() {
        let total: Decimal = refund.total.parse().unwrap();
        let note = refund.note.unwrap_or_default();
        let from = note
            .strip_suffix(']')
            .and_then(|note| note.rsplit_once("[netsuite-refund-"));
        if let Some((_, id)) = from {
            let id: u64 = id.parse().unwrap();
            assert!(carried.insert(id, total).is_none(), "{id} went back twice");
            continue;
        }
        let order = format!("shop-{}", number(&refund.order));
        let booked = netsuite.by_external_id("salesOrder", &order).is_some();
        let credit = ours.remove(&format!("shop-refund-{}", number(&refund.id)));
        let expected = (booked && !total.is_zero()).then_some(total);
        assert_eq!(credit, expected, "{} of {}", refund.id, refund.order);
    }
    assert_eq!(&carried, credits);
    assert!(ours.is_empty(), "credits for nothing: {ours:?}");
}

async fn both_ways(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = World::troubled(platform, 80, rules).await;
    world.keep_refunds_apart();
    world.run(Phase::Orders, &[]).await;
    let credits = give_back(&world);
    for plans in [plans, &[]] {
        world.run(Phase::Credits, plans).await;
        world.clock.pass(Duration::from_secs(90));
        world.run(Phase::Refunds, plans).await;
    }
    let good = [Status::Synced, Status::Unchanged, Status::Skipped];
    let mut bound = BTreeSet::new();
    for phase in [Phase::Credits, Phase::Refunds] {
        for row in world.records(phase).await {
            assert!(good.contains(&row.status), "{row:?}");
            if let (Status::Unchanged, Some(twin)) = (row.status, row.twin) {
                bound.insert(twin.id.to_string());
            }
        }
    }
    assert_each_once(&world, &credits);
    // What came back from the shop is bound to the credit that it came from.
    let known: BTreeSet<String> = credits.keys().map(ToString::to_string).collect();
    assert_eq!(bound, known);
    world.run(Phase::Orders, &[]).await;
    world.assert_settled(&[Phase::Orders]).await;
    let both = [Phase::Credits, Phase::Refunds];
    world.assert_repeat_writes_nothing(&both).await;
    world.sandbox.shopify().faults().set(Vec::new());
    world.clock.pass(Duration::from_secs(3600));
    assert_eq!(world.inspect(Phase::Credits).await, []);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn either_side_gives_back_what_the_other_does() {
    both_ways(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    both_ways(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_die_at_every_step() {
    let plans = [
        (Cut::AfterClaim, 1),
        (Cut::AfterSend, 1),
        (Cut::AfterRecord, 1),
    ];
    both_ways(&Platform::Embedded, &[], &plans).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave() {
    both_ways(&Platform::Embedded, &mishaps(), &[]).await;
}
