//! Every answer to a claim, and the way from one to the next.

use ports::Status;
use ports::ledger::Claim;

use super::build::*;

pub async fn a_fresh_record_may_be_written(ledger: Any) {
    assert_eq!(claim(&ledger, "a", 0, "1", version(0, "x")).await, write(0));
    let row = row(&ledger, "1").await;
    assert_eq!((row.status, row.number.as_str()), (Status::Queued, "#1"));
}

pub async fn a_record_in_work_is_busy_for_everybody(ledger: Any) {
    claim(&ledger, "a", 0, "1", version(5, "x")).await;
    let busy = Claim::Busy { until: at(60) };
    assert_eq!(claim(&ledger, "b", 1, "1", version(5, "x")).await, busy);
    assert_eq!(
        claim(&ledger, "a", 1, "1", version(5, "x")).await,
        busy,
        "two tasks of one process"
    );
    assert_eq!(
        claim(&ledger, "b", 1, "1", version(9, "y")).await,
        busy,
        "a newer version has to wait"
    );
    assert_eq!(
        claim(&ledger, "b", 1, "1", version(1, "w")).await,
        busy,
        "what is in work has no outcome yet"
    );
    assert_eq!(
        claim(&ledger, "b", 1, "2", version(5, "x")).await,
        write(0),
        "another record is free"
    );
}

pub async fn a_version_with_its_outcome_is_stale(ledger: Any) {
    settle(&ledger, 0, synced("1", version(5, "x"))).await;
    assert_eq!(
        claim(&ledger, "b", 1, "1", version(5, "x")).await,
        Claim::Stale
    );
    assert_eq!(
        claim(&ledger, "b", 1, "1", version(4, "w")).await,
        Claim::Stale
    );
    let next = claim(&ledger, "b", 1, "1", version(6, "y")).await;
    assert_eq!(
        next,
        Claim::Write {
            attempt: 0,
            bound: Some(twin_of("1"))
        }
    );
}

pub async fn the_newest_of_one_call_gets_the_claim(ledger: Any) {
    let requests = [
        request("1", version(1, "x")),
        request("2", version(1, "x")),
        request("1", version(3, "z")),
        request("1", version(2, "y")),
        request("2", version(1, "x")),
    ];
    let claims = ledger
        .claim(&sync(), &holder("a"), TTL, at(0), &requests)
        .await
        .unwrap();
    assert_eq!(
        claims,
        [Claim::Stale, Claim::Stale, write(0), Claim::Stale, write(0)]
    );
    assert_eq!(row(&ledger, "1").await.revision, version(3, "z"));
}

pub async fn a_crashed_claim_is_uncertain(ledger: Any) {
    claim(&ledger, "a", 0, "1", version(5, "x")).await;
    assert_eq!(
        claim(&ledger, "b", 60, "1", version(5, "x")).await,
        uncertain(1)
    );
    assert_eq!(
        claim(&ledger, "c", 61, "1", version(5, "x")).await,
        Claim::Busy { until: at(120) }
    );
    // The second one crashes too, and a newer version comes: still uncertain, for its write may have landed.
    assert_eq!(
        claim(&ledger, "c", 120, "1", version(6, "y")).await,
        uncertain_which(1)
    );
    // Giving it back makes nobody wiser.
    let keys = [key("1")];
    ledger.unclaim(&sync(), &holder("c"), &keys).await.unwrap();
    assert_eq!(
        claim(&ledger, "c", 120, "1", version(6, "y")).await,
        uncertain_which(1)
    );
    store(&ledger, "c", 121, &[synced("1", version(6, "y"))]).await;
    assert_eq!(
        claim(&ledger, "a", 122, "1", version(5, "x")).await,
        Claim::Stale
    );
    let next = claim(&ledger, "a", 122, "1", version(7, "z")).await;
    assert_eq!(
        next,
        Claim::Write {
            attempt: 0,
            bound: Some(twin_of("1"))
        }
    );
}

pub async fn what_was_given_back_is_free(ledger: Any) {
    claim(&ledger, "a", 0, "1", version(5, "x")).await;
    ledger
        .unclaim(&sync(), &holder("b"), &[key("1")])
        .await
        .unwrap();
    assert_eq!(
        claim(&ledger, "b", 1, "1", version(5, "x")).await,
        Claim::Busy { until: at(60) },
        "not his to give"
    );
    ledger
        .unclaim(&sync(), &holder("a"), &[key("1"), key("none"), key("1")])
        .await
        .unwrap();
    assert_eq!(claim(&ledger, "b", 2, "1", version(5, "x")).await, write(0));
    // A claim that was uncertain is uncertain when it is given back.
    assert_eq!(
        claim(&ledger, "a", 100, "1", version(5, "x")).await,
        uncertain(1)
    );
    ledger
        .unclaim(&sync(), &holder("a"), &[key("1")])
        .await
        .unwrap();
    assert_eq!(
        claim(&ledger, "b", 101, "1", version(5, "x")).await,
        uncertain(1)
    );
}

pub async fn retrying_and_uncertain_stay_open(ledger: Any) {
    let v = version(5, "x");
    let retrying = ports::ledger::Outcome {
        next_try: Some(at(30)),
        reason: Some("the other side is away".to_owned()),
        ..outcome("1", v, Status::Retrying)
    };
    settle(&ledger, 0, retrying).await;
    let one = row(&ledger, "1").await;
    assert_eq!(
        (one.status, one.attempts, one.next_try),
        (Status::Retrying, 1, Some(at(30)))
    );
    assert_eq!(one.reason.as_deref(), Some("the other side is away"));
    assert_eq!(claim(&ledger, "a", 1, "1", v).await, write(1));
    store(&ledger, "a", 2, &[outcome("1", v, Status::Uncertain)]).await;
    assert_eq!(status(&ledger, "1").await, Status::Uncertain);
    assert_eq!(claim(&ledger, "b", 3, "1", v).await, uncertain(2));
    store(&ledger, "b", 4, &[outcome("1", v, Status::Retrying)]).await;
    assert_eq!(
        claim(&ledger, "b", 5, "1", v).await,
        write(3),
        "it was looked up: nothing had landed"
    );
    // A newer version begins its own count.
    store(&ledger, "b", 6, &[outcome("1", v, Status::Retrying)]).await;
    assert_eq!(claim(&ledger, "b", 7, "1", version(6, "y")).await, write(0));
}

pub async fn every_other_status_closes_the_version(ledger: Any) {
    let closing = [
        Status::Held,
        Status::Waiting,
        Status::Synced,
        Status::Unchanged,
        Status::Skipped,
        Status::Failed,
    ];
    for (n, closed) in closing.into_iter().enumerate() {
        let id = n.to_string();
        settle(&ledger, 0, outcome(&id, version(5, "x"), closed)).await;
        assert_eq!(status(&ledger, &id).await, closed);
        assert_eq!(
            claim(&ledger, "a", 1, &id, version(5, "x")).await,
            Claim::Stale,
            "{closed:?}"
        );
        assert_eq!(
            claim(&ledger, "a", 1, &id, version(6, "y")).await,
            write(0),
            "{closed:?}"
        );
    }
}

pub async fn the_same_content_is_unchanged(ledger: Any) {
    settle(&ledger, 0, synced("1", version(5, "x"))).await;
    assert_eq!(
        claim(&ledger, "a", 1, "1", version(6, "x")).await,
        Claim::Unchanged
    );
    let one = row(&ledger, "1").await;
    assert_eq!(
        (one.status, one.revision, one.changed_at),
        (Status::Unchanged, version(6, "x"), at(1))
    );
    assert_eq!(
        claim(&ledger, "a", 2, "1", version(6, "x")).await,
        Claim::Stale,
        "the revision was noted"
    );
    assert_eq!(
        claim(&ledger, "a", 2, "1", version(5, "x")).await,
        Claim::Stale
    );
    assert_eq!(
        claim(&ledger, "a", 3, "1", version(7, "x")).await,
        Claim::Unchanged,
        "nobody holds it"
    );
    // Two of one call, back to what the target holds: the older one is not written.
    let requests = [request("1", version(8, "y")), request("1", version(9, "x"))];
    let claims = ledger
        .claim(&sync(), &holder("a"), TTL, at(4), &requests)
        .await
        .unwrap();
    assert_eq!(claims, [Claim::Stale, Claim::Unchanged]);
}

pub async fn a_doubtful_target_is_written_again(ledger: Any) {
    let bound = Some(twin_of("1"));
    for (n, status) in [
        Status::Retrying,
        Status::Failed,
        Status::Held,
        Status::Skipped,
    ]
    .into_iter()
    .enumerate()
    {
        let base = i64::try_from(n).unwrap() * 10;
        settle(&ledger, base, synced("1", version(base, "x"))).await;
        settle(
            &ledger,
            base + 1,
            outcome("1", version(base + 1, "y"), status),
        )
        .await;
        let again = claim(&ledger, "a", base + 2, "1", version(base + 2, "x")).await;
        assert_eq!(
            again,
            Claim::Write {
                attempt: 0,
                bound: bound.clone()
            },
            "{status:?}"
        );
        ledger
            .unclaim(&sync(), &holder("a"), &[key("1")])
            .await
            .unwrap();
    }
    settle(&ledger, 100, synced("1", version(100, "x"))).await;
    claim(&ledger, "a", 101, "1", version(101, "y")).await;
    let crashed = claim(&ledger, "b", 200, "1", version(102, "x")).await;
    let only_this = false;
    assert_eq!(
        crashed,
        Claim::Uncertain {
            attempt: 1,
            bound,
            only_this
        }
    );
    // What is not proven (a check held it) does not make a newer version unchanged either.
    settle(&ledger, 100, outcome("2", version(100, "x"), Status::Held)).await;
    assert_eq!(
        claim(&ledger, "a", 101, "2", version(101, "x")).await,
        write(0)
    );
}

pub async fn equal_times_do_not_make_equal_versions(ledger: Any) {
    settle(&ledger, 0, synced("1", version(5, "x"))).await;
    let other = claim(&ledger, "a", 1, "1", version(5, "y")).await;
    assert_eq!(
        other,
        Claim::Write {
            attempt: 0,
            bound: Some(twin_of("1"))
        }
    );
    store(&ledger, "a", 1, &[synced("1", version(5, "y"))]).await;
    assert_eq!(
        claim(&ledger, "a", 2, "1", version(5, "y")).await,
        Claim::Stale
    );
    assert_eq!(status(&ledger, "1").await, Status::Synced);
}

pub async fn fractions_of_a_microsecond_do_not_matter(ledger: Any) {
    let mut fine = version(5, "x");
    fine.at = "2026-03-01T12:00:05.123456789Z".parse().unwrap();
    settle(&ledger, 0, synced("1", fine)).await;
    assert_eq!(status(&ledger, "1").await, Status::Synced);
    assert_eq!(claim(&ledger, "a", 1, "1", fine).await, Claim::Stale);
    let coarse = row(&ledger, "1").await.revision;
    assert_eq!(coarse.at, "2026-03-01T12:00:05.123456Z".parse().unwrap());
    assert_eq!(claim(&ledger, "a", 1, "1", coarse).await, Claim::Stale);
}

pub async fn an_empty_call_is_no_call(ledger: Any) {
    assert_eq!(
        ledger
            .claim(&sync(), &holder("a"), TTL, at(0), &[])
            .await
            .unwrap(),
        []
    );
    ledger
        .record(&sync(), &holder("a"), at(0), &[])
        .await
        .unwrap();
    ledger.unclaim(&sync(), &holder("a"), &[]).await.unwrap();
    ledger.published(&merchant(), &[]).await.unwrap();
    assert_eq!(
        ledger
            .requeue(&merchant(), &named(&[]), "ann", at(0))
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        ledger
            .release_waiting(&merchant(), &[], at(0))
            .await
            .unwrap(),
        0
    );
}
