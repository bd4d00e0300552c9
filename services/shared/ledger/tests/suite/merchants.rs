//! Merchants share a database and nothing else.

use commerce::Kind;
use ports::ledger::{
    AuditEntry, Backfill, BackfillScope, BackfillState, Filter, Holder, Outcome, Selection, Stream,
};
use ports::{Cursor, Status};

use super::build::*;

/// The same names and ids in both; whatever is done for one leaves the other as it was.
pub async fn merchants_never_meet(ledger: Any) {
    let (a, b) = (sync_of("acme", "orders"), sync_of("bolt", "orders"));
    let who = Holder("pusher".to_owned());
    let v = version(5, "x");
    for sync in [&a, &b] {
        let stream = Stream {
            merchant: sync.merchant.clone(),
            ..stream()
        };
        let lease = ledger
            .lease(&stream, &who, TTL, at(0))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(lease.fence, 1);
        let cursor = Cursor(format!("of {}", sync.merchant));
        ledger
            .advance(&lease, &cursor, &[seen("1", v)], TTL, at(0))
            .await
            .unwrap();
        let claims = ledger
            .claim(sync, &who, TTL, at(0), &[request("1", v)])
            .await
            .unwrap();
        assert_eq!(claims, [write(0)]);
    }
    let wait = Outcome {
        steps: vec![step(1, "waits")],
        ..waiting("1", v, "item:A")
    };
    ledger
        .record(&a, &who, at(1), &[synced("1", v), synced("2", v)])
        .await
        .unwrap();
    ledger.record(&b, &who, at(1), &[wait]).await.unwrap();
    let twins = |sync: &ports::ledger::SyncRef| {
        let (ledger, merchant) = (ledger.clone(), sync.merchant.clone());
        async move {
            let ids = [id("1")];
            ledger
                .twins(
                    &merchant,
                    Kind::Order,
                    &connection("shop"),
                    &connection("erp"),
                    &ids,
                )
                .await
                .unwrap()
        }
    };
    assert_eq!(
        (twins(&a).await, twins(&b).await),
        (vec![Some(twin_of("1"))], vec![None])
    );
    assert_eq!(
        ledger
            .release_waiting(&a.merchant, &["item:A".to_owned()], at(2))
            .await
            .unwrap(),
        0
    );
    let one = Selection::Records(vec![record("1")]);
    assert_eq!(
        ledger
            .requeue(&a.merchant, &one, "ann", at(2))
            .await
            .unwrap(),
        0,
        "acme's is synced"
    );
    assert_eq!(
        ledger
            .requeue(&b.merchant, &one, "bob", at(2))
            .await
            .unwrap(),
        1
    );
    assert!(ledger.due(&a.merchant, 10).await.unwrap().is_empty());
    let sent = [(record("1"), at(2))];
    ledger.published(&a.merchant, &sent).await.unwrap();
    assert_eq!(ledger.due(&b.merchant, 10).await.unwrap().len(), 1);
    ledger
        .ignore(&a.merchant, &one, "ann", at(3))
        .await
        .unwrap();
    let status =
        |rows: Vec<ports::ledger::RecordRow>| rows.iter().map(|row| row.status).collect::<Vec<_>>();
    let all = Filter::default();
    assert_eq!(
        status(ledger.records(&a.merchant, &all, None, 9).await.unwrap()),
        [Status::Ignored, Status::Synced]
    );
    assert_eq!(
        status(ledger.records(&b.merchant, &all, None, 9).await.unwrap()),
        [Status::Queued]
    );
    let number = Filter {
        number: Some("SO2".to_owned()),
        ..all
    };
    assert!(
        ledger
            .records(&b.merchant, &number, None, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        ledger
            .journey(&a.merchant, &record("1"))
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        ledger
            .journey(&b.merchant, &record("1"))
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        ledger.record_of(&b.merchant, &record("2")).await.unwrap(),
        None
    );
    assert_eq!(ledger.counts(&a.merchant).await.unwrap().len(), 2);
    assert_eq!(
        ledger.ages(&b.merchant).await.unwrap()[0].last_success,
        None
    );
    let cursors = ledger.cursors(&b.merchant).await.unwrap();
    assert_eq!(
        (cursors.len(), cursors[0].cursor.0.as_str()),
        (1, "of bolt")
    );
    settings_never_meet(&ledger).await;
}

async fn settings_never_meet(ledger: &Any) {
    let (a, b) = (sync_of("acme", "orders"), sync_of("bolt", "orders"));
    assert_eq!(
        ledger
            .apply(&a.merchant, "a", "ann", at(0))
            .await
            .unwrap()
            .version,
        1
    );
    assert_eq!(
        ledger
            .apply(&a.merchant, "b", "ann", at(0))
            .await
            .unwrap()
            .version,
        2
    );
    assert_eq!(ledger.configuration(&b.merchant).await.unwrap(), None);
    assert_eq!(
        ledger
            .apply(&b.merchant, "b", "bob", at(0))
            .await
            .unwrap()
            .version,
        1
    );
    ledger.set_paused(&a.merchant, &a.id, true).await.unwrap();
    assert!(ledger.paused(&b.merchant).await.unwrap().is_empty());
    let backfill = Backfill {
        id: "spring".to_owned(),
        connection: connection("shop"),
        kind: Kind::Order,
        scope: BackfillScope::Ids(vec![id("1")]),
        state: BackfillState::Running,
        expected: None,
        published: 0,
    };
    ledger.put_backfill(&a.merchant, &backfill).await.unwrap();
    assert!(ledger.backfills(&b.merchant).await.unwrap().is_empty());
    let entry = AuditEntry {
        at: at(0),
        by: "ann".to_owned(),
        action: "apply".to_owned(),
        detail: String::new(),
    };
    ledger.audit(&a.merchant, &entry).await.unwrap();
    assert!(ledger.audit_log(&b.merchant, 10).await.unwrap().is_empty());
}
