//! What comes again, and how it is counted.

use std::time::Duration;

use futures_util::FutureExt;
use ports::Settlement;

use super::bench::{Bench, bounded, number, one, take};

pub async fn prefetch_bounds_what_is_in_hand(bench: &mut Bench) {
    let mut consumer = bench.stock_route(2).await;
    bench.publish(0..3).await;
    let mut in_hand = take(&mut consumer, 2).await;
    let mut third = Box::pin(consumer.next(1));
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert!(third.as_mut().now_or_never().is_none());
    }
    in_hand.remove(0).settle(Settlement::Done).await.unwrap();
    let arrived = bounded(third).await.unwrap();
    assert_eq!(number(&arrived[0]), 2);
}

pub async fn a_retry_comes_back_counted(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    bench.publish(0..1).await;
    let delivery = one(&mut consumer).await;
    assert_eq!(delivery.attempt, 0);
    let rest = Duration::from_secs(5);
    delivery.settle(Settlement::Retry(rest)).await.unwrap();
    // It rests: what comes later is there before it.
    bench.publish(1..2).await;
    let younger = one(&mut consumer).await;
    assert_eq!(number(&younger), 1);
    younger.settle(Settlement::Done).await.unwrap();

    bench.backend.pass(rest).await;
    let again = one(&mut consumer).await;
    assert_eq!((number(&again), again.attempt), (0, 1));
    again.settle(Settlement::Done).await.unwrap();
    assert_eq!(bench.ready().await, 0);
}

pub async fn a_return_comes_back_uncounted(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    bench.publish(0..1).await;
    // More often than the delivery limit: a long pause buries nothing.
    for _ in 0..=usize::from(causeway_queue::DELIVERY_LIMIT) + 5 {
        let delivery = one(&mut consumer).await;
        assert_eq!((number(&delivery), delivery.attempt), (0, 0));
        delivery.settle(Settlement::Return).await.unwrap();
    }
    one(&mut consumer)
        .await
        .settle(Settlement::Done)
        .await
        .unwrap();
    assert!(
        bench
            .queue()
            .buried(&bench.merchant, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn a_dropped_delivery_comes_again(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    bench.publish(0..1).await;
    drop(one(&mut consumer).await);
    let again = one(&mut consumer).await;
    assert_eq!((number(&again), again.attempt), (0, 0));

    // The consumer may go before its deliveries.
    drop(consumer);
    again.settle(Settlement::Done).await.unwrap();
    let mut consumer = bench.stock_route(10).await;
    bench.publish(1..2).await;
    let next = one(&mut consumer).await;
    assert_eq!(number(&next), 1);
    drop((consumer, next));
    let mut consumer = bench.stock_route(10).await;
    let again = one(&mut consumer).await;
    assert_eq!(number(&again), 1);
    again.settle(Settlement::Done).await.unwrap();
}

pub async fn what_nobody_can_process_is_kept(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    bench.publish(0..1).await;
    for _ in 0..=causeway_queue::DELIVERY_LIMIT {
        drop(one(&mut consumer).await);
    }
    let mut buried = Vec::new();
    bounded(async {
        while buried.is_empty() {
            buried = bench.queue().buried(&bench.merchant, 10).await.unwrap();
        }
    })
    .await;
    assert_eq!(buried.len(), 1);
    assert_eq!(buried[0].queue, format!("{}.erp.stock", bench.merchant));
    assert!(buried[0].why.contains("too often"), "{}", buried[0].why);
    assert_ne!(buried[0].at, jiff::Timestamp::UNIX_EPOCH);

    let ids = [buried[0].id.clone()];
    assert_eq!(
        bench.queue().replay(&bench.merchant, &ids).await.unwrap(),
        1
    );
    let again = one(&mut consumer).await;
    assert_eq!((number(&again), again.attempt), (0, 0));
    again.settle(Settlement::Done).await.unwrap();
}
