//! How a stream is read: publish, then move the cursor, under a lease, dropping nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod bench;
mod completeness;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bench::{Bench, level};
use causeway_puller::{Backfiller, Error, LEASE, Round};
use commerce::{ExternalId, Kind};
use ports::ledger::{
    Backfill, BackfillScope, BackfillState, Filter, Holder, Outcome, StepKind, SyncRef,
};
use ports::{Clock as _, Fault, LedgerError, Status, Unreadable, Urgency, Window};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

fn go_on() -> CancellationToken {
    CancellationToken::new()
}

#[tokio::test]
async fn the_cursor_stays_when_the_queue_does_not_confirm() {
    let bench = Bench::new(vec![vec![level("1", 1)], vec![level("2", 2)]]).await;
    let mut puller = bench.puller("one");
    bench.publisher.fails.store(true, Ordering::SeqCst);
    let ended = puller.round(&go_on()).await;
    assert!(matches!(ended, Err(Error::Queue(_))), "{ended:?}");
    assert_eq!(bench.cursor().await, "");
    assert!(
        bench
            .ledger
            .counts(&bench.merchant)
            .await
            .unwrap()
            .is_empty()
    );

    bench.publisher.fails.store(false, Ordering::SeqCst);
    let round = puller.round(&go_on()).await.unwrap();
    let whole = Round {
        published: 2,
        complete: true,
    };
    assert_eq!(round, whole);
    assert_eq!(bench.published(), ["1", "2"]);
    assert_eq!(bench.cursor().await, "2");
    let counts = bench.ledger.counts(&bench.merchant).await.unwrap();
    assert_eq!((counts[0].status, counts[0].records), (Status::Queued, 2));
}

#[tokio::test]
async fn what_two_pages_share_is_published_once() {
    let bench = Bench::new(vec![
        vec![level("1", 1), level("2", 2)],
        vec![level("2", 2), level("3", 3)],
    ])
    .await;
    let round = bench.puller("one").round(&go_on()).await.unwrap();
    assert_eq!(round.published, 3);
    assert_eq!(bench.published(), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_stream_that_somebody_else_reads_is_left_to_him() {
    let bench = Bench::new(vec![vec![level("1", 1)]]).await;
    bench.puller("one").round(&go_on()).await.unwrap();
    let mut second = bench.puller("two");
    assert_eq!(second.round(&go_on()).await.unwrap(), Round::default());
    assert_eq!(bench.source.asked.lock().unwrap().len(), 1);
    // Until he has not been heard of for too long.
    bench.clock.pass(LEASE + Duration::from_secs(1));
    assert!(second.round(&go_on()).await.unwrap().complete);
}

#[tokio::test]
async fn who_lost_the_lease_while_reading_moves_nothing() {
    let bench = Bench::new(vec![vec![level("1", 1)], vec![level("2", 2)]]).await;
    let (ledger, clock, stream) = (
        Arc::clone(&bench.ledger),
        bench.clock.clone(),
        bench.stream(),
    );
    *bench.source.meanwhile.lock().unwrap() = Some(Box::new(move || {
        tokio::spawn(async move {
            clock.pass(LEASE + Duration::from_secs(1));
            let other = Holder("two".to_owned());
            let lease = ledger.lease(&stream, &other, LEASE, clock.now()).await;
            assert!(lease.unwrap().is_some());
        })
    }));
    let ended = bench.puller("one").round(&go_on()).await;
    assert!(
        matches!(ended, Err(Error::Ledger(LedgerError::Fenced(_)))),
        "{ended:?}"
    );
    assert_eq!(bench.cursor().await, "");
}

#[tokio::test]
async fn a_reader_told_to_stop_gives_its_lease_back() {
    let bench = Bench::new(vec![vec![level("1", 1)]]).await;
    let stop = CancellationToken::new();
    let bell = Arc::new(Notify::new());
    let running = bench
        .puller("one")
        .run(Duration::from_secs(60), bell, stop.clone());
    let running = tokio::spawn(running);
    while bench.published().is_empty() || bench.cursor().await.is_empty() {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    running.await.unwrap();
    let mut next = bench.puller("two");
    assert!(next.round(&go_on()).await.unwrap().complete);
}

#[tokio::test]
async fn the_bell_and_the_schedule_make_it_look_again() {
    let bench = Bench::new(vec![vec![level("1", 1)]]).await;
    let stop = CancellationToken::new();
    let bell = Arc::new(Notify::new());
    let every = Duration::from_secs(60);
    let running = bench
        .puller("one")
        .run(every, Arc::clone(&bell), stop.clone());
    let running = tokio::spawn(running);
    let looks = |count: usize| {
        let source = Arc::clone(&bench.source);
        async move {
            while source.asked.lock().unwrap().len() < count {
                tokio::task::yield_now().await;
            }
        }
    };
    looks(1).await;
    bell.notify_one();
    looks(2).await;
    // It may not have lain down yet: the time to wait is counted from then on.
    while bench.source.asked.lock().unwrap().len() < 3 {
        bench.clock.pass(every);
        tokio::task::yield_now().await;
    }
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_fault_of_the_source_leaves_everything_where_it_was() {
    let bench = Bench::new(vec![vec![level("1", 1)], vec![level("2", 2)]]).await;
    let why = "down".to_owned();
    bench
        .source
        .faults
        .lock()
        .unwrap()
        .push_back(Fault::Unavailable { why });
    let mut puller = bench.puller("one");
    let ended = puller.round(&go_on()).await;
    assert!(matches!(ended, Err(Error::Source(_))), "{ended:?}");
    assert_eq!(bench.cursor().await, "");
    assert_eq!(puller.round(&go_on()).await.unwrap().published, 2);
}

fn unreadable() -> Unreadable {
    Unreadable {
        id: ExternalId::new("77").unwrap(),
        why: "location: not a number".to_owned(),
        body: b"{\"id\":77}".to_vec(),
    }
}

/// The record that could not be read is kept, with why and with the source's own words.
async fn assert_unreadable_is_kept(bench: &Bench) {
    let filter = Filter {
        statuses: vec![Status::Failed],
        ..Filter::default()
    };
    let rows = bench
        .ledger
        .records(&bench.merchant, &filter, None, 10)
        .await;
    let rows = rows.unwrap();
    assert_eq!(rows.len(), 1);
    let reason = rows[0].reason.clone().unwrap();
    assert!(reason.contains("location: not a number"), "{reason}");
    let record = ports::ledger::RecordRef {
        sync: rows[0].sync.clone(),
        key: rows[0].key.clone(),
    };
    let (_, body) = bench
        .ledger
        .record_of(&bench.merchant, &record)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(body, unreadable().body);
    let journey = bench
        .ledger
        .journey(&bench.merchant, &record)
        .await
        .unwrap();
    assert_eq!(journey[0].kind, StepKind::Read);
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_does_not_stop_the_rest() {
    let bench = Bench::new(vec![vec![level("1", 1)], vec![level("2", 2)]]).await;
    bench.source.pages.lock().unwrap()[0].1.push(unreadable());
    let round = bench.puller("one").round(&go_on()).await.unwrap();
    assert_eq!(round.published, 2);
    assert_unreadable_is_kept(&bench).await;
}

#[tokio::test]
async fn the_arrival_of_an_item_releases_what_waits_for_it() {
    let bench = Bench::new(vec![vec![level("1", 1)]]).await;
    let waiting = level("order", 0);
    let reader = &bench.readers()[0];
    let sync = SyncRef {
        merchant: bench.merchant.clone(),
        id: reader.id.clone(),
        from: reader.from.clone(),
        to: reader.to.clone(),
    };
    let outcome = Outcome {
        key: waiting.key(),
        number: "#1".to_owned(),
        revision: waiting.revision,
        status: Status::Waiting,
        reason: None,
        actor: None,
        twin: None,
        waits_for: Some("netsuite/item:SKU-1".to_owned()),
        next_try: None,
        releases: Vec::new(),
        made_of: None,
        event: b"the event".to_vec().into(),
        steps: Vec::new(),
    };
    let holder = Holder("one".to_owned());
    bench
        .ledger
        .record(&sync, &holder, bench.clock.now(), &[outcome])
        .await
        .unwrap();
    bench.puller("one").round(&go_on()).await.unwrap();
    let due = bench.ledger.due(&bench.merchant, 10).await.unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].record.key, waiting.key());
}

fn job(scope: BackfillScope) -> Backfill {
    Backfill {
        id: "b1".to_owned(),
        connection: commerce::ConnectionId::new("netsuite").unwrap(),
        kind: Kind::Stock,
        scope,
        state: BackfillState::Running,
        expected: None,
        published: 0,
    }
}

async fn backfill(bench: &Bench, scope: BackfillScope) -> Backfill {
    let put = bench
        .ledger
        .put_backfill(&bench.merchant, &job(scope))
        .await;
    put.unwrap();
    let filler = Backfiller::new(bench.connection("one"), bench.readers());
    filler.round(&go_on()).await.unwrap();
    let mut all = bench.ledger.backfills(&bench.merchant).await.unwrap();
    all.remove(0)
}

#[tokio::test]
async fn a_backfill_reads_its_window_behind_everything_else() {
    let bench = Bench::new(vec![
        vec![level("1", 1), level("2", 2)],
        vec![level("3", 3), level("4", 40)],
        vec![level("5", 50)],
    ])
    .await;
    bench.source.pages.lock().unwrap()[1].1.push(unreadable());
    let window = Window {
        from: "2026-03-10T10:00:00Z".parse().unwrap(),
        to: "2026-03-10T10:30:00Z".parse().unwrap(),
    };
    let done = backfill(&bench, BackfillScope::Window(window)).await;
    assert_eq!((done.state, done.published), (BackfillState::Finished, 3));
    assert_eq!(done.expected, Some(5), "the source was asked first");
    assert_eq!(bench.published(), ["1", "2", "3"]);
    let published = bench.publisher.published.lock().unwrap().clone();
    assert!(
        published
            .iter()
            .all(|(_, urgency)| *urgency == Urgency::Bulk)
    );
    assert_unreadable_is_kept(&bench).await;
    // The stream of what happens now stands where it stood.
    let cursors = bench.ledger.cursors(&bench.merchant).await.unwrap();
    assert!(cursors.iter().all(|one| one.stream.backfill.is_some()));
}

#[tokio::test]
async fn a_backfill_by_id_reads_the_named_records() {
    let bench = Bench::new(vec![vec![level("1", 1), level("2", 2), level("3", 3)]]).await;
    let ids = ["3", "9", "1"].map(|id| ExternalId::new(id).unwrap());
    let done = backfill(&bench, BackfillScope::Ids(ids.into())).await;
    assert_eq!(done.state, BackfillState::Finished);
    assert_eq!(bench.published(), ["1", "3"]);
}

#[tokio::test]
async fn records_are_asked_for_together() {
    let names: Vec<String> = (1..=120).map(|id| id.to_string()).collect();
    let levels = names.iter().map(|id| level(id, 1)).collect();
    let bench = Bench::new(vec![levels]).await;
    let ids = names.iter().map(|id| ExternalId::new(id).unwrap());
    let done = backfill(&bench, BackfillScope::Ids(ids.collect())).await;
    assert_eq!((done.state, done.published), (BackfillState::Finished, 120));
    assert_eq!(bench.published().len(), 120);
    assert_eq!(*bench.source.sought.lock().unwrap(), [50, 50, 20]);
}

#[tokio::test]
async fn what_is_read_again_is_forgotten_when_it_is_done() {
    let bench = Bench::new(vec![vec![level("1", 1)]]).await;
    let ids = vec![ExternalId::new("1").unwrap()];
    let put = job(BackfillScope::Again(ids));
    bench
        .ledger
        .put_backfill(&bench.merchant, &put)
        .await
        .unwrap();
    let filler = Backfiller::new(bench.connection("one"), bench.readers());
    filler.round(&go_on()).await.unwrap();
    assert_eq!(bench.published(), ["1"]);
    let all = bench.ledger.backfills(&bench.merchant).await.unwrap();
    assert_eq!(all, []);
    let cursors = bench.ledger.cursors(&bench.merchant).await.unwrap();
    assert!(cursors.iter().all(|one| one.stream.backfill.is_none()));
}

#[tokio::test]
async fn a_record_that_the_source_stumbles_over_is_asked_for_alone() {
    let bench = Bench::new(vec![vec![level("1", 1), level("2", 2)]]).await;
    let stumbles = |id: &str| Fault::Refused {
        why: format!("cannot show {id}"),
    };
    let faults = [stumbles("both"), stumbles("1")];
    bench.source.faults.lock().unwrap().extend(faults);
    let ids = ["1", "2"].map(|id| ExternalId::new(id).unwrap());
    let done = backfill(&bench, BackfillScope::Ids(ids.into())).await;
    assert_eq!((done.state, done.published), (BackfillState::Finished, 2));
    assert_eq!(bench.published(), ["2"]);
    let failed = Filter {
        statuses: vec![Status::Failed],
        ..Filter::default()
    };
    let rows = bench.ledger.records(&bench.merchant, &failed, None, 10);
    let rows = rows.await.unwrap();
    assert_eq!(rows[0].key.id.as_str(), "1");
    assert_eq!(*bench.source.sought.lock().unwrap(), [2, 1, 1]);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_does_not_keep_back_those_named_after_it() {
    let bench = Bench::new(vec![vec![level("1", 1)]]).await;
    bench.source.pages.lock().unwrap()[0].1.push(unreadable());
    let ids = [unreadable().id, ExternalId::new("1").unwrap()];
    let done = backfill(&bench, BackfillScope::Ids(ids.into())).await;
    assert_eq!(done.state, BackfillState::Finished);
    assert_eq!(bench.published(), ["1"]);
    let failed = Filter {
        statuses: vec![Status::Failed],
        ..Filter::default()
    };
    let rows = bench.ledger.records(&bench.merchant, &failed, None, 10);
    let rows = rows.await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].key.id, unreadable().id);
}

#[tokio::test]
async fn a_backfill_goes_on_where_the_queue_failed_it() {
    let bench = Bench::new(vec![vec![level("1", 1)], vec![level("2", 2)]]).await;
    let window = Window {
        from: "2026-03-10T10:00:00Z".parse().unwrap(),
        to: "2026-03-11T10:00:00Z".parse().unwrap(),
    };
    let put = job(BackfillScope::Window(window));
    bench
        .ledger
        .put_backfill(&bench.merchant, &put)
        .await
        .unwrap();
    let filler = Backfiller::new(bench.connection("one"), bench.readers());
    bench.publisher.fails.store(true, Ordering::SeqCst);
    let ended = filler.round(&go_on()).await;
    assert!(matches!(ended, Err(Error::Queue(_))), "{ended:?}");
    bench.publisher.fails.store(false, Ordering::SeqCst);
    filler.round(&go_on()).await.unwrap();
    assert_eq!(bench.published(), ["1", "2"]);
    let all = bench.ledger.backfills(&bench.merchant).await.unwrap();
    assert_eq!(all[0].state, BackfillState::Finished);
}

#[tokio::test]
async fn refused_credentials_are_told_once_and_taken_back_when_they_work() {
    let bench = Bench::new(vec![vec![level("1", 1)]]).await;
    let refused = || Fault::Unauthorized {
        why: "token revoked".to_owned(),
    };
    bench
        .source
        .faults
        .lock()
        .unwrap()
        .extend([refused(), refused()]);
    let (stop, bell) = (go_on(), Arc::new(Notify::new()));
    let reading = bench.puller("one");
    let running =
        tokio::spawn(reading.run(Duration::from_secs(60), Arc::clone(&bell), stop.clone()));
    let mut alerts = 0;
    while bench.published().is_empty() {
        tokio::task::yield_now().await;
        bell.notify_one();
        let log = bench.ledger.audit_log(&bench.merchant, 10).await.unwrap();
        alerts = alerts.max(log.len());
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(alerts, 1);
    let log = bench.ledger.audit_log(&bench.merchant, 10).await.unwrap();
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["resolved", "alert"]);
    for part in ["pull stock from netsuite", "token revoked", "mend"] {
        assert!(log[1].detail.contains(part), "{}", log[1].detail);
    }
}
