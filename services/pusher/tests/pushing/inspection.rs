//! A target that counts nothing is shown what it should hold, page by page.

use std::time::Duration;

use commerce::SyncId;
use ports::ledger::{Difference, Holder, Inspection};
use ports::{AuditCalls, Clock as _, Fault, SystemClock, standing_alerts};
use tokio_util::sync::CancellationToken;

use crate::bench::Bench;
use crate::order::good;

const HOUR: u64 = 3600;

/// Five orders written an hour ago.
async fn written() -> (Bench, CancellationToken) {
    let bench = Bench::new().await;
    for id in ["1", "2", "3", "4", "5"] {
        bench.push(vec![good(id)]).await;
        bench.clock.pass(1);
    }
    bench.clock.pass(HOUR);
    (bench, CancellationToken::new())
}

async fn found(bench: &Bench) -> Option<Inspection> {
    let found = bench.ledger.inspections(&bench.merchant).await;
    found.unwrap().pop()
}

fn away() -> Fault {
    Fault::Unavailable {
        why: "down".to_owned(),
    }
}

#[tokio::test]
async fn what_differs_and_what_is_gone_is_told() {
    let (bench, stop) = written().await;
    let inspector = bench.inspector(&AuditCalls::default());
    let why = "12 here, 10 there".to_owned();
    bench.sink.fail("2", Fault::Held { why });
    bench.sink.fail(
        "4",
        Fault::Missing {
            what: "item:4".to_owned(),
        },
    );
    inspector.round(&stop).await.unwrap();
    let told = found(&bench).await.unwrap();
    assert_eq!(told.expected, 5);
    let all: Vec<(&str, &str, Difference)> = told
        .deviations
        .iter()
        .map(|one| (one.id.as_str(), one.twin.as_str(), one.what.clone()))
        .collect();
    let what = "held: 12 here, 10 there".to_owned();
    let content = Difference::Content { what };
    assert_eq!(
        all,
        [("2", "92", content), ("4", "94", Difference::Missing)]
    );
    let log = bench.ledger.audit_log(&bench.merchant, 10).await.unwrap();
    let alerts: Vec<_> = standing_alerts(&log).collect();
    assert_eq!(alerts.len(), 1, "what differs is no alert");
    assert!(alerts[0].detail.contains("4 (there 94)"), "{alerts:?}");

    // Nothing is due, and then all is well.
    let before = bench.sink.shown().len();
    inspector.round(&stop).await.unwrap();
    assert_eq!((before, bench.sink.shown().len()), (5, 0));
    bench.clock.pass(HOUR);
    inspector.round(&stop).await.unwrap();
    assert!(found(&bench).await.unwrap().deviations.is_empty());
}

#[tokio::test]
async fn an_interruption_goes_on_where_it_was_in_another_process_too() {
    let (mut bench, stop) = written().await;
    let why = "wrong".to_owned();
    bench.sink.fail("1", Fault::Held { why });
    bench.sink.fail("3", away());
    let calls = AuditCalls::default();
    bench.inspector(&calls).round(&stop).await.unwrap_err();
    assert_eq!(found(&bench).await, None);
    assert_eq!(bench.sink.shown(), ["1", "2", "3", "4"]);
    // What was written meanwhile belongs to the next comparison.
    bench.push(vec![good("6")]).await;
    bench.holder = Holder("another".to_owned());
    bench.clock.pass(60);
    bench.inspector(&calls).round(&stop).await.unwrap();
    assert_eq!(bench.sink.shown(), ["3", "4", "5"]);
    let told = found(&bench).await.unwrap();
    assert_eq!((told.expected, told.deviations.len()), (5, 1));
}

#[tokio::test]
async fn it_is_made_at_once_when_it_is_asked_for() {
    let (bench, stop) = written().await;
    let calls = AuditCalls::default();
    let inspector = bench.inspector(&calls);
    inspector.round(&stop).await.unwrap();
    bench.clock.pass(60);
    calls.ask(SyncId::new("orders").unwrap(), bench.clock.now());
    for _ in 0..2 {
        inspector.round(&stop).await.unwrap();
    }
    assert_eq!(bench.sink.shown().len(), 5 + 5, "once more, and not twice");
    // One that runs is woken.
    let running = tokio::spawn(inspector.run(stop.clone()));
    bench.clock.pass(1);
    calls.ask(SyncId::new("orders").unwrap(), bench.clock.now());
    let now = bench.clock.now();
    for _ in 0..1000 {
        if found(&bench).await.is_some_and(|found| found.at == now) {
            break;
        }
        SystemClock.sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(found(&bench).await.unwrap().at, now);
}
