//! Proven links, from either end.

use commerce::{ConnectionId, Kind};
use ports::Twin;
use ports::ledger::{Claim, Outcome, SyncRef};

use super::build::*;

async fn twins(
    ledger: &Any,
    here: &ConnectionId,
    there: &ConnectionId,
    ids: &[&str],
) -> Vec<Option<Twin>> {
    let ids: Vec<_> = ids.iter().map(|text| id(text)).collect();
    ledger
        .twins(&merchant(), Kind::Order, here, there, &ids)
        .await
        .unwrap()
}

pub async fn twins_are_found_from_both_ends(ledger: Any) {
    let (shop, erp) = (connection("shop"), connection("erp"));
    settle(&ledger, 0, synced("1", version(5, "x"))).await;
    settle(&ledger, 0, synced("2", version(5, "x"))).await;
    let there = twins(&ledger, &shop, &erp, &["2", "none", "1", "2"]).await;
    assert_eq!(
        there,
        [
            Some(twin_of("2")),
            None,
            Some(twin_of("1")),
            Some(twin_of("2"))
        ]
    );
    let back = twins(&ledger, &erp, &shop, &["771", "1"]).await;
    assert_eq!(
        back,
        [
            Some(Twin {
                id: id("1"),
                number: Some("#1".to_owned())
            }),
            None
        ]
    );
    let kinds = ledger
        .twins(&merchant(), Kind::Stock, &shop, &erp, &[id("1")])
        .await
        .unwrap();
    assert_eq!(kinds, [None]);
    assert_eq!(
        twins(&ledger, &shop, &connection("else"), &["1"]).await,
        [None]
    );
    // A sync that runs the other way knows its record's twin too.
    let reverse = SyncRef {
        from: erp,
        to: shop,
        ..sync_of("acme", "back")
    };
    let claims = ledger
        .claim(
            &reverse,
            &holder("a"),
            TTL,
            at(1),
            &[request("771", version(1, "b"))],
        )
        .await
        .unwrap();
    let bound = Some(Twin {
        id: id("1"),
        number: Some("#1".to_owned()),
    });
    assert_eq!(claims, [Claim::Write { attempt: 0, bound }]);
}

pub async fn the_binding_follows_the_proof(ledger: Any) {
    let (shop, erp) = (connection("shop"), connection("erp"));
    settle(&ledger, 0, synced("1", version(5, "x"))).await;
    // The same twin without its number keeps the number.
    let same = Outcome {
        twin: Some(Twin {
            number: None,
            ..twin_of("1")
        }),
        ..synced("1", version(6, "y"))
    };
    settle(&ledger, 1, same).await;
    assert_eq!(
        twins(&ledger, &shop, &erp, &["1"]).await,
        [Some(twin_of("1"))]
    );
    assert_eq!(row(&ledger, "1").await.twin, Some(twin_of("1")));
    // An outcome without a twin keeps the twin.
    settle(
        &ledger,
        2,
        outcome("1", version(7, "z"), ports::Status::Failed),
    )
    .await;
    assert_eq!(row(&ledger, "1").await.twin, Some(twin_of("1")));
    // Deleted over there and made anew.
    let anew = Outcome {
        twin: Some(twin_of("9")),
        ..synced("1", version(8, "a"))
    };
    settle(&ledger, 3, anew).await;
    assert_eq!(
        twins(&ledger, &shop, &erp, &["1"]).await,
        [Some(twin_of("9"))]
    );
    assert_eq!(twins(&ledger, &erp, &shop, &["771", "779"]).await[0], None);
}
