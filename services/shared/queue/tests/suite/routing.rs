//! Where events go.

use commerce::{Kind, MerchantId};
use ports::{Lane, QueueError, Settlement, Urgency};

use super::bench::{Bench, number, one, take};
use super::events::{event, stock};

pub async fn what_is_published_is_consumed_once_done(bench: &mut Bench) {
    let mut consumer = bench.stock_route(10).await;
    let sent = stock(&bench.merchant, 0..3);
    let publisher = bench.publisher().await;
    publisher.publish(&sent, Urgency::Live).await.unwrap();
    let deliveries = take(&mut consumer, 3).await;
    for (delivery, sent) in deliveries.into_iter().zip(&sent) {
        assert_eq!(delivery.event.as_deref().unwrap(), sent);
        assert_eq!(delivery.attempt, 0);
        delivery.settle(Settlement::Done).await.unwrap();
    }
    // What is done would come before what is new.
    bench.publish(3..4).await;
    let last = one(&mut consumer).await;
    assert_eq!(number(&last), 3);
    last.settle(Settlement::Done).await.unwrap();
    assert_eq!(bench.ready().await, 0);
}

pub async fn each_kind_has_its_lane(bench: &mut Bench) {
    let routes = [Kind::Stock, Kind::Fulfilment].map(|kind| bench.route(kind, "erp"));
    bench.queue().declare(&routes).await.unwrap();
    // Declaring is idempotent.
    bench.queue().declare(&routes).await.unwrap();
    let fulfilment = event(&bench.merchant, "shop", Kind::Fulfilment, 1);
    let level = event(&bench.merchant, "shop", Kind::Stock, 2);
    let old = event(&bench.merchant, "shop", Kind::Fulfilment, 3);
    let publisher = bench.publisher().await;
    publisher
        .publish(&[fulfilment, level], Urgency::Live)
        .await
        .unwrap();
    publisher.publish(&[old], Urgency::Bulk).await.unwrap();
    for (lane, wanted) in [(Lane::Orders, 1), (Lane::Stock, 2), (Lane::Bulk, 3)] {
        let mut consumer = bench.consumer("erp", lane, 10).await;
        let delivery = one(&mut consumer).await;
        assert_eq!(number(&delivery), wanted, "{lane:?}");
        delivery.settle(Settlement::Done).await.unwrap();
    }
}

pub async fn an_event_without_a_route_is_refused(bench: &mut Bench) {
    let publisher = bench.publisher().await;
    let homeless = event(&bench.merchant, "shop", Kind::Fulfilment, 1);
    let refused = publisher
        .publish(std::slice::from_ref(&homeless), Urgency::Live)
        .await;
    assert!(
        matches!(refused, Err(QueueError::Unroutable(_))),
        "{refused:?}"
    );

    let mut consumer = bench.stock_route(10).await;
    let housed = event(&bench.merchant, "shop", Kind::Stock, 2);
    let mixed = publisher
        .publish(&[homeless, housed.clone()], Urgency::Live)
        .await;
    let Err(QueueError::Unroutable(what)) = mixed else {
        panic!("{mixed:?}");
    };
    assert!(what.contains("shop.fulfilment"), "{what}");

    // The publisher is none the worse for it.
    publisher.publish(&[housed], Urgency::Live).await.unwrap();
    assert_eq!(number(&one(&mut consumer).await), 2);
}

pub async fn one_event_reaches_every_target(bench: &mut Bench) {
    let routes = ["erp", "warehouse"].map(|target| bench.route(Kind::Stock, target));
    bench.queue().declare(&routes).await.unwrap();
    bench.publish(0..2).await;
    for target in ["erp", "warehouse"] {
        let mut consumer = bench.consumer(target, Lane::Stock, 10).await;
        let deliveries = take(&mut consumer, 2).await;
        assert_eq!(deliveries.iter().map(number).collect::<Vec<_>>(), [0, 1]);
        for delivery in deliveries {
            delivery.settle(Settlement::Done).await.unwrap();
        }
    }
}

pub async fn merchants_never_meet(bench: &mut Bench) {
    let mut ours = bench.stock_route(10).await;
    let neighbour = MerchantId::new(format!("{}x", bench.merchant)).unwrap();
    let mut route = bench.route(Kind::Stock, "erp");
    route.merchant = neighbour.clone();
    let erp = route.to.clone();
    bench.queue().declare(&[route]).await.unwrap();
    let mut theirs = bench
        .queue()
        .consumer(&neighbour, &erp, Lane::Stock, 10)
        .await
        .unwrap();

    let publisher = bench.publisher().await;
    let events = [event(&neighbour, "shop", Kind::Stock, 7)];
    publisher.publish(&events, Urgency::Live).await.unwrap();
    bench.publish(0..1).await;

    let delivery = one(&mut theirs).await;
    assert_eq!(delivery.event.as_ref().unwrap().merchant, neighbour);
    delivery
        .settle(Settlement::Bury("theirs".to_owned()))
        .await
        .unwrap();
    let delivery = one(&mut ours).await;
    assert_eq!(number(&delivery), 0);
    delivery.settle(Settlement::Done).await.unwrap();

    let buried = bench.queue().buried(&neighbour, 10).await.unwrap();
    assert_eq!(buried.len(), 1);
    assert!(
        bench
            .queue()
            .buried(&bench.merchant, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let id = buried[0].id.clone();
    assert_eq!(
        bench.queue().replay(&bench.merchant, &[id]).await.unwrap(),
        0
    );
    let depths = bench.queue().depths(&bench.merchant).await.unwrap();
    let own = format!("{}.", bench.merchant);
    assert!(
        depths.iter().all(|depth| depth.queue.starts_with(&own)),
        "{depths:?}"
    );
    bench.backend.clean(&neighbour).await;
}

pub async fn depths_count_what_is_ready(bench: &mut Bench) {
    let mut consumer = bench.stock_route(1).await;
    assert_eq!(bench.ready().await, 0);
    bench.publish(0..3).await;
    let delivery = one(&mut consumer).await;
    bench.until_ready(2).await;
    drop(delivery);
}
