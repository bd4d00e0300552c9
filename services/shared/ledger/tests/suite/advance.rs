//! What a moved cursor leaves behind.

use commerce::Revision;
use ports::ledger::{Claim, Filter};
use ports::{Cursor, Status};

use super::build::*;

async fn publish(ledger: &Any, second: i64, records: &[(&str, Revision)]) {
    let lease = ledger
        .lease(&stream(), &holder("puller"), TTL, at(second))
        .await
        .unwrap()
        .unwrap();
    let seen: Vec<_> = records
        .iter()
        .map(|(id, revision)| seen(id, *revision))
        .collect();
    ledger
        .advance(&lease, &Cursor("p".to_owned()), &seen, TTL, at(second))
        .await
        .unwrap();
}

pub async fn what_was_published_is_queued(ledger: Any) {
    publish(
        &ledger,
        5,
        &[("1", version(1, "x")), ("2", version(2, "y"))],
    )
    .await;
    let one = row(&ledger, "1").await;
    assert_eq!(
        (one.status, one.number.as_str(), one.revision),
        (Status::Queued, "#1", version(1, "x"))
    );
    assert_eq!(
        (one.first_seen, one.changed_at, one.attempts),
        (at(5), at(5), 0)
    );
    assert_eq!(claim(&ledger, "a", 6, "1", version(1, "x")).await, write(0));
}

pub async fn what_is_known_is_left_as_it_is(ledger: Any) {
    settle(&ledger, 10, synced("1", version(5, "x"))).await;
    settle(&ledger, 10, outcome("2", version(5, "x"), Status::Held)).await;
    ledger
        .ignore(&merchant(), &named(&["2"]), "ann", at(11))
        .await
        .unwrap();
    publish(
        &ledger,
        20,
        &[("1", version(5, "x")), ("2", version(9, "z"))],
    )
    .await;
    publish(&ledger, 21, &[("1", version(4, "w"))]).await;
    assert_eq!(status(&ledger, "1").await, Status::Synced);
    assert_eq!(row(&ledger, "1").await.changed_at, at(10));
    assert_eq!(status(&ledger, "2").await, Status::Ignored);
}

pub async fn a_newer_version_is_queued_again(ledger: Any) {
    settle(&ledger, 10, waiting("1", version(5, "x"), "item:A")).await;
    publish(
        &ledger,
        20,
        &[("1", version(6, "y")), ("2", version(6, "y"))],
    )
    .await;
    let one = row(&ledger, "1").await;
    assert_eq!(
        (one.status, one.revision, one.reason),
        (Status::Queued, version(6, "y"), None)
    );
    assert_eq!((one.first_seen, one.changed_at), (at(10), at(20)));
    // It does not wait any more.
    assert_eq!(
        ledger
            .release_waiting(&merchant(), &["item:A".to_owned()], at(21))
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        claim(&ledger, "a", 22, "1", version(5, "x")).await,
        Claim::Stale
    );
    assert_eq!(
        claim(&ledger, "a", 22, "1", version(6, "y")).await,
        write(0)
    );
}

pub async fn a_page_may_repeat_itself(ledger: Any) {
    let page = [
        ("1", version(1, "x")),
        ("1", version(3, "z")),
        ("1", version(2, "y")),
    ];
    publish(&ledger, 5, &page).await;
    publish(&ledger, 6, &page).await;
    assert_eq!(row(&ledger, "1").await.revision, version(3, "z"));
    assert_eq!(row(&ledger, "1").await.changed_at, at(5));
    assert_eq!(ids(&ledger, &Filter::default()).await, ["1"]);
}

pub async fn what_the_target_holds_is_not_queued(ledger: Any) {
    settle(&ledger, 10, synced("1", version(5, "x"))).await;
    publish(&ledger, 20, &[("1", version(6, "x"))]).await;
    let one = row(&ledger, "1").await;
    assert_eq!(
        (one.status, one.revision, one.changed_at),
        (Status::Synced, version(6, "x"), at(10))
    );
    assert_eq!(
        claim(&ledger, "a", 21, "1", version(6, "x")).await,
        Claim::Unchanged
    );
    // With something else on its way in between, it has to wait its turn.
    publish(&ledger, 30, &[("1", version(7, "y"))]).await;
    publish(&ledger, 31, &[("1", version(8, "x"))]).await;
    assert_eq!(status(&ledger, "1").await, Status::Queued);
    assert_eq!(
        claim(&ledger, "a", 32, "1", version(8, "x")).await,
        Claim::Unchanged
    );
    assert_eq!(status(&ledger, "1").await, Status::Unchanged);
}
