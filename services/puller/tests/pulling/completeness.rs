//! What the source has and never told of is found, read again, and told of when that does not help.

use std::time::Duration;

use causeway_puller::{Auditor, Backfiller, Puller};
use commerce::{ExternalId, Kind};
use ports::ledger::{BackfillScope, Reconciliation};
use ports::{AuditCalls, standing_alerts};
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, shipment};

const HOUR: Duration = Duration::from_secs(3600);

/// A stream of shipments of which the list tells these.
async fn shipments(created: &[&str]) -> (Bench, Puller) {
    let bench = Bench::new(vec![vec![]]).await;
    bench.list(created);
    let mut readers = bench.readers();
    readers[0].kind = Kind::Fulfilment;
    let puller = Puller::live(bench.connection("one"), Kind::Fulfilment, readers);
    (bench, puller)
}

async fn found(bench: &Bench) -> Reconciliation {
    let found = bench.ledger.reconciliations(&bench.merchant).await;
    found.unwrap().remove(0)
}

fn missing(found: &Reconciliation) -> Vec<&str> {
    found.missing.iter().map(|one| one.id.as_str()).collect()
}

async fn alerts(bench: &Bench) -> Vec<String> {
    let log = bench.ledger.audit_log(&bench.merchant, 100).await.unwrap();
    standing_alerts(&log)
        .map(|alert| alert.detail.clone())
        .collect()
}

#[tokio::test]
async fn what_never_arrived_is_read_again_and_then_told() {
    let (bench, puller) = shipments(&["1", "2"]).await;
    let auditor = Auditor::of(&puller, AuditCalls::default()).unwrap();
    auditor.round().await.unwrap();
    assert_eq!(
        (
            missing(&found(&bench).await).len(),
            found(&bench).await.at_source
        ),
        (2, 2)
    );
    let jobs = bench.ledger.backfills(&bench.merchant).await.unwrap();
    let all = ["1", "2"].map(|id| ExternalId::new(id).unwrap()).to_vec();
    assert_eq!(jobs[0].scope, BackfillScope::Ids(all));
    assert!(alerts(&bench).await.is_empty(), "first it is read again");

    // Too early to look once more.
    auditor.round().await.unwrap();
    assert_eq!(
        bench.ledger.backfills(&bench.merchant).await.unwrap().len(),
        1
    );

    bench.clock.pass(Duration::from_secs(300));
    auditor.round().await.unwrap();
    let told = alerts(&bench).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("2 missing: 1, 2"), "{told:?}");

    // It was no record of ours after all.
    bench.list(&[]);
    bench.clock.pass(Duration::from_secs(300));
    auditor.round().await.unwrap();
    assert!(missing(&found(&bench).await).is_empty());
    assert!(alerts(&bench).await.is_empty());
}

#[tokio::test]
async fn what_is_read_again_is_missing_no_more() {
    let (bench, puller) = shipments(&["7"]).await;
    let auditor = Auditor::of(&puller, AuditCalls::default()).unwrap();
    auditor.round().await.unwrap();
    assert_eq!(missing(&found(&bench).await), ["7"]);

    // Its page never told of it, but the record itself can be read.
    *bench.source.pages.lock().unwrap() = vec![(vec![shipment("7")], Vec::new())];
    let stop = CancellationToken::new();
    let mut readers = bench.readers();
    readers[0].kind = Kind::Fulfilment;
    let filler = Backfiller::new(bench.connection("one"), readers);
    filler.round(&stop).await.unwrap();
    assert_eq!(bench.published(), ["7"]);
    let occasion = bench.occasions().remove(0).unwrap();
    assert!(occasion.starts_with("read again as missing-"), "{occasion}");
    bench.clock.pass(HOUR);
    auditor.round().await.unwrap();
    assert!(missing(&found(&bench).await).is_empty());
    assert!(alerts(&bench).await.is_empty());
}

#[tokio::test]
async fn a_state_has_no_list_to_compare() {
    let bench = Bench::new(vec![vec![]]).await;
    assert!(Auditor::of(&bench.puller("one"), AuditCalls::default()).is_none());
}
