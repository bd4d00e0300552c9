//! What was stored is there after a restart.

use ports::ledger::{Claim, Filter, Outcome};
use ports::{Cursor, Status};

use super::build::*;

pub async fn fill(ledger: Any) {
    let lease = ledger
        .lease(&stream(), &holder("a"), TTL, at(0))
        .await
        .unwrap()
        .unwrap();
    ledger
        .advance(
            &lease,
            &Cursor("p7".to_owned()),
            &[seen("1", version(5, "x"))],
            TTL,
            at(0),
        )
        .await
        .unwrap();
    settle(
        &ledger,
        1,
        Outcome {
            steps: vec![step(1, "created")],
            ..synced("1", version(5, "x"))
        },
    )
    .await;
    settle(&ledger, 1, outcome("2", version(5, "x"), Status::Held)).await;
    ledger
        .requeue(&merchant(), &named(&["2"]), "ann", at(2))
        .await
        .unwrap();
    claim(&ledger, "a", 3, "3", version(5, "x")).await;
    ledger
        .apply(&merchant(), "a = 1", "ann", at(4))
        .await
        .unwrap();
}

pub async fn check(ledger: Any) {
    let lease = ledger
        .lease(&stream(), &holder("b"), TTL, at(100))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((lease.fence, lease.cursor), (2, Cursor("p7".to_owned())));
    assert_eq!(ids(&ledger, &Filter::default()).await, ["3", "2", "1"]);
    assert_eq!(notes(&ledger, "1").await, ["created"]);
    assert_eq!(due(&ledger).await, ["2"]);
    assert_eq!(
        claim(&ledger, "b", 4, "3", version(5, "x")).await,
        Claim::Busy { until: at(63) }
    );
    assert_eq!(
        claim(&ledger, "b", 63, "3", version(5, "x")).await,
        uncertain(1)
    );
    assert_eq!(
        claim(&ledger, "b", 63, "1", version(5, "x")).await,
        Claim::Stale
    );
    assert_eq!(
        ledger
            .configuration(&merchant())
            .await
            .unwrap()
            .unwrap()
            .text,
        "a = 1"
    );
}
