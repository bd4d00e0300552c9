//! Looking things up.

use bytes::Bytes;
use jiff::Timestamp;
use ports::ledger::{Filter, Outcome, RecordRef, Step, StepKind};
use ports::{Actor, Exchange, ExchangeReply, Status};

use super::build::*;

fn by_number(number: &str) -> Filter {
    Filter {
        number: Some(number.to_owned()),
        ..Filter::default()
    }
}

pub async fn rows_are_found_by_any_number(ledger: Any) {
    settle(&ledger, 0, synced("1001", version(5, "x"))).await;
    settle(&ledger, 0, synced("1002", version(5, "x"))).await;
    for number in ["1001", "#1001", "771001", "SO1001"] {
        assert_eq!(ids(&ledger, &by_number(number)).await, ["1001"], "{number}");
    }
    assert!(ids(&ledger, &by_number("100")).await.is_empty());
    let held = Filter {
        statuses: vec![Status::Held],
        ..by_number("#1001")
    };
    assert!(ids(&ledger, &held).await.is_empty());
}

pub async fn filters_narrow(ledger: Any) {
    settle(&ledger, 1, synced("1", version(5, "x"))).await;
    settle(&ledger, 2, outcome("2", version(5, "x"), Status::Held)).await;
    settle(&ledger, 3, outcome("3", version(5, "x"), Status::Failed)).await;
    let other = sync_of("acme", "stock");
    ledger
        .record(
            &other,
            &holder("a"),
            at(4),
            &[outcome("4", version(5, "x"), Status::Held)],
        )
        .await
        .unwrap();
    assert_eq!(ids(&ledger, &Filter::default()).await, ["4", "3", "2", "1"]);
    let attention = Filter {
        statuses: vec![Status::Held, Status::Failed],
        ..Filter::default()
    };
    assert_eq!(ids(&ledger, &attention).await, ["4", "3", "2"]);
    let of_sync = Filter {
        sync: Some(sync().id),
        ..attention
    };
    assert_eq!(ids(&ledger, &of_sync).await, ["3", "2"]);
    let recent = Filter {
        since: Some(at(3)),
        ..of_sync
    };
    assert_eq!(ids(&ledger, &recent).await, ["3"]);
}

pub async fn pages_follow_each_other(ledger: Any) {
    // Many share one instant: the page's edge runs through them.
    for n in 0..25 {
        let status = if n % 3 == 0 {
            Status::Held
        } else {
            Status::Skipped
        };
        settle(
            &ledger,
            n / 10,
            outcome(&format!("{n:02}"), version(5, "x"), status),
        )
        .await;
    }
    let mut after: Option<(Timestamp, RecordRef)> = None;
    let mut all = Vec::new();
    loop {
        let page = ledger
            .records(&merchant(), &Filter::default(), after.clone(), 4)
            .await
            .unwrap();
        assert!(page.len() <= 4);
        let Some(last) = page.last() else { break };
        after = Some((
            last.changed_at,
            RecordRef {
                sync: last.sync.clone(),
                key: last.key.clone(),
            },
        ));
        all.extend(page.iter().map(|row| row.key.id.as_str().to_owned()));
    }
    let expected: Vec<String> = (0..25).rev().map(|n| format!("{n:02}")).collect();
    assert_eq!(all, expected);
}

pub async fn counts_and_ages_add_up(ledger: Any) {
    assert!(ledger.counts(&merchant()).await.unwrap().is_empty());
    assert!(ledger.ages(&merchant()).await.unwrap().is_empty());
    settle(&ledger, 1, synced("1", version(5, "x"))).await;
    settle(&ledger, 2, synced("2", version(5, "x"))).await;
    settle(&ledger, 3, outcome("3", version(5, "x"), Status::Retrying)).await;
    claim(&ledger, "a", 4, "4", version(5, "x")).await;
    claim(&ledger, "a", 9, "2", version(6, "x")).await;
    let other = sync_of("acme", "stock");
    ledger
        .record(
            &other,
            &holder("a"),
            at(7),
            &[outcome("1", version(5, "x"), Status::Held)],
        )
        .await
        .unwrap();
    let counts: Vec<_> = ledger
        .counts(&merchant())
        .await
        .unwrap()
        .into_iter()
        .map(|c| (c.sync.as_str().to_owned(), c.status, c.records))
        .collect();
    let orders = |status, n| ("orders".to_owned(), status, n);
    assert_eq!(
        counts,
        [
            orders(Status::Queued, 1),
            orders(Status::Retrying, 1),
            orders(Status::Synced, 1),
            orders(Status::Unchanged, 1),
            ("stock".to_owned(), Status::Held, 1),
        ]
    );
    let ages: Vec<_> = ledger
        .ages(&merchant())
        .await
        .unwrap()
        .into_iter()
        .map(|age| {
            (
                age.sync.as_str().to_owned(),
                age.oldest_unfinished,
                age.last_success,
            )
        })
        .collect();
    assert_eq!(
        ages,
        [
            ("orders".to_owned(), Some(at(3)), Some(at(9))),
            ("stock".to_owned(), None, None),
        ]
    );
}

pub async fn a_journey_is_told_in_order(ledger: Any) {
    let exchange = Exchange {
        method: "POST".to_owned(),
        url: "https://erp.test/order".to_owned(),
        request: "{\"total\":\"12.50\"}".to_owned(),
        reply: Some(ExchangeReply {
            status: 503,
            body: "later".to_owned(),
            reference: Some("op-1".to_owned()),
        }),
        took_ms: 17,
        error: None,
        kept: None,
    };
    let written = Step {
        kind: StepKind::Written,
        push: None,
        exchange: Some(exchange),
        ..step(2, "sent")
    };
    let v = version(5, "x");
    let first = Outcome {
        steps: vec![step(1, "read"), written.clone()],
        ..outcome("1", v, Status::Retrying)
    };
    settle(&ledger, 3, first).await;
    settle(
        &ledger,
        5,
        Outcome {
            steps: vec![step(4, "sent again"), step(5, "synced")],
            ..synced("1", v)
        },
    )
    .await;
    settle(
        &ledger,
        5,
        Outcome {
            steps: vec![step(4, "of another")],
            ..synced("2", v)
        },
    )
    .await;
    // Told late, happened early.
    store(
        &ledger,
        "dead",
        9,
        &[Outcome {
            steps: vec![step(3, "gave up")],
            ..outcome("1", v, Status::Failed)
        }],
    )
    .await;
    assert_eq!(
        notes(&ledger, "1").await,
        ["read", "sent", "gave up", "sent again", "synced"]
    );
    let steps = ledger.journey(&merchant(), &record("1")).await.unwrap();
    assert_eq!(steps[1], written);
    assert!(notes(&ledger, "none").await.is_empty());
}

pub async fn a_record_is_shown_with_its_event(ledger: Any) {
    let event = Bytes::from(vec![7u8; 100_000]);
    let held = Outcome {
        reason: Some("the lines add up to 12.49".to_owned()),
        actor: Some(Actor::Operations),
        event: event.clone(),
        ..outcome("1", version(5, "x"), Status::Held)
    };
    settle(&ledger, 3, held).await;
    let (row, stored) = ledger
        .record_of(&merchant(), &record("1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored, event);
    assert_eq!(row.actor, Some(Actor::Operations));
    assert_eq!(row.reason.as_deref(), Some("the lines add up to 12.49"));
    assert_eq!((row.sync, row.key), (sync().id, key("1")));
    let ids = ["1", "none"].map(|id| key(id).id);
    let (owner, own) = (merchant(), sync().id);
    let asked = ledger.records_of(&owner, &own, key("1").kind, &ids);
    assert_eq!(asked.await.unwrap().len(), 1);
    // A claim leaves the event where it is; so does an outcome that brings none.
    claim(&ledger, "a", 4, "1", version(6, "y")).await;
    let without = Outcome {
        event: Bytes::new(),
        ..outcome("1", version(6, "y"), Status::Skipped)
    };
    store(&ledger, "a", 5, &[without]).await;
    let (row, stored) = ledger
        .record_of(&merchant(), &record("1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.status, row.reason, row.actor),
        (Status::Skipped, None, None)
    );
    assert_eq!(stored, event);
}

/// An outcome of a version whose event says so, with a step that says that it was pushed, or that nothing was.
fn pushed(revision: commerce::Revision, event: &str, kept: bool) -> Outcome {
    let push = ports::ledger::Push {
        configuration: 1,
        revision,
        withheld: None,
        kept: kept.then(|| ports::Kept::of(event.as_bytes(), serde_json::Value::Null)),
    };
    Outcome {
        event: Bytes::from(event.to_owned()),
        steps: vec![Step {
            push: Some(push),
            ..step(1, "sent")
        }],
        ..synced("1", revision)
    }
}

async fn replaced(ledger: &Any) -> Vec<Bytes> {
    ledger.replaced(&merchant(), &record("1")).await.unwrap()
}

pub async fn what_was_pushed_stays(ledger: Any) {
    let versions = [
        (version(5, "x"), "first", true),
        (version(6, "y"), "held", false),
        (version(7, "x"), "third", true),
        (version(8, "z"), "fourth", true),
    ];
    for (revision, event, kept) in versions {
        claim(&ledger, "a", 9, "1", revision).await;
        store(&ledger, "a", 9, &[pushed(revision, event, kept)]).await;
    }
    assert_eq!(replaced(&ledger).await, ["first", "third"]);
    // What is told once more, and by somebody who was late, is there once.
    let again = pushed(version(7, "x"), "third", true);
    store(&ledger, "dead", 10, &[again.clone(), again]).await;
    // A look-up that found it pushes nothing: its version stays the one that was pushed.
    store(
        &ledger,
        "a",
        11,
        &[pushed(version(8, "z"), "fourth", false)],
    )
    .await;
    assert_eq!(replaced(&ledger).await, ["first", "third"]);
    // Two versions in one call.
    let two = [
        pushed(version(12, "m"), "fifth", true),
        pushed(version(13, "n"), "sixth", true),
    ];
    store(&ledger, "a", 14, &two).await;
    assert_eq!(
        replaced(&ledger).await,
        ["first", "third", "fourth", "fifth"]
    );
    let (_, newest) = ledger
        .record_of(&merchant(), &record("1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(newest, "sixth");
}
