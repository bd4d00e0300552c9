//! Several at once.

use ports::Status;
use ports::ledger::{Claim, Filter, Outcome};

use super::build::*;

pub async fn one_of_many_claimers_gets_the_write(ledger: Any) {
    let ids: Vec<String> = (0..40).map(|n| n.to_string()).collect();
    let tasks: Vec<_> = (0..4)
        .map(|n| {
            let ledger = ledger.clone();
            let mut requests: Vec<_> = ids.iter().map(|id| request(id, version(5, "x"))).collect();
            // Everybody in another order.
            requests.rotate_left(n * 10);
            if n % 2 == 1 {
                requests.reverse();
            }
            tokio::spawn(async move {
                let who = holder(&n.to_string());
                let claims = ledger
                    .claim(&sync(), &who, TTL, at(0), &requests)
                    .await
                    .unwrap();
                let got = requests
                    .into_iter()
                    .zip(claims)
                    .filter(|(_, claim)| *claim == write(0));
                got.map(|(request, _)| request.key.id.as_str().to_owned())
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let mut granted = Vec::new();
    for task in tasks {
        granted.extend(task.await.unwrap());
    }
    granted.sort_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(granted, ids, "each once");
}

pub async fn batches_in_any_order_do_not_block_each_other(ledger: Any) {
    let tasks: Vec<_> = (0..4)
        .map(|n: usize| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let who = holder(&n.to_string());
                let mut ids: Vec<String> = (0..30).map(|n| n.to_string()).collect();
                for round in 0..10i64 {
                    ids.rotate_left(7 * n + 1);
                    if n % 2 == 1 {
                        ids.reverse();
                    }
                    let requests: Vec<_> = ids
                        .iter()
                        .map(|id| request(id, version(round, id)))
                        .collect();
                    let claims = ledger
                        .claim(&sync(), &who, TTL, at(round), &requests)
                        .await
                        .unwrap();
                    let mine = requests
                        .iter()
                        .zip(&claims)
                        .filter(|(_, claim)| matches!(claim, Claim::Write { .. }));
                    let outcomes: Vec<Outcome> = mine
                        .map(|(request, _)| Outcome {
                            steps: vec![step(round, "written")],
                            ..synced(request.key.id.as_str(), request.revision)
                        })
                        .collect();
                    ledger
                        .record(&sync(), &who, at(round), &outcomes)
                        .await
                        .unwrap();
                    let keys = ids
                        .iter()
                        .map(|id| format!("item:{id}"))
                        .collect::<Vec<_>>();
                    ledger
                        .release_waiting(&merchant(), &keys, at(round))
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Records move from status to status while they are listed: none is listed twice, none is left out.
pub async fn a_list_is_of_one_moment(ledger: Any) {
    let ids: Vec<String> = (0..5).map(|n| n.to_string()).collect();
    for id in &ids {
        settle(&ledger, 0, outcome(id, version(0, id), Status::Held)).await;
    }
    let mover = ledger.clone();
    let moved = ids.clone();
    let moving = tokio::spawn(async move {
        for round in 1..40i64 {
            let status = if round % 2 == 0 {
                Status::Held
            } else {
                Status::Skipped
            };
            for id in &moved {
                settle(&mover, round, outcome(id, version(round, id), status)).await;
            }
        }
    });
    while !moving.is_finished() {
        let mut listed = super::build::ids(&ledger, &Filter::default()).await;
        listed.sort_unstable();
        assert_eq!(listed, ids, "each once");
    }
    moving.await.unwrap();
}
