//! Whatever an order becomes in NetSuite, and whatever dies or fails on the way: it is one record, to the cent, and its money is there once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World, mishaps, number, order_key};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::Rule;
use sandbox::netsuite::Record;
use sandbox::shopify::{Edit, Giveback, OrderView, Purchase, Restock};
use serde_json::json;

/// A shop with a past (sent, held back, sold over the counter), and settings by which its orders become all that they can become.
async fn world(platform: &Platform, rules: &[Rule]) -> World {
    let mut world = World::on(platform, 60, |options| {
        options.shopify.worked_by_hand = true;
        options.netsuite.faults = rules.to_vec();
    })
    .await;
    world.set_orders(&json!({
        "record": { "point_of_sale": "cash_sale", "fulfilled": "cash_sale", "terms": "invoice" },
        "payments": {
            "deposits": true, "account": 101, "gift_cards": 102,
            "methods": { "cash": 1, "paypal": 2 }, "default_method": 3,
        },
        "promotions": { "item": 907, "codes": { "welcome10": 11 } },
    }));
    world
}

fn key(order: &OrderView) -> String {
    order_key(&order.id)
}

fn sale(world: &World, order: &OrderView) -> Option<(&'static str, Arc<Record>)> {
    let netsuite = world.sandbox.netsuite().clone();
    let kinds = ["salesOrder", "cashSale", "invoice"].into_iter();
    let found = kinds.map(|kind| (kind, netsuite.by_external_id(kind, &key(order))));
    found
        .filter_map(|(kind, record)| Some((kind, record?)))
        .next()
}

/// What is deposited for each sales order, by its internal id.
fn deposited(world: &World) -> HashMap<i64, Decimal> {
    let mut sums = HashMap::new();
    let mut seen = BTreeSet::new();
    for deposit in world.sandbox.netsuite().records("customerDeposit") {
        assert!(seen.insert(deposit.external_id.clone()));
        let order = deposit.reference("salesOrder").unwrap();
        *sums.entry(order).or_default() += deposit.number("payment");
    }
    sums
}

/// Every sale's money is in NetSuite: a cash sale is money itself, a sales order has it as deposits.
fn assert_paid(world: &World) {
    let mut deposited = deposited(world);
    for order in world.sandbox.shopify().orders() {
        let Some((kind, record)) = sale(world, &order) else {
            continue;
        };
        let received: Decimal = order.received.parse().unwrap();
        let id = i64::try_from(record.id).unwrap();
        match kind {
            "salesOrder" => {
                let sum = deposited.remove(&id).unwrap_or_default();
                assert_eq!(sum, received, "{}", order.name);
            }
            "cashSale" => assert!(received >= record.number("total"), "{}", order.name),
            kind => assert!(received.is_zero(), "{kind} {}", order.name),
        }
    }
    assert!(deposited.is_empty(), "{deposited:?}");
}

fn counted(world: &World) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut counted = BTreeMap::new();
    for order in world.sandbox.shopify().orders() {
        if let Some((kind, _)) = sale(world, &order) {
            let channel = if order.channel == "pos" { "pos" } else { "web" };
            *counted.entry((kind, channel)).or_default() += 1;
        }
    }
    counted
}

async fn each_is_one_record_and_paid(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = world(platform, rules).await;
    world.run(Phase::Orders, plans).await;
    assert_eq!(world.order_differences().await, [""; 0]);
    let kinds = counted(&world);
    for kind in [
        ("salesOrder", "web"),
        ("cashSale", "web"),
        ("cashSale", "pos"),
    ] {
        assert!(
            kinds.get(&kind).is_some_and(|count| *count > 1),
            "{kind:?}: {kinds:?}"
        );
    }
    assert_paid(&world);
    let netsuite = world.sandbox.netsuite().clone();
    let sales = ["salesOrder", "cashSale"].into_iter();
    let promoted = sales.flat_map(|kind| netsuite.records(kind));
    let promoted: Vec<_> = promoted
        .filter(|sale| sale.reference("promoCode") == Some(11))
        .collect();
    assert!(promoted.len() > 3, "{}", promoted.len());
    assert!(
        promoted
            .iter()
            .all(|sale| sale.number("discountTotal") < Decimal::ZERO)
    );
    // What was only reserved is taken later.
    world.clock.pass(Duration::from_secs(90));
    let shop = world.sandbox.shopify().clone();
    let taken = shop
        .orders()
        .iter()
        .filter(|order| !order.test && shop.edit_order(&order.id, &Edit::Capture))
        .count();
    assert!(taken > 0);
    world.run(Phase::Orders, &[]).await;
    assert_paid(&world);
    assert_eq!(world.order_differences().await, [""; 0]);
    assert_eq!(counted(&world), kinds);
    world.assert_repeat_writes_nothing(&[Phase::Orders]).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_become_one_record_of_their_kind_and_are_paid_once() {
    each_is_one_record_and_paid(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    each_is_one_record_and_paid(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_when_processes_die_and_answers_are_lost() {
    let plans = [(Cut::AfterSend, 1), (Cut::BeforeSend, 1)];
    each_is_one_record_and_paid(&Platform::Embedded, &mishaps(), &plans).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_is_given_back_by_its_own_credit() {
    let mut world = world(&Platform::Embedded, &[]).await;
    world.keep_refunds_apart();
    world.run(Phase::Orders, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    let shop = world.sandbox.shopify().clone();
    let back = Giveback {
        lines: vec![(0, 1)],
        restock: Restock::No,
        ..Giveback::default()
    };
    for order in shop.orders() {
        if order.financial_status == "PAID" && !order.cancelled && !order.test {
            shop.refund(&order.id, &back);
        }
    }
    world.run(Phase::Refunds, &[]).await;
    let netsuite = world.sandbox.netsuite().clone();
    let deposited = deposited(&world);
    let rows = world.records(Phase::Refunds).await;
    // What went back by a gift card and by other means is for a person.
    let held = |id: &str| {
        let own = rows.iter().find(|row| row.key.id.as_str() == id);
        own.is_some_and(|row| row.status == Status::Held)
    };
    let mut given = BTreeMap::new();
    for refund in shop.refunds() {
        if held(refund.id.rsplit('/').next().unwrap()) {
            continue;
        }
        let total: Decimal = refund.total.parse().unwrap();
        let orders = shop.orders();
        let order = orders
            .iter()
            .find(|order| order.id == refund.order)
            .unwrap();
        let Some((kind, sold)) = sale(&world, order).filter(|_| !total.is_zero()) else {
            continue;
        };
        let id = i64::try_from(sold.id).unwrap();
        let credit = match kind {
            "cashSale" => "cashRefund",
            "salesOrder" if deposited.contains_key(&id) => "customerRefund",
            _ => "creditMemo",
        };
        let key = format!("shop-refund-{}", number(&refund.id));
        let record = netsuite.by_external_id(credit, &key);
        let record = record.unwrap_or_else(|| panic!("no {credit} for {} of {kind}", refund.id));
        assert_eq!(record.number("total"), total);
        let customer = record.reference("entity").or(record.reference("customer"));
        assert_eq!(customer, sold.reference("entity"));
        *given.entry(credit).or_insert(0) += 1;
    }
    assert!(
        given["cashRefund"] > 3 && given["customerRefund"] > 3,
        "{given:?}"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_shop_holds_back_waits_until_it_is_let_go() {
    for (setting, waiting) in [("hold", None), ("pending_approval", Some("A"))] {
        let mut world = world(&Platform::Embedded, &[]).await;
        world.set_orders(&json!({ "on_hold": setting, "high_risk": setting }));
        world.run(Phase::Orders, &[]).await;
        let shop = world.sandbox.shopify().clone();
        let held: Vec<OrderView> = shop
            .orders()
            .into_iter()
            .filter(|order| {
                order.fulfillment_status == "ON_HOLD" && !order.cancelled && !order.test
            })
            .collect();
        assert!(!held.is_empty());
        let letter =
            |world: &World, order: &OrderView| sale(world, order).map(|(_, sale)| sale.status);
        for order in &held {
            assert_eq!(letter(&world, order), waiting, "{setting} {}", order.name);
        }
        let rows = world.records(Phase::Orders).await;
        let kept = rows.iter().filter(|row| row.status == Status::Held).count();
        assert_eq!(kept, if setting == "hold" { held.len() } else { 0 });
        // Another one is doubted after its import.
        world.clock.pass(Duration::from_secs(90));
        let other = shop
            .orders()
            .into_iter()
            .find(|order| letter(&world, order) == Some("B"));
        let other = other.unwrap();
        assert!(shop.edit_order(&other.id, &Edit::Risk { on: true }));
        world.run(Phase::Orders, &[]).await;
        let after = if setting == "hold" { "B" } else { "A" };
        assert_eq!(letter(&world, &other), Some(after), "{setting}");
        world.clock.pass(Duration::from_secs(90));
        assert!(shop.edit_order(&other.id, &Edit::Risk { on: false }));
        for order in &held {
            assert!(shop.edit_order(&order.id, &Edit::Hold { on: false }));
        }
        world.run(Phase::Orders, &[]).await;
        for order in held.iter().chain([&other]) {
            assert_eq!(letter(&world, order), Some("B"), "{setting} {}", order.name);
        }
        assert_eq!(world.order_differences().await, [""; 0]);
        world.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_company_buys_on_terms_is_an_invoice() {
    let mut world = world(&Platform::Embedded, &[]).await;
    world.settings("shop")["companies"] = true.into();
    world.set_orders(&json!({ "terms": { "Net 30": 2 } }));
    let shop = world.sandbox.shopify().clone();
    let open =
        |order: &OrderView| order.financial_status == "PENDING" && !order.cancelled && !order.test;
    let orders: Vec<OrderView> = shop.orders().into_iter().filter(open).collect();
    let acme = Edit::Company(Purchase {
        company: 88,
        name: "Acme Inc".to_owned(),
        external_id: None,
        location: "Main".to_owned(),
        terms: Some("Net 30".to_owned()),
    });
    let owed: Vec<OrderView> = orders
        .into_iter()
        .filter(|order| shop.edit_order(&order.id, &acme))
        .collect();
    assert!(owed.len() > 1, "{owed:?}");
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::Orders, &[]).await;
    assert_eq!(world.order_differences().await, [""; 0]);
    for order in &owed {
        let (kind, record) = sale(&world, order).unwrap();
        assert_eq!(
            (kind, record.reference("terms")),
            ("invoice", Some(2)),
            "{}",
            order.name
        );
    }
    assert_paid(&world);
    world.finish().await;
}
