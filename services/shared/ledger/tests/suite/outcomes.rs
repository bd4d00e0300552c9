//! Which outcome counts.

use ports::Status;
use ports::ledger::{Claim, Filter, Outcome};

use super::build::*;

pub async fn a_late_outcome_counts(ledger: Any) {
    claim(&ledger, "a", 0, "1", version(5, "x")).await;
    store(&ledger, "a", 500, &[synced("1", version(5, "x"))]).await;
    assert_eq!(status(&ledger, "1").await, Status::Synced);
    assert_eq!(row(&ledger, "1").await.twin, Some(twin_of("1")));
    assert_eq!(
        claim(&ledger, "b", 501, "1", version(5, "x")).await,
        Claim::Stale
    );
}

pub async fn a_late_outcome_leaves_the_new_claim_alone(ledger: Any) {
    let v = version(5, "x");
    claim(&ledger, "a", 0, "1", v).await;
    assert_eq!(claim(&ledger, "b", 60, "1", v).await, uncertain(1));
    store(&ledger, "a", 61, &[outcome("1", v, Status::Retrying)]).await;
    assert_eq!(
        claim(&ledger, "c", 62, "1", v).await,
        Claim::Busy { until: at(120) }
    );
    // b dies as well: what it may have written is still unknown.
    assert_eq!(claim(&ledger, "c", 120, "1", v).await, uncertain(3));
    store(&ledger, "c", 121, &[synced("1", v)]).await;
    assert_eq!(claim(&ledger, "c", 122, "1", v).await, Claim::Stale);
}

pub async fn a_late_failure_does_not_undo_a_proof(ledger: Any) {
    let v = version(5, "x");
    claim(&ledger, "a", 0, "1", v).await;
    claim(&ledger, "b", 60, "1", v).await;
    store(&ledger, "b", 61, &[synced("1", v)]).await;
    for late in [Status::Failed, Status::Retrying, Status::Uncertain] {
        let steps = vec![step(59, "refused: exists already")];
        store(
            &ledger,
            "a",
            62,
            &[Outcome {
                steps,
                ..outcome("1", v, late)
            }],
        )
        .await;
        assert_eq!(status(&ledger, "1").await, Status::Synced, "{late:?}");
        assert_eq!(
            claim(&ledger, "c", 63, "1", v).await,
            Claim::Stale,
            "{late:?}"
        );
    }
    assert_eq!(
        notes(&ledger, "1").await.len(),
        3,
        "the journey tells it all the same"
    );
    // The other way round, a proof betters a failure.
    claim(&ledger, "a", 0, "2", v).await;
    claim(&ledger, "b", 60, "2", v).await;
    store(&ledger, "b", 61, &[outcome("2", v, Status::Failed)]).await;
    store(&ledger, "a", 62, &[synced("2", v)]).await;
    assert_eq!(status(&ledger, "2").await, Status::Synced);
}

pub async fn an_older_outcome_never_replaces_a_newer_one(ledger: Any) {
    claim(&ledger, "a", 0, "1", version(5, "x")).await;
    claim(&ledger, "b", 60, "1", version(6, "y")).await;
    let newer = Outcome {
        event: "newer".into(),
        ..outcome("1", version(6, "y"), Status::Held)
    };
    store(&ledger, "b", 61, &[newer]).await;
    let older = Outcome {
        event: "older".into(),
        steps: vec![step(1, "created")],
        ..synced("1", version(5, "x"))
    };
    store(&ledger, "a", 62, &[older]).await;
    let (row, event) = ledger
        .record_of(&merchant(), &record("1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.status, row.revision, event),
        (Status::Held, version(6, "y"), "newer".into())
    );
    assert_eq!(
        row.twin,
        Some(twin_of("1")),
        "but it proved a twin that nobody knew of"
    );
    assert_eq!(notes(&ledger, "1").await, ["created"]);
    assert_eq!(
        claim(&ledger, "c", 63, "1", version(6, "y")).await,
        Claim::Stale
    );
}

pub async fn an_older_outcome_does_not_speak_for_the_record(ledger: Any) {
    let lease = ledger
        .lease(&stream(), &holder("puller"), TTL, at(0))
        .await
        .unwrap()
        .unwrap();
    claim(&ledger, "a", 0, "1", version(5, "x")).await;
    ledger
        .advance(
            &lease,
            &lease.cursor,
            &[seen("1", version(6, "y"))],
            TTL,
            at(1),
        )
        .await
        .unwrap();
    store(&ledger, "a", 2, &[synced("1", version(5, "x"))]).await;
    let one = row(&ledger, "1").await;
    assert_eq!(
        (one.status, one.revision),
        (Status::Queued, version(6, "y")),
        "the newer one is on its way"
    );
    assert_eq!(one.twin, Some(twin_of("1")));
    assert_eq!(
        claim(&ledger, "b", 3, "1", version(5, "x")).await,
        Claim::Stale
    );
    let next = claim(&ledger, "b", 3, "1", version(6, "y")).await;
    assert_eq!(
        next,
        Claim::Write {
            attempt: 0,
            bound: Some(twin_of("1"))
        }
    );
    store(&ledger, "b", 4, &[synced("1", version(6, "y"))]).await;
    assert_eq!(status(&ledger, "1").await, Status::Synced);
}

pub async fn an_outcome_needs_no_claim(ledger: Any) {
    store(
        &ledger,
        "a",
        0,
        &[outcome("1", version(5, "x"), Status::Skipped)],
    )
    .await;
    assert_eq!(status(&ledger, "1").await, Status::Skipped);
    // Several of one record in one call: in order.
    let both = [
        outcome("2", version(5, "x"), Status::Retrying),
        synced("2", version(5, "x")),
    ];
    store(&ledger, "a", 0, &both).await;
    assert_eq!(status(&ledger, "2").await, Status::Synced);
    // A record that a person ignored keeps what was proven, and stays ignored.
    claim(&ledger, "a", 1, "3", version(5, "x")).await;
    ledger
        .ignore(&merchant(), &named(&["3"]), "ann", at(2))
        .await
        .unwrap();
    store(&ledger, "a", 3, &[synced("3", version(5, "x"))]).await;
    let three = row(&ledger, "3").await;
    assert_eq!(
        (three.status, three.twin),
        (Status::Ignored, Some(twin_of("3")))
    );
}

pub async fn odd_text_harms_nobody(ledger: Any) {
    let odd = Outcome {
        number: format!("#\0{}", "é".repeat(5_000)),
        reason: Some("it said: \0 '; DROP TABLE records; --".to_owned()),
        waits_for: Some(format!("item:{}\0", "x".repeat(9_000))),
        steps: vec![step(0, "\0 \"quoted\" \\ ☃")],
        event: vec![0, 255, 0, 1].into(),
        ..outcome("odd", version(5, "x"), Status::Waiting)
    };
    let wanted = odd.waits_for.clone().unwrap();
    store(&ledger, "a", 0, &[odd, synced("1", version(5, "x"))]).await;
    assert_eq!(status(&ledger, "1").await, Status::Synced);
    assert_eq!(notes(&ledger, "odd").await, ["\0 \"quoted\" \\ ☃"]);
    let (_, event) = ledger
        .record_of(&merchant(), &record("odd"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(event, vec![0, 255, 0, 1]);
    assert_eq!(
        ledger
            .release_waiting(&merchant(), &[wanted], at(1))
            .await
            .unwrap(),
        1
    );
    let filter = Filter {
        number: Some(format!("#\0{}", "é".repeat(5_000))),
        ..Filter::default()
    };
    assert_eq!(ids(&ledger, &filter).await, ["odd"]);
}

pub async fn a_big_batch_goes_through(ledger: Any) {
    let ids: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
    let requests: Vec<_> = ids.iter().map(|id| request(id, version(5, id))).collect();
    let claims = ledger
        .claim(&sync(), &holder("a"), TTL, at(0), &requests)
        .await
        .unwrap();
    assert!(claims.iter().all(|claim| *claim == write(0)));
    let outcomes: Vec<_> = ids
        .iter()
        .map(|id| Outcome {
            steps: vec![step(1, id)],
            ..synced(id, version(5, id))
        })
        .collect();
    store(&ledger, "a", 1, &outcomes).await;
    let claims = ledger
        .claim(&sync(), &holder("b"), TTL, at(2), &requests)
        .await
        .unwrap();
    assert!(claims.iter().all(|claim| *claim == Claim::Stale));
    let (_, event) = ledger
        .record_of(&merchant(), &record("777"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(event, "event of 777");
    assert_eq!(notes(&ledger, "777").await, ["777"]);
    let wanted: Vec<_> = ids.iter().rev().map(|text| id(text)).collect();
    let twins = ledger
        .twins(
            &merchant(),
            commerce::Kind::Order,
            &connection("shop"),
            &connection("erp"),
            &wanted,
        )
        .await
        .unwrap();
    let expected: Vec<_> = ids.iter().rev().map(|id| Some(twin_of(id))).collect();
    assert_eq!(twins, expected);
}
