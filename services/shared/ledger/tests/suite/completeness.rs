//! What a source has and the ledger has never heard of.

use commerce::{Kind, Revision};
use ports::ledger::{Deviation, Difference, Inspection, Landed, Missing, Reconciliation};
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

fn span(from: i64, to: i64) -> Window {
    Window {
        from: at(from),
        to: at(to),
    }
}

pub async fn what_landed_is_told_page_by_page(ledger: Any) {
    let v = version(5, "x");
    for (second, id) in [(10, "4"), (20, "1"), (20, "2"), (30, "3")] {
        settle(&ledger, second, synced(id, v)).await;
    }
    settle(&ledger, 22, outcome("5", v, Status::Failed)).await;
    // The same again with nothing new: the target holds it all the same.
    let same = Revision { at: at(6), ..v };
    settle(&ledger, 40, outcome("1", same, Status::Unchanged)).await;
    // Changed after the window, and first seen before it.
    settle(&ledger, 90, synced("6", v)).await;
    settle(&ledger, 2, synced("7", v)).await;

    let page = |after: Option<Landed>| {
        let ledger = ledger.clone();
        async move {
            let after = after.as_ref().map(|last| (last.changed_at, &last.id));
            let (merchant, sync) = (merchant(), sync().id);
            let found = ledger.landed(&merchant, &sync, span(5, 60), after, 2).await;
            found.unwrap()
        }
    };
    let (mut told, mut last) = (Vec::new(), None);
    loop {
        let found = page(last.clone()).await;
        let Some(end) = found.last() else { break };
        last = Some(end.clone());
        told.extend(found);
    }
    let ids: Vec<&str> = told.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["4", "2", "3", "1"]);
    assert_eq!(told[1].twin, twin_of("2").id);
    assert_eq!(&told[1].event[..], b"event of 2");
}

pub async fn who_is_nobodys_twin(ledger: Any) {
    settle(&ledger, 0, synced("1", version(5, "x"))).await;
    let asked = [twin_of("1").id, id("999")];
    let unbound = |kind, target| {
        let (ledger, asked) = (ledger.clone(), asked.clone());
        async move {
            let (merchant, target) = (merchant(), connection(target));
            let found = ledger.unbound(&merchant, kind, &target, &asked).await;
            found.unwrap()
        }
    };
    assert_eq!(unbound(Kind::Order, "erp").await, [id("999")]);
    assert_eq!(unbound(Kind::Refund, "erp").await.len(), 2);
    assert_eq!(unbound(Kind::Order, "shop").await.len(), 2);
}

pub async fn the_newest_inspection_counts(ledger: Any) {
    let amount = Difference::Amount {
        ours: "10.00".parse().unwrap(),
        theirs: Some("10.01".parse().unwrap()),
    };
    let deviation = |what| Deviation {
        id: id("1"),
        twin: twin_of("1").id,
        what,
        since: at(3),
    };
    let found = |second, deviations| Inspection {
        sync: sync().id,
        window: span(0, second),
        at: at(second),
        expected: 9,
        deviations,
    };
    let content = Difference::Content {
        what: "12 units here, 10 there".to_owned(),
    };
    let several = [
        amount.clone(),
        content,
        Difference::Missing,
        Difference::Extra,
    ];
    let several = several.map(deviation);
    for one in [
        found(10, several.to_vec()),
        found(20, vec![deviation(amount)]),
    ] {
        ledger.put_inspection(&merchant(), &one).await.unwrap();
        assert_eq!(ledger.inspections(&merchant()).await.unwrap(), [one]);
    }
}
