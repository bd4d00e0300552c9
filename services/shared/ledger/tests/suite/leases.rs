//! One reader per stream.

use ports::ledger::Stream;
use ports::{Cursor, LedgerError};

use super::build::*;

fn cursor(text: &str) -> Cursor {
    Cursor(text.to_owned())
}

pub async fn a_lease_is_exclusive_until_it_ends(ledger: Any) {
    let mine = ledger
        .lease(&stream(), &holder("a"), TTL, at(0))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (mine.fence, mine.until, mine.cursor.clone()),
        (1, at(60), Cursor::default())
    );
    let theirs = ledger
        .lease(&stream(), &holder("b"), TTL, at(59))
        .await
        .unwrap();
    assert_eq!(theirs, None);
    let theirs = ledger
        .lease(&stream(), &holder("b"), TTL, at(60))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((theirs.fence, theirs.until), (2, at(120)));
}

pub async fn the_holder_renews_with_the_same_fence(ledger: Any) {
    let first = ledger
        .lease(&stream(), &holder("a"), TTL, at(0))
        .await
        .unwrap()
        .unwrap();
    let renewed = ledger
        .lease(&stream(), &holder("a"), TTL, at(30))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((renewed.fence, renewed.until), (first.fence, at(90)));
    let moved = ledger
        .advance(&first, &cursor("p1"), &[], TTL, at(80))
        .await
        .unwrap();
    assert_eq!(
        (moved.fence, moved.until, moved.cursor),
        (first.fence, at(140), cursor("p1"))
    );
    assert_eq!(
        ledger
            .lease(&stream(), &holder("b"), TTL, at(100))
            .await
            .unwrap(),
        None
    );
    // Its time is over but nobody came: the fence still holds.
    assert!(
        ledger
            .advance(&first, &cursor("p2"), &[], TTL, at(500))
            .await
            .is_ok()
    );
}

pub async fn an_old_holder_changes_nothing(ledger: Any) {
    let old = ledger
        .lease(&stream(), &holder("a"), TTL, at(0))
        .await
        .unwrap()
        .unwrap();
    let old = ledger
        .advance(&old, &cursor("p1"), &[], TTL, at(1))
        .await
        .unwrap();
    let new = ledger
        .lease(&stream(), &holder("b"), TTL, at(100))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(new.cursor, cursor("p1"));
    let refused = ledger
        .advance(
            &old,
            &cursor("p2"),
            &[seen("1", version(0, "x"))],
            TTL,
            at(101),
        )
        .await;
    assert!(
        matches!(refused, Err(LedgerError::Fenced(_))),
        "{refused:?}"
    );
    ledger.release(&old).await.unwrap();
    let states = ledger.cursors(&merchant()).await.unwrap();
    assert_eq!(states.len(), 1);
    assert_eq!(states[0].cursor, cursor("p1"));
    assert_eq!(states[0].holder, Some(holder("b")));
    assert_eq!(states[0].checked_at, Some(at(1)));
    assert_eq!(
        ledger.record_of(&merchant(), &record("1")).await.unwrap(),
        None
    );
}

pub async fn a_released_lease_is_free(ledger: Any) {
    let lease = ledger
        .lease(&stream(), &holder("a"), TTL, at(0))
        .await
        .unwrap()
        .unwrap();
    ledger.release(&lease).await.unwrap();
    assert_eq!(ledger.cursors(&merchant()).await.unwrap()[0].holder, None);
    let refused = ledger.advance(&lease, &cursor("p1"), &[], TTL, at(1)).await;
    assert!(
        matches!(refused, Err(LedgerError::Fenced(_))),
        "{refused:?}"
    );
    let next = ledger
        .lease(&stream(), &holder("a"), TTL, at(2))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(next.fence, 2);
}

pub async fn a_backfill_has_its_own_cursor(ledger: Any) {
    let backfill = Stream {
        backfill: Some("spring".to_owned()),
        ..stream()
    };
    let live = ledger
        .lease(&stream(), &holder("a"), TTL, at(0))
        .await
        .unwrap()
        .unwrap();
    let past = ledger
        .lease(&backfill, &holder("b"), TTL, at(0))
        .await
        .unwrap()
        .unwrap();
    ledger
        .advance(&live, &cursor("now"), &[], TTL, at(1))
        .await
        .unwrap();
    ledger
        .advance(&past, &cursor("then"), &[], TTL, at(1))
        .await
        .unwrap();
    let states = ledger.cursors(&merchant()).await.unwrap();
    let all: Vec<_> = states
        .iter()
        .map(|s| (s.stream.clone(), s.cursor.0.as_str()))
        .collect();
    assert_eq!(all, [(stream(), "now"), (backfill, "then")]);
}

pub async fn who_is_alone_takes_over_from_the_dead(ledger: Any) {
    let v = version(5, "x");
    claim(&ledger, "dead", 0, "1", v).await;
    settle(&ledger, 0, synced("2", v)).await;
    let held = ledger.lease(&stream(), &holder("dead"), TTL, at(0)).await;
    let held = held.unwrap().unwrap();
    assert_eq!(ledger.take_over(at(1)).await.unwrap(), 1);
    assert_eq!(claim(&ledger, "a", 1, "1", v).await, uncertain(1));
    let next = ledger.lease(&stream(), &holder("a"), TTL, at(1)).await;
    assert_eq!(next.unwrap().unwrap().fence, held.fence + 1);
    let late = ledger
        .advance(&held, &cursor("late"), &[], TTL, at(2))
        .await;
    assert!(matches!(late, Err(LedgerError::Fenced(_))), "{late:?}");
}
