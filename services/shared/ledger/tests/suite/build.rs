//! Short ways to say what a test is about.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use commerce::{
    ConnectionId, Digest, ExternalId, Kind, MerchantId, RecordKey, Revision, Sku, SyncId,
};
use jiff::{SignedDuration, Timestamp};
use ports::ledger::{
    Claim, ClaimRequest, Filter, Holder, Outcome, RecordRef, RecordRow, Seen, Selection, Step,
    StepKind, Stream, SyncRef,
};
use ports::{Ledger, Status, Twin};

pub type Any = Arc<dyn Ledger>;

pub const TTL: Duration = Duration::from_secs(60);

/// Seconds into the test's time.
pub fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

pub fn merchant() -> MerchantId {
    MerchantId::new("acme").unwrap()
}

pub fn connection(name: &str) -> ConnectionId {
    ConnectionId::new(name).unwrap()
}

pub fn sync() -> SyncRef {
    sync_of("acme", "orders")
}

pub fn sync_of(merchant: &str, id: &str) -> SyncRef {
    SyncRef {
        merchant: MerchantId::new(merchant).unwrap(),
        id: SyncId::new(id).unwrap(),
        from: connection("shop"),
        to: connection("erp"),
    }
}

pub fn stream() -> Stream {
    Stream {
        merchant: merchant(),
        connection: connection("shop"),
        kind: Kind::Order,
        backfill: None,
    }
}

pub fn holder(name: &str) -> Holder {
    Holder(name.to_owned())
}

pub fn id(text: &str) -> ExternalId {
    ExternalId::new(text).unwrap()
}

pub fn key(text: &str) -> RecordKey {
    RecordKey {
        kind: Kind::Order,
        id: id(text),
    }
}

pub fn record(text: &str) -> RecordRef {
    RecordRef {
        sync: sync().id,
        key: key(text),
    }
}

pub fn named(ids: &[&str]) -> Selection {
    Selection::Records(ids.iter().map(|id| record(id)).collect())
}

pub fn all_in(status: Status) -> Selection {
    Selection::AllIn {
        sync: sync().id,
        status,
    }
}

/// The version that the source changed at that second, with that content.
pub fn version(second: i64, content: &str) -> Revision {
    Revision {
        at: at(second),
        digest: Digest::of([content.as_bytes()]),
    }
}

pub fn number(id: &str) -> String {
    format!("#{id}")
}

pub fn request(id: &str, revision: Revision) -> ClaimRequest {
    ClaimRequest {
        key: key(id),
        number: number(id),
        revision,
    }
}

pub fn seen(id: &str, revision: Revision) -> Seen {
    Seen {
        sync: sync().id,
        key: key(id),
        number: number(id),
        revision,
        units: BTreeMap::new(),
    }
}

/// As [`seen`], of an order that takes those units from stock.
pub fn seen_taking(id: &str, revision: Revision, units: &[(&str, i64)]) -> Seen {
    let units = units.iter();
    Seen {
        units: units
            .map(|(sku, units)| (Sku::new(sku).unwrap(), (*units).into()))
            .collect(),
        ..seen(id, revision)
    }
}

pub fn step(second: i64, note: &str) -> Step {
    Step {
        at: at(second),
        kind: StepKind::Settled,
        note: note.to_owned(),
        exchange: None,
        push: None,
    }
}

pub fn outcome(id: &str, revision: Revision, status: Status) -> Outcome {
    Outcome {
        key: key(id),
        number: number(id),
        revision,
        status,
        reason: None,
        actor: None,
        twin: None,
        waits_for: None,
        next_try: None,
        releases: Vec::new(),
        made_of: None,
        event: Bytes::from(format!("event of {id}")),
        steps: Vec::new(),
    }
}

pub fn synced(id: &str, revision: Revision) -> Outcome {
    Outcome {
        twin: Some(twin_of(id)),
        ..outcome(id, revision, Status::Synced)
    }
}

pub fn waiting(id: &str, revision: Revision, key: &str) -> Outcome {
    Outcome {
        waits_for: Some(key.to_owned()),
        ..outcome(id, revision, Status::Waiting)
    }
}

pub fn twin_of(id_here: &str) -> Twin {
    Twin {
        id: id(&format!("77{id_here}")),
        number: Some(format!("SO{id_here}")),
    }
}

pub fn write(attempt: u32) -> Claim {
    Claim::Write {
        attempt,
        bound: None,
    }
}

pub fn uncertain(attempt: u32) -> Claim {
    Claim::Uncertain {
        attempt,
        bound: None,
        only_this: true,
    }
}

/// As [`uncertain`], where an older content may have landed.
pub fn uncertain_which(attempt: u32) -> Claim {
    Claim::Uncertain {
        attempt,
        bound: None,
        only_this: false,
    }
}

/// One record claimed by `holder` at that second.
pub async fn claim(ledger: &Any, who: &str, second: i64, id: &str, revision: Revision) -> Claim {
    let requests = [request(id, revision)];
    let claims = ledger
        .claim(&sync(), &holder(who), TTL, at(second), &requests)
        .await
        .unwrap();
    assert_eq!(claims.len(), 1);
    claims.into_iter().next().unwrap()
}

pub async fn store(ledger: &Any, who: &str, second: i64, outcomes: &[Outcome]) {
    ledger
        .record(&sync(), &holder(who), at(second), outcomes)
        .await
        .unwrap();
}

/// Claims and records one outcome, as a pusher does.
pub async fn settle(ledger: &Any, second: i64, outcome: Outcome) {
    let id = outcome.key.id.as_str().to_owned();
    claim(ledger, "pusher", second, &id, outcome.revision).await;
    store(ledger, "pusher", second, &[outcome]).await;
}

pub async fn row(ledger: &Any, id: &str) -> RecordRow {
    let found = ledger.record_of(&merchant(), &record(id)).await.unwrap();
    found.unwrap().0
}

pub async fn status(ledger: &Any, id: &str) -> Status {
    row(ledger, id).await.status
}

pub async fn ids(ledger: &Any, filter: &Filter) -> Vec<String> {
    let rows = ledger
        .records(&merchant(), filter, None, 100)
        .await
        .unwrap();
    rows.into_iter()
        .map(|row| row.key.id.as_str().to_owned())
        .collect()
}

pub async fn due(ledger: &Any) -> Vec<String> {
    let due = ledger.due(&merchant(), 100).await.unwrap();
    due.into_iter()
        .map(|due| due.record.key.id.as_str().to_owned())
        .collect()
}

pub async fn notes(ledger: &Any, id: &str) -> Vec<String> {
    let steps = ledger.journey(&merchant(), &record(id)).await.unwrap();
    steps.into_iter().map(|step| step.note).collect()
}
