//! What a source has and the ledger has never heard of.

use commerce::Kind;
use ports::ledger::{Missing, Reconciliation};
use ports::{Status, Window};

use super::build::*;

pub async fn only_what_was_never_heard_of_is_absent(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, synced("1", v)).await;
    settle(&ledger, 0, outcome("2", v, Status::Failed)).await;
    claim(&ledger, "a", 1, "3", v).await;
    let asked = ["1", "2", "3", "4", "5"].map(id);
    let absent = |kind| {
        let (ledger, asked) = (ledger.clone(), asked.clone());
        async move {
            let absent = ledger.absent(&merchant(), &sync().id, kind, &asked).await;
            let mut absent: Vec<String> = absent.unwrap().iter().map(ToString::to_string).collect();
            absent.sort();
            absent
        }
    };
    assert_eq!(absent(Kind::Order).await, ["4", "5"]);
    assert_eq!(absent(Kind::Fulfilment).await.len(), 5);
    let none = ledger
        .absent(&merchant(), &sync().id, Kind::Order, &[])
        .await;
    assert!(none.unwrap().is_empty());
}

pub async fn what_the_target_holds_is_known(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, synced("1", v)).await;
    settle(&ledger, 0, outcome("2", v, Status::Held)).await;
    claim(&ledger, "a", 1, "3", v).await;
    // Something newer is on its way.
    settle(&ledger, 0, synced("4", v)).await;
    claim(&ledger, "a", 1, "4", version(6, "y")).await;
    // It was edited, and says the same.
    settle(&ledger, 0, synced("5", version(3, "x"))).await;
    let digest = |content: &str| version(0, content).digest;
    let ids = ["1", "2", "3", "4", "5", "6"].map(id);
    let held = |content: &str| {
        let contents: Vec<_> = ids.iter().map(|id| (id.clone(), digest(content))).collect();
        let ledger = ledger.clone();
        async move {
            let (merchant, sync) = (merchant(), sync().id);
            let held = ledger.held(&merchant, &sync, Kind::Order, &contents);
            held.await.unwrap()
        }
    };
    assert_eq!(held("x").await, [true, false, false, false, true, false]);
    assert_eq!(held("y").await, [false; 6]);
    let none = ledger.held(&merchant(), &sync().id, Kind::Order, &[]).await;
    assert!(none.unwrap().is_empty());
}

pub async fn the_newest_comparison_counts(ledger: Any) {
    let found = |second: i64, missing: &[&str]| Reconciliation {
        sync: sync().id,
        window: Window {
            from: at(0),
            to: at(second),
        },
        at: at(second),
        at_source: 7,
        missing: missing
            .iter()
            .map(|one| Missing {
                id: id(one),
                since: at(1),
            })
            .collect(),
    };
    assert!(
        ledger
            .reconciliations(&merchant())
            .await
            .unwrap()
            .is_empty()
    );
    for one in [found(10, &["4", "5"]), found(20, &["5"])] {
        ledger.put_reconciliation(&merchant(), &one).await.unwrap();
        assert_eq!(ledger.reconciliations(&merchant()).await.unwrap(), [one]);
    }
}
