//! What is kept: aside, and over a restart.

use ports::{Lane, Settlement};

use super::bench::{Bench, bounded, number, one, take};

pub async fn what_is_no_event_is_kept_and_replayed(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    let body = b"\xff\xffnot an event".to_vec();
    bench.backend.inject(&bench.merchant, &body).await;
    let delivery = one(&mut consumer).await;
    let undecodable = delivery.event.as_ref().unwrap_err();
    assert_eq!(undecodable.body, body);
    assert!(!undecodable.why.is_empty());
    let why = "x".repeat(1_000);
    delivery
        .settle(Settlement::Bury(why.clone()))
        .await
        .unwrap();

    bench.publish(0..1).await;
    let event = one(&mut consumer).await;
    let id = event.event.as_ref().unwrap().id;
    event
        .settle(Settlement::Bury("wrong".to_owned()))
        .await
        .unwrap();

    // Looking changes nothing.
    for _ in 0..3 {
        let buried = bench.queue().buried(&bench.merchant, 10).await.unwrap();
        assert_eq!(buried.len(), 2);
        assert_eq!(
            (&buried[0].body, &buried[0].why, buried[0].event),
            (&body, &why, None)
        );
        assert_eq!(
            (buried[1].why.as_str(), buried[1].event),
            ("wrong", Some(id))
        );
        assert_eq!(buried[0].queue, format!("{}.erp.stock", bench.merchant));
        assert_ne!(buried[0].at, jiff::Timestamp::UNIX_EPOCH);
    }
    let oldest = bench.queue().buried(&bench.merchant, 1).await.unwrap();
    assert_eq!(oldest.len(), 1);
    assert_eq!(oldest[0].body, body);

    let ids = [oldest[0].id.clone()];
    assert_eq!(
        bench.queue().replay(&bench.merchant, &ids).await.unwrap(),
        1
    );
    let again = one(&mut consumer).await;
    assert_eq!(again.event.as_ref().unwrap_err().body, body);
    again.settle(Settlement::Done).await.unwrap();
    let left = bench.queue().buried(&bench.merchant, 10).await.unwrap();
    assert_eq!(
        left.iter().map(|buried| buried.event).collect::<Vec<_>>(),
        [Some(id)]
    );
}

pub async fn replay_ignores_names_it_does_not_know(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    bench.publish(0..1).await;
    one(&mut consumer)
        .await
        .settle(Settlement::Bury("wrong".to_owned()))
        .await
        .unwrap();
    let ids = ["nobody".to_owned(), "999999999".to_owned()];
    assert_eq!(
        bench.queue().replay(&bench.merchant, &ids).await.unwrap(),
        0
    );
    assert_eq!(
        bench
            .queue()
            .buried(&bench.merchant, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

pub async fn a_reopened_queue_has_what_it_had(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    bench.publish(0..3).await;
    let mut deliveries = take(&mut consumer, 3).await;
    deliveries.remove(0).settle(Settlement::Done).await.unwrap();
    deliveries
        .remove(0)
        .settle(Settlement::Bury("wrong".to_owned()))
        .await
        .unwrap();
    // One is in hand when the process ends.
    drop((deliveries, consumer));

    bench.reopen().await;
    let mut consumer = bench.consumer("erp", Lane::Stock, 10).await;
    let left = one(&mut consumer).await;
    assert_eq!(number(&left), 2);
    left.settle(Settlement::Done).await.unwrap();
    assert_eq!(
        bench
            .queue()
            .buried(&bench.merchant, 10)
            .await
            .unwrap()
            .len(),
        1
    );
    // The routes are still there too.
    bench.publish(3..4).await;
    assert_eq!(number(&one(&mut consumer).await), 3);
}

pub async fn a_waiting_consumer_wakes(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    let waiting = tokio::spawn(async move { number(&one(&mut consumer).await) });
    tokio::task::yield_now().await;
    bench.publish(5..6).await;
    assert_eq!(bounded(waiting).await.unwrap(), 5);
}
