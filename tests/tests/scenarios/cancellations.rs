//! What is called off in NetSuite is called off in the shop: once, whatever dies or fails on the way, and it does not come back.

use std::collections::BTreeSet;
use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World, order_key, writes};
use ports::Status;
use sandbox::netsuite::Shift;
use sandbox::{Fault, Rule};

/// Calls off every third sales order; returns their external ids.
fn call_off(world: &World) -> BTreeSet<String> {
    let netsuite = world.sandbox.netsuite();
    let orders = netsuite.records("salesOrder").into_iter().enumerate();
    let chosen = orders.filter(|(place, order)| place % 3 == 0 && netsuite.call_off(order.id));
    let chosen: BTreeSet<String> = chosen
        .map(|(_, order)| order.external_id.clone().unwrap())
        .collect();
    assert!(chosen.len() >= 12, "{}", chosen.len());
    chosen
}

/// The external ids of the sales orders whose orders are cancelled in the shop.
fn cancelled(world: &World) -> BTreeSet<String> {
    let orders = world.sandbox.shopify().orders().into_iter();
    let keys = orders.filter(|order| order.cancelled);
    keys.map(|order| order_key(&order.id)).collect()
}

async fn carried_over(mut world: World, plans: &[(Cut, usize)]) {
    world.run(Phase::Orders, &[]).await;
    assert_eq!(world.order_differences().await, [""; 0]);
    let before = cancelled(&world);
    let refunds = world.sandbox.shopify().refunds().len();
    world.clock.pass(Duration::from_secs(90));
    let off = call_off(&world);
    world.run(Phase::Cancellations, plans).await;
    let new: BTreeSet<String> = cancelled(&world).difference(&before).cloned().collect();
    assert_eq!(new, off);
    // Each was paid back at most once.
    assert!(world.sandbox.shopify().refunds().len() <= refunds + off.len());
    for row in world.records(Phase::Cancellations).await {
        assert_eq!(row.status, Status::Synced, "{row:?}");
    }
    // The shop tells of its cancelled orders, and NetSuite has nothing to learn from it.
    let before = writes(&world.sandbox);
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::Orders, &[]).await;
    assert_eq!(world.order_differences().await, [""; 0]);
    assert_eq!(writes(&world.sandbox), before);
    world.run_again(Phase::Cancellations).await;
    assert_eq!(writes(&world.sandbox), before);
    world.sandbox.shopify().faults().set(Vec::new());
    world.clock.pass(Duration::from_secs(3600));
    assert_eq!(world.inspect(Phase::Cancellations).await, []);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_netsuite_calls_off_the_shop_calls_off() {
    carried_over(World::new(50, |_| {}).await, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    let world = World::on(&platform, 50, |_| {}).await;
    carried_over(world, &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deaths_and_lost_answers_change_nothing() {
    let world = World::new(50, |options| {
        options.shopify.faults = vec![
            Rule::at_rate(Fault::CutAfter, 0.2).target("orderCancel"),
            Rule::at_rate(Fault::FailAfter, 0.2).target("orderCancel"),
            Rule::at_rate(Fault::CutBefore, 0.1).target("orderCancel"),
        ];
    })
    .await;
    carried_over(world, &[(Cut::AfterSend, 1), (Cut::AfterRecord, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_of_the_shop_comes_back_and_changes_nothing() {
    let mut world = World::new(40, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    let shop = world.sandbox.shopify();
    let orders = shop.orders();
    let asked = orders
        .iter()
        .filter(|order| !order.test && shop.cancel_order(&order.id));
    let asked = asked.count();
    world.run(Phase::Orders, &[]).await;
    let before = writes(&world.sandbox);
    world.run(Phase::Cancellations, &[]).await;
    assert_eq!(writes(&world.sandbox), before);
    let rows = world.records(Phase::Cancellations).await;
    assert!(asked > 20 && rows.len() == asked, "{asked}: {}", rows.len());
    for row in rows {
        assert_eq!(row.status, Status::Unchanged, "{row:?}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_left_in_part_is_held_with_the_choices() {
    let mut world = World::new(40, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    world.sandbox.netsuite().ship_pending(Shift {
        partial: 100,
        ..Shift::default()
    });
    // Some of the shipments have reached the shop when the rest is called off, the others have not: both are held.
    let off = call_off(&world);
    let before = cancelled(&world);
    world.run(Phase::Cancellations, &[]).await;
    assert_eq!(cancelled(&world), before);
    let rows = world.records(Phase::Cancellations).await;
    assert_eq!(rows.len(), off.len());
    let held: Vec<_> = rows
        .iter()
        .filter(|row| row.status == Status::Held)
        .collect();
    assert!(held.len() > 5, "{rows:#?}");
    for row in held {
        let reason = row.reason.as_deref().unwrap_or_default();
        assert!(
            reason.contains("Nothing was written. Choices: "),
            "{reason}"
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_shop_gives_back_for_a_cancellation_makes_no_credit() {
    let mut world = World::new(50, |_| {}).await;
    world.keep_refunds_apart();
    world.run(Phase::Orders, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    let off = call_off(&world);
    world.run(Phase::Cancellations, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::Refunds, &[]).await;
    assert!(world.sandbox.netsuite().records("creditMemo").is_empty());
    let rows = world.records(Phase::Refunds).await;
    let reasons = rows.iter().filter_map(|row| row.reason.as_deref());
    let left_out = reasons.filter(|reason| reason.contains("was never billed"));
    let left_out = left_out.count();
    assert!(left_out > 8 && left_out <= off.len(), "{rows:#?}");
    world.finish().await;
}
