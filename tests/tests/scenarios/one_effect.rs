//! Whatever dies, fails or comes twice: one sale is one sales order, one shipment is one fulfilment, and nothing is left to do.
//!
//! Each test has a world of its own: a simulated clock, the embedded platform on a file, real endpoints against the sandbox. The first process dies
//! at the first passing of a step, the second at the second, the third finishes.

use causeway_scenarios::{Cut, Phase, Platform, World, writes};
use sandbox::{Fault, Rule};

/// Through all phases with these plans in each, then compares all sides.
async fn everything_once(mut world: World, plans: &[(Cut, usize)]) {
    world.run(Phase::Orders, plans).await;
    assert_eq!(world.order_differences().await, [""; 0]);
    world.work_in_the_warehouse();
    world.run(Phase::Shipments, plans).await;
    world.run(Phase::Stock, plans).await;
    assert_eq!(world.differences().await, [""; 0]);
    world.finish().await;
}

async fn survives(plans: &[(Cut, usize)]) {
    everything_once(World::new(60, |_| {}).await, plans).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    let plans = [(Cut::AfterSend, 1), (Cut::MidSettle, 3)];
    everything_once(World::on(&platform, 60, |_| {}).await, &plans).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_half_published() {
    survives(&[(Cut::MidPublish, 1), (Cut::MidPublish, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_published_and_the_cursor_not_moved() {
    survives(&[(Cut::BeforeAdvance, 1), (Cut::BeforeAdvance, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cursor_is_moved() {
    survives(&[(Cut::AfterAdvance, 1), (Cut::AfterAdvance, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intents_are_stored_and_nothing_is_sent() {
    survives(&[(Cut::AfterClaim, 1), (Cut::AfterClaim, 2)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_ready_to_be_sent() {
    survives(&[(Cut::BeforeSend, 1), (Cut::BeforeSend, 2)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_target_has_committed_and_nobody_knows() {
    survives(&[(Cut::AfterSend, 1), (Cut::AfterSend, 2)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outcomes_are_stored_and_nothing_is_acknowledged() {
    survives(&[(Cut::AfterRecord, 1), (Cut::AfterRecord, 2)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_batch_is_acknowledged() {
    survives(&[(Cut::MidSettle, 5), (Cut::MidSettle, 16)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_cannot_take_the_outcomes() {
    survives(&[(Cut::RecordFails, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_connections_break_after_the_write() {
    let first: Vec<u64> = (1..=12).collect();
    let rules = [
        Rule::on(Fault::CutAfter, first.clone())
            .method("POST")
            .target("/record/v1/salesOrder"),
        Rule::on(Fault::CutAfter, first).target("#fulfillmentCreate"),
    ];
    everything_once(World::troubled(&Platform::Embedded, 60, &rules).await, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave_in_every_way() {
    let rules = [
        Rule::at_rate(Fault::CutBefore, 0.04),
        Rule::at_rate(Fault::CutAfter, 0.04),
        Rule::at_rate(Fault::FailBefore, 0.03),
        Rule::at_rate(Fault::FailAfter, 0.03),
        Rule::at_rate(Fault::Garble, 0.02),
        Rule::at_rate(Fault::Refuse, 0.03),
        Rule::at_rate(Fault::Expire, 0.01),
    ];
    everything_once(World::troubled(&Platform::Embedded, 60, &rules).await, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave_and_processes_die() {
    let rules = [
        Rule::at_rate(Fault::CutAfter, 0.04),
        Rule::at_rate(Fault::FailAfter, 0.04),
        Rule::at_rate(Fault::Refuse, 0.03),
    ];
    let plans = [
        (Cut::AfterSend, 1),
        (Cut::BeforeSend, 2),
        (Cut::MidSettle, 3),
    ];
    everything_once(
        World::troubled(&Platform::Embedded, 60, &rules).await,
        &plans,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_everything_again_writes_nothing() {
    let mut world = World::new(60, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    world.work_in_the_warehouse();
    world.run(Phase::Shipments, &[]).await;
    let before = writes(&world.sandbox);
    assert!(before >= 60, "{before} writes");
    let both = [Phase::Orders, Phase::Shipments];
    world.assert_repeat_writes_nothing(&both).await;
    world.finish().await;
}
