//! What tables have no entry for.

use ports::ledger::{Observed, Sighting};

use super::build::*;

fn seen(table: &str, value: &str, times: u64) -> Sighting {
    Sighting {
        table: table.to_owned(),
        value: value.to_owned(),
        times,
    }
}

pub async fn values_without_an_entry_add_up(ledger: Any) {
    ledger.note_unmapped(&merchant(), at(1), &[]).await.unwrap();
    assert!(ledger.unmapped(&merchant()).await.unwrap().is_empty());
    let first = [seen("ship", "Express", 2), seen("pay", "Klarna\0", 1)];
    let second = [seen("ship", "Express", 3), seen("ship", "Postbüro", 1)];
    ledger
        .note_unmapped(&merchant(), at(5), &first)
        .await
        .unwrap();
    ledger
        .note_unmapped(&merchant(), at(9), &second)
        .await
        .unwrap();
    let observed = |seen, first, last| Observed { seen, first, last };
    assert_eq!(
        ledger.unmapped(&merchant()).await.unwrap(),
        [
            observed(seen("pay", "Klarna\u{fffd}", 1), at(5), at(5)),
            observed(seen("ship", "Express", 5), at(5), at(9)),
            observed(seen("ship", "Postbüro", 1), at(9), at(9)),
        ]
    );
    let other = sync_of("bolt", "orders").merchant;
    assert!(ledger.unmapped(&other).await.unwrap().is_empty());
}

pub async fn many_note_the_same_at_once(ledger: Any) {
    let tasks: Vec<_> = (0..4)
        .map(|n| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let seen = [seen("ship", "Express", 1), seen("ship", "Slow", 2)];
                ledger.note_unmapped(&merchant(), at(n), &seen).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let all = ledger.unmapped(&merchant()).await.unwrap();
    let times: Vec<u64> = all.iter().map(|one| one.seen.times).collect();
    assert_eq!(times, [4, 8]);
    assert_eq!(all[0].last, at(3));
}
