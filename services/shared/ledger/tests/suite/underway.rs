//! What is sold and not yet known where the stock is kept.

use std::collections::BTreeSet;

use commerce::{Sku, SyncId};
use jiff::Timestamp;
use ports::Status;
use ports::ledger::Seen;

use super::build::*;

/// Order, SKU, units and when it landed, in the seconds of the test's time.
async fn underway(ledger: &Any, sync: &str, skus: &[&str], since: i64) -> Vec<String> {
    let skus: BTreeSet<Sku> = skus.iter().map(|sku| Sku::new(sku).unwrap()).collect();
    let orders = [SyncId::new(sync).unwrap()];
    let merchant = merchant();
    let sold = ledger.underway(&merchant, &orders, &skus, at(since)).await;
    let second = |landed: Timestamp| landed.duration_since(at(0)).as_secs();
    let show = |one: ports::ledger::Sold| {
        let landed = one.landed.map(second);
        format!("{} {} {} {landed:?}", one.order, one.sku, one.units)
    };
    let mut shown: Vec<String> = sold.unwrap().into_iter().map(show).collect();
    shown.sort();
    shown
}

async fn take(ledger: &Any, second: i64, seen: &[Seen]) {
    let now = at(second);
    let lease = ledger.lease(&stream(), &holder("a"), TTL, now).await;
    let lease = lease.unwrap().unwrap();
    let cursor = ports::Cursor(String::new());
    ledger
        .advance(&lease, &cursor, seen, TTL, now)
        .await
        .unwrap();
}

pub async fn units_count_until_the_order_has_landed(ledger: Any) {
    let v = version(5, "x");
    let orders = [
        seen_taking("1", v, &[("TEA", 2), ("MUG", 1)]),
        seen_taking("2", v, &[("TEA", 3)]),
        seen_taking("3", v, &[("TEA", 4)]),
        seen_taking("4", v, &[("TEA", 5)]),
        seen("5", v),
    ];
    take(&ledger, 10, &orders).await;
    let tea = |since| underway(&ledger, "orders", &["TEA"], since);
    let one = [
        "#1 TEA 2 None",
        "#2 TEA 3 None",
        "#3 TEA 4 None",
        "#4 TEA 5 None",
    ];
    assert_eq!(tea(0).await, one);
    assert_eq!(
        underway(&ledger, "orders", &["MUG", "JAR"], 0).await,
        ["#1 MUG 1 None"]
    );
    assert_eq!(underway(&ledger, "others", &["TEA"], 0).await, [""; 0]);
    assert_eq!(underway(&ledger, "orders", &[], 0).await, [""; 0]);

    settle(&ledger, 20, synced("1", v)).await;
    settle(&ledger, 20, outcome("2", v, Status::Held)).await;
    settle(&ledger, 20, outcome("3", v, Status::Skipped)).await;
    settle(&ledger, 20, outcome("4", v, Status::Failed)).await;
    // What was read before it landed may not contain it.
    let before = ["#1 TEA 2 Some(20)", "#2 TEA 3 None", "#4 TEA 5 None"];
    assert_eq!(tea(20).await, before);
    assert_eq!(tea(21).await, ["#2 TEA 3 None", "#4 TEA 5 None"]);
}

pub async fn a_newer_version_takes_other_units(ledger: Any) {
    let (old, new) = (version(5, "x"), version(6, "y"));
    // The pusher may be faster than the note of what was published.
    claim(&ledger, "a", 9, "1", old).await;
    take(&ledger, 10, &[seen_taking("1", old, &[("TEA", 2)])]).await;
    let tea = || underway(&ledger, "orders", &["TEA"], 0);
    assert_eq!(tea().await, ["#1 TEA 2 None"]);
    take(&ledger, 11, &[seen_taking("1", new, &[("TEA", 1)])]).await;
    assert_eq!(tea().await, ["#1 TEA 1 None"]);
    // An older one says nothing any more.
    take(&ledger, 12, &[seen_taking("1", old, &[("TEA", 2)])]).await;
    assert_eq!(tea().await, ["#1 TEA 1 None"]);
}
