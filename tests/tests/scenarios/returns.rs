//! Goods that come back, whatever dies or fails: authorized, received and credited once, to the cent; and what is taken instead of them.

use std::collections::BTreeMap;
use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World, mishaps, number};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::Rule;
use sandbox::netsuite::{Bill, Shift};
use sandbox::shopify::{Edit, Giveback, OrderView};

/// A world whose orders are in NetSuite, and sent; goods that come back are authorized to.
async fn sent(platform: &Platform, rules: &[Rule]) -> World {
    let mut world = World::troubled(platform, 50, rules).await;
    world.keep_refunds_apart();
    world.settings("netsuite")["refunds"]["returns"] = "authorization".into();
    world.run(Phase::Orders, &[]).await;
    let all = Shift {
        orders: 100,
        partial: 0,
        several_parcels: 0,
        only_packed: 0,
    };
    while !world.sandbox.netsuite().ship_pending(all).is_empty() {}
    world.clock.pass(Duration::from_secs(90));
    world
}

fn paid(world: &World) -> Vec<OrderView> {
    let mut orders = world.sandbox.shopify().orders();
    orders.retain(|order| order.financial_status == "PAID" && !order.cancelled && !order.test);
    orders
}

async fn comes_back_once(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let mut world = sent(platform, rules).await;
    let netsuite = world.sandbox.netsuite().clone();
    for (place, order) in netsuite.records("salesOrder").iter().enumerate() {
        let by = [Bill::Invoice, Bill::CashSale][place % 2];
        netsuite.bill(order.id, by).unwrap();
    }
    let shop = world.sandbox.shopify().clone();
    for order in paid(&world) {
        let what = Giveback {
            lines: vec![(0, 1)],
            extra: 50,
            ..Giveback::default()
        };
        shop.refund(&order.id, &what);
    }
    world.run(Phase::Refunds, plans).await;
    world.assert_settled(&[Phase::Refunds]).await;
    let mut counted = BTreeMap::new();
    for refund in &shop.refunds() {
        let id = number(&refund.id);
        let of = |kind: &str, key: &str| netsuite.by_external_id(kind, &format!("shop-{key}-{id}"));
        let mut credits = ["creditMemo", "cashRefund"].into_iter();
        let credit = credits.find_map(|kind| Some((kind, of(kind, "refund")?)));
        let Some((kind, credit)) = credit else {
            continue;
        };
        let total: Decimal = refund.total.parse().unwrap();
        assert_eq!(credit.number("total"), total, "{id}");
        let Some(returned) = of("returnAuthorization", "return") else {
            continue;
        };
        let receipt = of("itemReceipt", "receipt").unwrap();
        let made_from = i64::try_from(returned.id).ok();
        assert_eq!(credit.reference("createdFrom"), made_from, "{id}");
        assert_eq!(receipt.reference("createdFrom"), made_from, "{id}");
        assert_eq!(returned.status, "G", "{id}");
        *counted.entry(kind).or_insert(0) += 1;
    }
    assert!(
        counted["creditMemo"] > 4 && counted["cashRefund"] > 4,
        "{counted:?}"
    );
    let made = counted["creditMemo"] + counted["cashRefund"];
    for kind in ["returnAuthorization", "itemReceipt"] {
        assert_eq!(netsuite.records(kind).len(), made, "{kind}");
    }
    world.assert_repeat_writes_nothing(&[Phase::Refunds]).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_is_received_and_credited_once() {
    comes_back_once(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    comes_back_once(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_when_processes_die_and_answers_are_lost() {
    let plans = [(Cut::AfterSend, 1), (Cut::BeforeSend, 1)];
    comes_back_once(&Platform::Embedded, &mishaps(), &plans).await;
}

/// An exchange is an edit (a line more) and a return of another line: the one changes the sales order, the other is credited. Once the order is
/// billed, both are for a person.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_is_a_change_of_the_order_and_a_refund() {
    let mut world = World::new(50, |_| {}).await;
    world.keep_refunds_apart();
    world.run(Phase::Orders, &[]).await;
    let (shop, netsuite) = (
        world.sandbox.shopify().clone(),
        world.sandbox.netsuite().clone(),
    );
    let sold = |order: &OrderView| {
        let key = format!("shop-{}", number(&order.id));
        netsuite.by_external_id("salesOrder", &key).unwrap()
    };
    let sku = world.sandbox.catalogue().items[7].sku.clone();
    let more = Edit::Add { sku, units: 1 };
    let back = Giveback {
        lines: vec![(0, 1)],
        ..Giveback::default()
    };
    world.clock.pass(Duration::from_secs(90));
    let mut exchanged = Vec::new();
    for order in paid(&world) {
        let before = sold(&order);
        let billed = exchanged.len() % 3 == 2;
        if billed {
            netsuite.bill(before.id, Bill::Invoice).unwrap();
        }
        if shop.edit_order(&order.id, &more) && shop.refund(&order.id, &back) {
            exchanged.push((order, before, billed));
        }
    }
    assert!(exchanged.len() > 8, "{}", exchanged.len());
    world.run(Phase::Orders, &[]).await;
    world.run(Phase::Refunds, &[]).await;
    let orders = world.records(Phase::Orders).await;
    let refunds = world.records(Phase::Refunds).await;
    for (order, before, billed) in &exchanged {
        let own = orders.iter().find(|row| row.number == order.name).unwrap();
        let of_it = |number: &str| number.starts_with(&format!("{}-R", order.name));
        let back = refunds.iter().rfind(|row| of_it(&row.number)).unwrap();
        let after = sold(order);
        if back.status == Status::Skipped {
            // What came back had cost nothing.
            continue;
        }
        if *billed {
            assert_eq!((own.status, back.status), (Status::Held, Status::Held));
            assert_eq!(after.lines.len(), before.lines.len());
            continue;
        }
        assert_eq!(
            (own.status, back.status),
            (Status::Synced, Status::Synced),
            "{own:?} {back:?}"
        );
        assert!(after.number("total") > before.number("total"));
        let key = format!("shop-refund-{}", back.key.id);
        assert!(netsuite.by_external_id("creditMemo", &key).is_some());
    }
    world.finish().await;
}
