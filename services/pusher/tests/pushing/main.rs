//! What becomes of a delivery: by the target's answer, by the rules, by what the ledger knows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod bench;
mod inspection;
mod levels;
mod order;
mod payouts;
mod refunds;
mod sink;
mod traces;

use std::time::Duration;

use bench::Bench;
use commerce::{ConnectionId, Event, OrderState, Record};
use order::{event, good, order};
use ports::ledger::{Holder, Selection, StepKind};
use ports::queue::Undecodable;
use ports::{Fault, Settlement, Status};

fn why() -> String {
    "the target's words".to_owned()
}

#[tokio::test]
async fn refused_credentials_stop_the_lane_and_count_nothing() {
    let bench = Bench::new().await;
    bench.sink.fail("1", Fault::Unauthorized { why: why() });
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Return]);
    let row = bench.row("1").await;
    assert_eq!((row.status, row.attempts), (Status::Queued, 0));
    // Nothing was sent, so nothing has to be looked up, and nobody has to wait for a claim to end.
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    assert_eq!(bench.row("1").await.status, Status::Synced);
    assert!(bench.sink.located().is_empty());
}

#[tokio::test]
async fn refused_credentials_are_told_once_and_taken_back_when_they_work() {
    let bench = Bench::new().await;
    for _ in 0..2 {
        bench.sink.fail("1", Fault::Unauthorized { why: why() });
        bench.push(vec![good("1")]).await;
    }
    let log = bench.ledger.audit_log(&bench.merchant, 10).await.unwrap();
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0].action, "alert");
    for part in ["push order to netsuite", "the target's words", "mend"] {
        assert!(log[0].detail.contains(part), "{}", log[0].detail);
    }
    // A held order says nothing of the credentials.
    bench.push(vec![event("2", 0, order("21.50"))]).await;
    let log = bench.ledger.audit_log(&bench.merchant, 10).await.unwrap();
    assert_eq!(ports::standing_alerts(&log).count(), 1);

    bench.push(vec![good("1")]).await;
    bench.push(vec![good("3")]).await;
    let log = bench.ledger.audit_log(&bench.merchant, 10).await.unwrap();
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["resolved", "alert"]);

    bench.sink.fail("4", Fault::Unauthorized { why: why() });
    bench.push(vec![good("4")]).await;
    let log = bench.ledger.audit_log(&bench.merchant, 10).await.unwrap();
    assert_eq!(ports::standing_alerts(&log).count(), 1);
}

#[tokio::test]
async fn an_order_that_does_not_add_up_is_held_with_the_difference() {
    let bench = Bench::new().await;
    let wrong = event("1", 0, order("21.50"));
    assert_eq!(bench.push(vec![wrong]).await, [Settlement::Done]);
    let row = bench.row("1").await;
    assert_eq!(row.status, Status::Held);
    let reason = row.reason.unwrap();
    assert!(reason.contains("1.50"), "{reason}");
    assert!(bench.sink.written().is_empty());
}

#[tokio::test]
async fn why_a_record_was_read_stands_in_its_journey() {
    let bench = Bench::new().await;
    let mut found = good("1");
    found.occasion = Some("read again as missing-orders-7".to_owned());
    bench.push(vec![found]).await;
    let record = Bench::reference("1");
    let journey = bench.ledger.journey(&bench.merchant, &record).await;
    let journey = journey.unwrap();
    let note = &journey[0].note;
    assert!(note.ends_with("; read again as missing-orders-7"), "{note}");
}

#[tokio::test]
async fn what_a_filter_leaves_out_names_the_filter() {
    let mut bench = Bench::new().await;
    bench.rules.filter = Some("order.total > 100".to_owned());
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    let row = bench.row("1").await;
    assert_eq!(row.status, Status::Skipped);
    assert_eq!(row.reason.as_deref(), Some("filter: order.total > 100"));
    assert!(bench.sink.written().is_empty());
}

#[tokio::test]
async fn tests_and_orders_cancelled_before_are_no_sales() {
    let bench = Bench::new().await;
    let mut test = order("20.00");
    test.test = true;
    let mut cancelled = order("20.00");
    cancelled.state = OrderState::Cancelled;
    let both = vec![event("1", 0, test), event("2", 0, cancelled)];
    assert_eq!(bench.push(both).await, [Settlement::Done, Settlement::Done]);
    for id in ["1", "2"] {
        assert_eq!(bench.row(id).await.status, Status::Skipped);
    }
    assert!(bench.sink.written().is_empty());
}

#[tokio::test]
async fn a_record_waits_for_its_key_and_comes_back_through_the_outbox() {
    let bench = Bench::new().await;
    let missing = Fault::Missing {
        what: "item:TEA-1".to_owned(),
    };
    bench.sink.fail("1", missing);
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    assert_eq!(bench.row("1").await.status, Status::Waiting);
    let now = "2026-03-10T13:00:00Z".parse().unwrap();
    let other = ["netsuite/item:TEA-2".to_owned()];
    let release = async |keys: &[String]| {
        let released = bench.ledger.release_waiting(&bench.merchant, keys, now);
        released.await.unwrap()
    };
    assert_eq!(release(&other).await, 0);
    assert_eq!(release(&["netsuite/item:TEA-1".to_owned()]).await, 1);
    let carried = bench.carried().await;
    assert_eq!(carried, [good("1")]);
    assert_eq!(bench.push(carried).await, [Settlement::Done]);
    assert_eq!(bench.row("1").await.status, Status::Synced);
}

#[tokio::test]
async fn a_person_retries_what_was_refused() {
    let bench = Bench::new().await;
    bench.sink.fail("1", Fault::Refused { why: why() });
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    let row = bench.row("1").await;
    assert_eq!(row.status, Status::Failed);
    assert!(row.reason.unwrap().contains("the target's words"));
    // The same event once more changes nothing.
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    assert_eq!(bench.sink.written(), ["1"]);

    let chosen = Selection::Records(vec![Bench::reference("1")]);
    let now = "2026-03-10T13:00:00Z".parse().unwrap();
    let requeued = bench.ledger.requeue(&bench.merchant, &chosen, "ann", now);
    assert_eq!(requeued.await.unwrap(), 1);
    let carried = bench.carried().await;
    assert_eq!(bench.push(carried).await, [Settlement::Done]);
    assert_eq!(bench.row("1").await.status, Status::Synced);
    let journey = bench
        .ledger
        .journey(&bench.merchant, &Bench::reference("1"))
        .await
        .unwrap();
    let person = journey.iter().find(|step| step.kind == StepKind::Person);
    assert!(person.unwrap().note.contains("ann"), "{journey:?}");
}

#[tokio::test]
async fn an_older_version_is_not_written_after_a_newer_one() {
    let bench = Bench::new().await;
    let mut changed = order("20.00");
    changed.number = "#1b".to_owned();
    let (old, new) = (good("1"), event("1", 5, changed));
    assert_eq!(bench.push(vec![new]).await, [Settlement::Done]);
    assert_eq!(bench.push(vec![old]).await, [Settlement::Done]);
    assert_eq!(bench.sink.written(), ["1"]);
    assert_eq!(bench.row("1").await.number, "#1b");
}

#[tokio::test]
async fn one_bad_record_does_not_keep_the_others() {
    let bench = Bench::new().await;
    bench.sink.fail("2", Fault::Refused { why: why() });
    bench.sink.fail("3", Fault::Unavailable { why: why() });
    let events: Vec<Event> = ["1", "2", "3", "4"].map(good).into();
    let retry = Settlement::Retry(Duration::from_secs(5));
    assert_eq!(
        bench.push(events).await,
        [Settlement::Done, Settlement::Done, retry, Settlement::Done]
    );
    let mut statuses = Vec::new();
    for id in ["1", "2", "3", "4"] {
        statuses.push(bench.row(id).await.status);
    }
    let expected = [
        Status::Synced,
        Status::Failed,
        Status::Retrying,
        Status::Synced,
    ];
    assert_eq!(statuses, expected);
}

#[tokio::test]
async fn an_uncertain_write_is_looked_up_before_another() {
    let bench = Bench::new().await;
    for id in ["1", "2"] {
        bench.sink.fail(id, Fault::Uncertain { why: why() });
    }
    let both = || vec![good("1"), good("2")];
    let retry = Settlement::Retry(Duration::from_secs(5));
    assert_eq!(bench.push(both()).await, [retry.clone(), retry]);
    assert_eq!(bench.row("1").await.status, Status::Uncertain);
    bench.sink.has("1");
    bench.clock.pass(5);
    assert_eq!(
        bench.push(both()).await,
        [Settlement::Done, Settlement::Done]
    );
    assert_eq!(bench.sink.located(), ["1", "2"]);
    // The first had landed; the second had not, and is written now.
    assert_eq!(bench.sink.written(), ["1", "2", "2"]);
    for id in ["1", "2"] {
        assert_eq!(bench.row(id).await.status, Status::Synced);
    }
}

#[tokio::test]
async fn a_write_that_is_found_is_checked_like_any_other() {
    let bench = Bench::new().await;
    bench.sink.fail("1", Fault::Uncertain { why: why() });
    bench.push(vec![good("1")]).await;
    bench.sink.has_wrong("1", "the totals differ by 0.01 EUR");
    bench.clock.pass(5);
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    let row = bench.row("1").await;
    assert_eq!(row.status, Status::Held);
    assert!(row.reason.unwrap().contains("0.01 EUR"));
    assert!(row.twin.is_some(), "it is there all the same");
}

#[tokio::test]
async fn a_write_that_is_found_does_not_speak_for_a_newer_version() {
    let bench = Bench::new().await;
    bench.sink.fail("1", Fault::Uncertain { why: why() });
    bench.push(vec![good("1")]).await;
    bench.sink.has("1");
    let mut changed = order("20.00");
    changed.number = "#1b".to_owned();
    let newer = event("1", 5, changed);
    assert_eq!(bench.push(vec![newer]).await, [Settlement::Done]);
    assert_eq!(bench.sink.located(), ["1"]);
    // It went on as a change of what is there, by the twin that was found.
    assert_eq!(bench.sink.changed(), ["1"]);
}

#[tokio::test]
async fn what_another_process_works_on_is_left_to_it_until_its_claim_ends() {
    let mut bench = Bench::new().await;
    let event = good("1");
    let sync = ports::ledger::SyncRef {
        merchant: bench.merchant.clone(),
        id: Bench::reference("1").sync,
        from: event.connection.clone(),
        to: ConnectionId::new("netsuite").unwrap(),
    };
    let request = ports::ledger::ClaimRequest {
        key: event.key(),
        number: "#1".to_owned(),
        revision: event.revision,
    };
    let other = Holder("dead".to_owned());
    let now = ports::Clock::now(&bench.clock);
    bench
        .ledger
        .claim(&sync, &other, causeway_pusher::CLAIM, now, &[request])
        .await
        .unwrap();

    bench.holder = Holder("two".to_owned());
    let later = Settlement::Retry(Duration::from_secs(5));
    assert_eq!(bench.push(vec![good("1")]).await, [later]);
    assert!(bench.sink.written().is_empty());
    bench.clock.pass(600);
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    assert_eq!(bench.sink.located(), ["1"]);
    assert_eq!(bench.sink.written(), ["1"]);
}

#[tokio::test]
async fn what_nobody_can_read_or_wants_is_buried_and_a_paused_sync_keeps_its_own() {
    let mut bench = Bench::new().await;
    let broken = Undecodable {
        why: "no event".to_owned(),
        body: b"?".to_vec(),
    };
    let mut foreign = good("2");
    foreign.connection = ConnectionId::new("elsewhere").unwrap();
    let ends = bench
        .deliver(vec![Err(broken), Ok(Box::new(foreign))])
        .await;
    assert!(matches!(&ends[0], Settlement::Bury(why) if why.contains("no event")));
    assert!(matches!(&ends[1], Settlement::Bury(why) if why.contains("elsewhere")));

    bench.paused = true;
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    assert_eq!(bench.row("1").await.status, Status::Waiting);
    assert!(bench.sink.written().is_empty());

    bench.paused = false;
    let keys = [ports::ledger::resumption_key(&Bench::reference("1").sync)];
    let now = "2026-03-10T13:00:00Z".parse().unwrap();
    let released = bench.ledger.release_waiting(&bench.merchant, &keys, now);
    assert_eq!(released.await.unwrap(), 1);
    let carried = bench.carried().await;
    assert_eq!(bench.push(carried).await, [Settlement::Done]);
    assert_eq!(bench.sink.written(), ["1"]);
}

#[tokio::test]
async fn a_change_that_the_target_does_not_care_about_writes_nothing() {
    let bench = Bench::new().await;
    assert_eq!(bench.push(vec![good("1")]).await, [Settlement::Done]);
    let mut noted = order("20.00");
    noted.note = Some("ring twice".to_owned());
    let changed = event("1", 5, noted);
    assert!(matches!(&changed.record, Record::Order(order) if order.note.is_some()));
    assert_eq!(bench.push(vec![changed]).await, [Settlement::Done]);
    assert_eq!(bench.sink.written(), ["1"]);
    assert_eq!(bench.row("1").await.status, Status::Unchanged);
}
