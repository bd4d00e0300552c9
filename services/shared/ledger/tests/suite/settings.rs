//! Configuration, switches, backfills and the audit log.

use commerce::{Kind, SyncId};
use ports::Window;
use ports::ledger::{AuditEntry, Backfill, BackfillScope, BackfillState};

use super::build::*;

pub async fn configurations_count_up(ledger: Any) {
    assert_eq!(ledger.configuration(&merchant()).await.unwrap(), None);
    let first = ledger
        .apply(&merchant(), "a = 1", "ann", at(1))
        .await
        .unwrap();
    assert_eq!(
        (
            first.version,
            first.text.as_str(),
            first.by.as_str(),
            first.at
        ),
        (1, "a = 1", "ann", at(1))
    );
    let same = ledger
        .apply(&merchant(), "a = 1", "bob", at(2))
        .await
        .unwrap();
    assert_eq!(same, first);
    assert_eq!(
        ledger
            .apply(&merchant(), "a = 2", "bob", at(3))
            .await
            .unwrap()
            .version,
        2
    );
    let back = ledger
        .apply(&merchant(), "a = 1", "ann", at(4))
        .await
        .unwrap();
    assert_eq!(back.version, 3, "only the newest counts");
    assert_eq!(ledger.configuration(&merchant()).await.unwrap(), Some(back));
}

pub async fn every_version_is_kept(ledger: Any) {
    for n in 1..=3 {
        let text = format!("a = {n}");
        ledger
            .apply(&merchant(), &text, "ann", at(n))
            .await
            .unwrap();
    }
    let all = ledger.configurations(&merchant(), 2).await.unwrap();
    let versions: Vec<i64> = all.iter().map(|one| one.version).collect();
    assert_eq!(versions, [3, 2], "newest first, and no more than asked for");
    let first = ledger.configuration_at(&merchant(), 1).await.unwrap();
    assert_eq!(first.map(|one| one.text).as_deref(), Some("a = 1"));
    let absent = ledger.configuration_at(&merchant(), 9).await.unwrap();
    assert_eq!(absent, None);
}

pub async fn many_apply_at_once(ledger: Any) {
    let tasks: Vec<_> = (0..4)
        .map(|n| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let text = format!("a = {n}");
                let applied = ledger
                    .apply(&merchant(), &text, "ann", at(n))
                    .await
                    .unwrap();
                assert_eq!(applied.text, text);
                applied.version
            })
        })
        .collect();
    let mut versions = Vec::new();
    for task in tasks {
        versions.push(task.await.unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4]);
}

pub async fn syncs_are_switched(ledger: Any) {
    let [orders, stock] = ["orders", "stock"].map(|name| SyncId::new(name).unwrap());
    ledger.set_paused(&merchant(), &stock, true).await.unwrap();
    ledger.set_paused(&merchant(), &stock, true).await.unwrap();
    ledger.set_paused(&merchant(), &orders, true).await.unwrap();
    assert_eq!(
        ledger.paused(&merchant()).await.unwrap(),
        [orders.clone(), stock.clone()]
    );
    ledger.set_paused(&merchant(), &stock, false).await.unwrap();
    ledger.set_paused(&merchant(), &stock, false).await.unwrap();
    assert_eq!(ledger.paused(&merchant()).await.unwrap(), [orders]);
}

pub async fn backfills_keep_their_figures(ledger: Any) {
    let spring = Backfill {
        id: "spring".to_owned(),
        connection: connection("shop"),
        kind: Kind::Order,
        scope: BackfillScope::Window(Window {
            from: at(0),
            to: "2026-04-01T00:00:00.123456789Z".parse().unwrap(),
        }),
        state: BackfillState::Running,
        expected: Some(120),
        published: 0,
    };
    let some = Backfill {
        id: "some".to_owned(),
        kind: Kind::Stock,
        scope: BackfillScope::Ids(vec![id("A|1"), id("B")]),
        expected: None,
        ..spring.clone()
    };
    ledger.put_backfill(&merchant(), &spring).await.unwrap();
    ledger.put_backfill(&merchant(), &some).await.unwrap();
    let further = Backfill {
        published: 50,
        ..spring.clone()
    };
    ledger.put_backfill(&merchant(), &further).await.unwrap();
    assert_eq!(
        ledger.backfills(&merchant()).await.unwrap(),
        [some.clone(), further]
    );
    let done = Backfill {
        published: 120,
        state: BackfillState::Finished,
        ..spring
    };
    ledger.put_backfill(&merchant(), &done).await.unwrap();
    // A person stops one; its reader, not knowing yet, stores how far it is.
    let stopped = Backfill {
        state: BackfillState::Cancelled,
        ..some.clone()
    };
    ledger.put_backfill(&merchant(), &stopped).await.unwrap();
    ledger
        .put_backfill(
            &merchant(),
            &Backfill {
                published: 1,
                ..some
            },
        )
        .await
        .unwrap();
    assert_eq!(
        ledger.backfills(&merchant()).await.unwrap(),
        [
            Backfill {
                published: 1,
                ..stopped
            },
            done.clone()
        ]
    );
    ledger.forget_backfill(&merchant(), "some").await.unwrap();
    assert_eq!(ledger.backfills(&merchant()).await.unwrap(), [done]);
}

pub async fn the_audit_log_is_told_backwards(ledger: Any) {
    let entry = |second, action: &str| AuditEntry {
        at: at(second),
        by: "ann".to_owned(),
        action: action.to_owned(),
        detail: format!("about {action}"),
    };
    for (second, action) in [(1, "apply"), (2, "pause"), (2, "retry")] {
        ledger
            .audit(&merchant(), &entry(second, action))
            .await
            .unwrap();
    }
    let all = [entry(2, "retry"), entry(2, "pause"), entry(1, "apply")];
    assert_eq!(ledger.audit_log(&merchant(), 10).await.unwrap(), all);
    assert_eq!(ledger.audit_log(&merchant(), 1).await.unwrap(), all[..1]);
}
