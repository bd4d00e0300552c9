//! Once more through the queue.

use ports::Status;
use ports::ledger::{Claim, Outcome};

use super::build::*;

async fn requeue_all(ledger: &Any, status: Status, second: i64) -> u64 {
    ledger
        .requeue(&merchant(), &all_in(status), "ann", at(second))
        .await
        .unwrap()
}

async fn requeue(ledger: &Any, ids: &[&str], second: i64) -> u64 {
    ledger
        .requeue(&merchant(), &named(ids), "ann", at(second))
        .await
        .unwrap()
}

async fn publish_due(ledger: &Any) {
    let due = ledger.due(&merchant(), 100).await.unwrap();
    let records: Vec<_> = due.into_iter().map(|due| (due.record, due.since)).collect();
    ledger.published(&merchant(), &records).await.unwrap();
}

pub async fn what_its_target_shows_otherwise_goes_again(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, synced("1", v)).await;
    settle(&ledger, 0, outcome("2", v, Status::Held)).await;
    assert_eq!(claim(&ledger, "a", 5, "1", v).await, Claim::Stale);
    let shown = ["1", "2", "none"].map(|id| (record(id), format!("12 here, {id} there")));
    let moved = ledger.reopen(&merchant(), &shown, at(10)).await.unwrap();
    assert_eq!(moved, 1, "the others were not held as written");
    assert_eq!(row(&ledger, "1").await.status, Status::Queued);
    assert_eq!(row(&ledger, "2").await.status, Status::Held);
    assert_eq!(due(&ledger).await, ["1"]);
    assert!(notes(&ledger, "1").await[0].contains("12 here, 1 there"));
    publish_due(&ledger).await;
    assert!(matches!(
        claim(&ledger, "a", 11, "1", v).await,
        Claim::Write { attempt: 0, .. }
    ));
    store(&ledger, "a", 12, &[synced("1", v)]).await;
    assert_eq!(claim(&ledger, "a", 13, "1", v).await, Claim::Stale);
}

pub async fn a_person_retries(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, outcome("1", v, Status::Failed)).await;
    assert_eq!(row(&ledger, "1").await.attempts, 1);
    assert_eq!(requeue(&ledger, &["1", "1", "none"], 10).await, 1);
    let one = row(&ledger, "1").await;
    assert_eq!(
        (one.status, one.attempts, one.changed_at),
        (Status::Queued, 0, at(10))
    );
    let waiting = ledger.due(&merchant(), 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (waiting[0].record.clone(), waiting[0].event.clone()),
        (record("1"), "event of 1".into())
    );
    assert_eq!(
        due(&ledger).await,
        ["1"],
        "asking does not take it off the list"
    );
    publish_due(&ledger).await;
    assert!(due(&ledger).await.is_empty());
    assert!(notes(&ledger, "1").await[0].contains("ann"));
    assert_eq!(
        claim(&ledger, "a", 11, "1", version(4, "w")).await,
        Claim::Stale,
        "older versions stay closed"
    );
    assert_eq!(claim(&ledger, "a", 11, "1", v).await, write(0));
    store(&ledger, "a", 12, &[outcome("1", v, Status::Retrying)]).await;
    assert_eq!(claim(&ledger, "a", 13, "1", v).await, write(1));
    store(&ledger, "a", 14, &[synced("1", v)]).await;
    assert_eq!(claim(&ledger, "a", 15, "1", v).await, Claim::Stale);
}

pub async fn only_what_may_go_round_goes_round(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, synced("synced", v)).await;
    settle(&ledger, 0, outcome("unchanged", v, Status::Unchanged)).await;
    settle(&ledger, 0, outcome("held", v, Status::Held)).await;
    settle(&ledger, 0, outcome("skipped", v, Status::Skipped)).await;
    settle(&ledger, 0, outcome("retrying", v, Status::Retrying)).await;
    settle(&ledger, 0, outcome("working", v, Status::Retrying)).await;
    claim(&ledger, "a", 1, "working", v).await;
    claim(&ledger, "a", 1, "fresh", v).await;
    ledger
        .unclaim(&sync(), &holder("a"), &[key("fresh")])
        .await
        .unwrap();
    let all = [
        "synced",
        "unchanged",
        "held",
        "skipped",
        "retrying",
        "working",
        "fresh",
    ];
    assert_eq!(requeue(&ledger, &all, 2).await, 3);
    let mut queued = due(&ledger).await;
    queued.sort();
    assert_eq!(
        queued,
        ["held", "retrying", "skipped"],
        "of a fresh one no event is stored yet"
    );
    assert_eq!(requeue_all(&ledger, Status::Synced, 3).await, 0);
    assert_eq!(
        requeue_all(&ledger, Status::Retrying, 3).await,
        0,
        "in work"
    );
    assert_eq!(
        requeue_all(&ledger, Status::Retrying, 61).await,
        1,
        "its worker is dead"
    );
    assert_eq!(
        claim(&ledger, "b", 62, "working", v).await,
        uncertain(1),
        "and may have written"
    );
}

pub async fn the_ignored_come_back_by_name(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, outcome("1", v, Status::Held)).await;
    settle(&ledger, 0, synced("2", v)).await;
    assert_eq!(
        ledger
            .ignore(&merchant(), &named(&["1", "2"]), "ann", at(1))
            .await
            .unwrap(),
        2
    );
    // Newer versions were let pass meanwhile; the stored event is the only one there is.
    assert_eq!(
        claim(&ledger, "a", 2, "1", version(9, "z")).await,
        Claim::Ignored
    );
    assert_eq!(requeue_all(&ledger, Status::Ignored, 3).await, 0);
    assert_eq!(requeue(&ledger, &["1", "2"], 4).await, 2);
    assert_eq!(due(&ledger).await, ["1", "2"]);
    assert_eq!(claim(&ledger, "a", 5, "1", v).await, write(0));
    let two = claim(&ledger, "a", 5, "2", v).await;
    assert_eq!(
        two,
        Claim::Write {
            attempt: 0,
            bound: Some(twin_of("2"))
        }
    );
    store(&ledger, "a", 6, &[synced("1", v), synced("2", v)]).await;
    assert_eq!(
        (status(&ledger, "1").await, status(&ledger, "2").await),
        (Status::Synced, Status::Synced)
    );
}

pub async fn an_arrival_releases_who_waits(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, waiting("1", v, "item:A")).await;
    settle(&ledger, 0, waiting("2", v, "item:B")).await;
    settle(&ledger, 0, waiting("3", v, "item:A")).await;
    let keys = ["item:A".to_owned(), "item:C".to_owned()];
    assert_eq!(
        ledger
            .release_waiting(&merchant(), &keys, at(10))
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        ledger
            .release_waiting(&merchant(), &keys, at(11))
            .await
            .unwrap(),
        0
    );
    assert_eq!(due(&ledger).await, ["1", "3"]);
    assert_eq!(
        (status(&ledger, "1").await, status(&ledger, "2").await),
        (Status::Queued, Status::Waiting)
    );
    assert!(notes(&ledger, "1").await[0].contains("item:A"));
    assert_eq!(claim(&ledger, "a", 12, "1", v).await, write(0));
    assert_eq!(claim(&ledger, "a", 12, "2", v).await, Claim::Stale);
}

pub async fn an_outcome_releases_who_waits_for_it(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, waiting("1", v, "order:9")).await;
    settle(&ledger, 0, waiting("2", v, "order:8")).await;
    let arrived = Outcome {
        releases: vec!["order:9".to_owned(), "order:7".to_owned()],
        ..synced("9", v)
    };
    settle(&ledger, 10, arrived).await;
    assert_eq!(due(&ledger).await, ["1"]);
    assert!(notes(&ledger, "1").await[0].contains("order:9"));
    assert_eq!(status(&ledger, "2").await, Status::Waiting);
}

pub async fn the_ignored_stay_aside(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, outcome("1", v, Status::Failed)).await;
    settle(&ledger, 0, outcome("2", v, Status::Failed)).await;
    settle(&ledger, 0, outcome("3", v, Status::Held)).await;
    requeue(&ledger, &["3"], 1).await;
    assert_eq!(
        ledger
            .ignore(&merchant(), &all_in(Status::Failed), "ann", at(2))
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        ledger
            .ignore(&merchant(), &named(&["1", "3"]), "bob", at(3))
            .await
            .unwrap(),
        1
    );
    assert!(
        due(&ledger).await.is_empty(),
        "what is set aside is not published"
    );
    let one = row(&ledger, "1").await;
    assert_eq!((one.status, one.changed_at), (Status::Ignored, at(2)));
    assert!(notes(&ledger, "1").await[0].contains("ann"));
    assert_eq!(claim(&ledger, "a", 4, "1", v).await, Claim::Ignored);
    assert_eq!(
        claim(&ledger, "a", 4, "1", version(9, "z")).await,
        Claim::Ignored
    );
    assert_eq!(row(&ledger, "1").await.revision, v);
}

pub async fn the_longest_due_comes_first(ledger: Any) {
    for id in ["1", "2", "3"] {
        settle(&ledger, 0, outcome(id, version(5, "x"), Status::Held)).await;
    }
    requeue(&ledger, &["2"], 1).await;
    requeue(&ledger, &["3"], 2).await;
    requeue(&ledger, &["1"], 3).await;
    requeue(&ledger, &["2"], 4).await;
    assert_eq!(due(&ledger).await, ["3", "1", "2"]);
    let first = ledger.due(&merchant(), 1).await.unwrap();
    assert_eq!(first.len(), 1);
    let sent = [(record("3"), at(2)), (record("none"), at(2))];
    ledger.published(&merchant(), &sent).await.unwrap();
    assert_eq!(due(&ledger).await, ["1", "2"]);
}

pub async fn what_is_due_once_more_is_published_once_more(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, outcome("1", v, Status::Held)).await;
    requeue(&ledger, &["1"], 1).await;
    let first = ledger.due(&merchant(), 1).await.unwrap();
    // It went through the queue and failed, and a person wants it again, before the courier notes that it was sent.
    settle(&ledger, 2, outcome("1", v, Status::Failed)).await;
    requeue(&ledger, &["1"], 3).await;
    let sent = [(record("1"), first[0].since)];
    ledger.published(&merchant(), &sent).await.unwrap();
    assert_eq!(due(&ledger).await, ["1"]);
}

pub async fn who_waits_long_looks_again(ledger: Any) {
    let v = version(5, "x");
    let wait = |until: i64| Outcome {
        next_try: Some(at(until)),
        ..waiting("1", v, "netsuite/item:A")
    };
    settle(&ledger, 0, wait(120)).await;
    settle(&ledger, 0, waiting("2", v, "resumption:orders")).await;
    let early = ledger.release_overdue(&merchant(), at(119)).await.unwrap();
    assert_eq!(early, 0);
    let late = ledger.release_overdue(&merchant(), at(120)).await.unwrap();
    assert_eq!(late, 1);
    assert_eq!(due(&ledger).await, ["1"]);
    publish_due(&ledger).await;
    assert_eq!(
        claim(&ledger, "a", 121, "1", v).await,
        write(1),
        "its rests grow: attempts go on counting"
    );
    store(&ledger, "a", 121, &[wait(900)]).await;
    let arrived = [String::from("netsuite/item:A")];
    let released = ledger.release_waiting(&merchant(), &arrived, at(200)).await;
    assert_eq!(released.unwrap(), 1);
    assert_eq!(claim(&ledger, "a", 201, "1", v).await, write(0));
}

pub async fn an_uncertain_record_stays_uncertain(ledger: Any) {
    let v = version(5, "x");
    settle(&ledger, 0, outcome("1", v, Status::Uncertain)).await;
    assert_eq!(requeue(&ledger, &["1"], 1).await, 1);
    assert_eq!(claim(&ledger, "a", 2, "1", v).await, uncertain(0));
    // Nor does setting it aside make a write unhappen.
    store(&ledger, "a", 3, &[outcome("1", v, Status::Uncertain)]).await;
    ledger
        .ignore(&merchant(), &named(&["1"]), "ann", at(4))
        .await
        .unwrap();
    requeue(&ledger, &["1"], 5).await;
    assert_eq!(claim(&ledger, "a", 6, "1", v).await, uncertain(0));
}

pub async fn a_newer_version_overtakes_the_outbox(ledger: Any) {
    settle(&ledger, 0, outcome("1", version(5, "x"), Status::Held)).await;
    requeue(&ledger, &["1"], 1).await;
    settle(&ledger, 2, synced("1", version(6, "y"))).await;
    // Still due: nobody has confirmed the publication. What comes of it is recognised.
    assert_eq!(due(&ledger).await, ["1"]);
    assert_eq!(
        claim(&ledger, "a", 3, "1", version(6, "y")).await,
        Claim::Stale
    );
    assert_eq!(
        claim(&ledger, "a", 3, "1", version(5, "x")).await,
        Claim::Stale
    );
}
