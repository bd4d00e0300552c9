//! The queue on RabbitMQ keeps every promise. Needs a broker: `CAUSEWAY_TEST_AMQP`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unimplemented,
    reason = "test code"
)]
#![allow(unreachable_pub, missing_docs, dead_code, reason = "test code")]

mod broker;
mod suite;

use std::sync::Arc;

use broker::{Broker, fresh_merchant};
use ports::{Settlement, SystemClock, Urgency};
use suite::bench::{Bench, bounded, number, one};
use suite::events::stock;

promises!(bench);

async fn bench(promise: &str) -> Option<Bench> {
    let url = testkit::service("CAUSEWAY_TEST_AMQP")?;
    Some(Bench::new(Broker::new(&url), &fresh_merchant(promise)).await)
}

/// The broker takes everything and confirms, and the connection breaks before the confirms arrive.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_confirm_is_not_taken_for_one() {
    let Some(bench) = bench("confirm").await else {
        return;
    };
    let mut consumer = bench.stock_route(100).await;
    let proxy = broker::Proxy::to(&testkit::service("CAUSEWAY_TEST_AMQP").unwrap()).await;
    let queue = causeway_queue::open(&proxy.url, Arc::new(SystemClock))
        .await
        .unwrap();
    let publisher = queue.publisher().await.unwrap();
    let events = stock(&bench.merchant, 0..50);
    // With every confirm lost it must fail; the broker has the events all the same.
    proxy.deafen();
    let outcome = bounded(publisher.publish(&events, Urgency::Live)).await;
    assert!(outcome.is_err(), "{outcome:?}");
    // With the way open again the same publisher goes on.
    proxy.heal();
    bounded(publisher.publish(&events, Urgency::Live))
        .await
        .unwrap();

    let seen = suite::bench::Tally::default();
    while seen.distinct() < events.len() {
        let delivery = [one(&mut consumer).await];
        seen.count(&delivery);
        for delivery in delivery {
            delivery.settle(Settlement::Done).await.unwrap();
        }
    }
    bench.clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_connection_fails_receipts_and_brings_the_messages_again() {
    let Some(bench) = bench("cut").await else {
        return;
    };
    let route = bench.route(commerce::Kind::Stock, "erp");
    let erp = route.to.clone();
    bench.queue().declare(&[route]).await.unwrap();
    let proxy = broker::Proxy::to(&testkit::service("CAUSEWAY_TEST_AMQP").unwrap()).await;
    let queue = causeway_queue::open(&proxy.url, Arc::new(SystemClock))
        .await
        .unwrap();
    let mut consumer = queue
        .consumer(&bench.merchant, &erp, ports::Lane::Stock, 10)
        .await
        .unwrap();
    bench.publish(0..1).await;
    let delivery = one(&mut consumer).await;
    proxy.cut();
    let again = one(&mut consumer).await;
    assert_eq!(number(&again), 0);
    assert!(delivery.settle(Settlement::Done).await.is_err());
    again.settle(Settlement::Done).await.unwrap();
    bench.publish(1..2).await;
    assert_eq!(number(&one(&mut consumer).await), 1);
    bench.clean().await;
}
