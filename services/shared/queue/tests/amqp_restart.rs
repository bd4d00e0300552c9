//! A broker that goes away and comes back. In a binary of its own, because it disturbs whoever uses the broker. Needs
//! `CAUSEWAY_TEST_AMQP` and `CAUSEWAY_TEST_RABBITMQCTL`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unimplemented,
    reason = "test code"
)]
#![allow(
    unreachable_pub,
    missing_docs,
    dead_code,
    unused_imports,
    unused_macros,
    reason = "test code; the suite's promises are tested elsewhere"
)]

mod broker;
mod suite;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use broker::{Broker, fresh_merchant};
use ports::{Consumer, Settlement, Urgency};
use suite::bench::{Bench, Tally, bounded};
use suite::events::stock;
use tokio::process::Command;

const BATCH: usize = 20;

/// `rabbitmqctl` for the broker under test.
async fn control(program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_confirmed_survives_a_restart() {
    let Some(url) = testkit::service("CAUSEWAY_TEST_AMQP") else {
        return;
    };
    let Some(program) = testkit::service("CAUSEWAY_TEST_RABBITMQCTL") else {
        return;
    };
    let bench = Bench::new(Broker::new(&url), &fresh_merchant("restart")).await;
    let seen = Tally::default();
    let consumers: Vec<_> = [bench.stock_route(50).await, bench.stock_route(50).await]
        .into_iter()
        .map(|consumer| tokio::spawn(consume(consumer, seen.clone())))
        .collect();

    let confirmed = Arc::new(AtomicUsize::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let publisher = bench.publisher().await;
    let publishing = {
        let (merchant, confirmed, stop) = (bench.merchant.clone(), confirmed.clone(), stop.clone());
        tokio::spawn(async move {
            let mut sure = BTreeSet::new();
            for start in (0..).step_by(BATCH) {
                let events = stock(&merchant, start..start + BATCH);
                if publisher.publish(&events, Urgency::Live).await.is_ok() {
                    sure.extend(start..start + BATCH);
                    confirmed.fetch_add(BATCH, Ordering::SeqCst);
                }
                if stop.load(Ordering::SeqCst) {
                    break;
                }
            }
            sure
        })
    };
    for _ in 0..2 {
        let before = confirmed.load(Ordering::SeqCst);
        reach(&confirmed, before + 500).await;
        control(&program, &["stop_app"]).await;
        control(&program, &["start_app"]).await;
        let after = confirmed.load(Ordering::SeqCst);
        reach(&confirmed, after + 500).await;
    }
    stop.store(true, Ordering::SeqCst);
    let sure = bounded(publishing).await.unwrap();
    bounded(seen.until_seen(&sure)).await;
    assert!(consumers.iter().all(|consumer| !consumer.is_finished()));
    consumers.iter().for_each(tokio::task::JoinHandle::abort);
    assert!(
        bench
            .queue()
            .buried(&bench.merchant, 1)
            .await
            .unwrap()
            .is_empty()
    );
    bench.clean().await;
}

async fn reach(count: &AtomicUsize, wanted: usize) {
    bounded(async {
        while count.load(Ordering::SeqCst) < wanted {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Goes on whatever happens.
async fn consume(mut consumer: Box<dyn Consumer>, seen: Tally) {
    loop {
        let deliveries = consumer.next(50).await.expect("a consumer survives");
        seen.count(&deliveries);
        for delivery in deliveries {
            // A receipt of before the restart fails, and its message comes again.
            drop(delivery.settle(Settlement::Done).await);
        }
    }
}
