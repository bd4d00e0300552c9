//! Many messages, several consumers.

use std::time::Duration;

use ports::{Clock, Consumer, Settlement, SystemClock, Urgency};
use tokio::task::{JoinError, JoinSet};

use super::bench::{Bench, Tally, bounded};
use super::events::stock;

const EVENTS: usize = 100_000;
const BATCH: usize = 500;

pub async fn nothing_is_lost_or_doubled_in_a_crowd(bench: &mut Bench) {
    let tally = Tally::default();
    let mut crowd = JoinSet::new();
    for _ in 0..2 {
        let consumer = bench.stock_route(1_000).await;
        crowd.spawn(consume(consumer, tally.clone()));
    }
    for part in 0..2 {
        let publisher = bench.publisher().await;
        let merchant = bench.merchant.clone();
        crowd.spawn(async move {
            let half = EVENTS / 2;
            for start in (part * half..(part + 1) * half).step_by(BATCH) {
                let events = stock(&merchant, start..start + BATCH);
                publisher.publish(&events, Urgency::Live).await.unwrap();
            }
        });
    }
    let all = (0..EVENTS).collect();
    tokio::select! {
        () = tally.until_seen(&all) => {}
        failed = failure(&mut crowd) => panic!("{failed}"),
        () = ages() => panic!("only {} of {EVENTS} arrived", tally.distinct()),
    }
    assert_eq!(tally.repeats(), 0);
    // The last settlements may be on their way.
    bounded(bench.until_ready(0)).await;
    crowd.shutdown().await;
}

async fn consume(mut consumer: Box<dyn Consumer>, tally: Tally) {
    loop {
        let deliveries = consumer.next(BATCH).await.unwrap();
        tally.count(&deliveries);
        let settled = deliveries
            .into_iter()
            .map(|delivery| delivery.settle(Settlement::Done));
        futures_util::future::try_join_all(settled).await.unwrap();
    }
}

/// The first task that ended by panicking.
async fn failure(crowd: &mut JoinSet<()>) -> JoinError {
    loop {
        if let Some(Err(failed)) = crowd.join_next().await {
            return failed;
        }
    }
}

/// Long enough for the slowest machine.
async fn ages() {
    SystemClock.sleep(Duration::from_secs(300)).await;
}
