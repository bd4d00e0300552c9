//! Refunds out of a whole shop.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use std::collections::BTreeSet;

use commerce::{Event, ExternalId, Kind, Order, OrderState, Record, Side};
use common::{locations, shop};
use ports::{Connected, Cursor, Window};
use sandbox::shopify::{Giveback, Restock};
use serde_json::json;

fn order(event: &Event) -> &Order {
    match &event.record {
        Record::Order(order) => order,
        other => panic!("{other:?}"),
    }
}

/// Everything of a kind.
async fn read(connected: &Connected, kind: Kind) -> Vec<Event> {
    let source = connected.source.as_ref().unwrap();
    let (mut events, mut cursor) = (Vec::new(), Cursor::default());
    loop {
        let page = source.page(kind, &cursor).await.unwrap();
        assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
        events.extend(page.events);
        cursor = page.next;
        if !page.more {
            return events;
        }
    }
}

fn refund(event: &Event) -> &commerce::Refund {
    match &event.record {
        Record::Refund(refund) => refund,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_refund_is_read_and_adds_up_and_its_order_stays_as_placed() {
    let shop = shop(200).await;
    let settings = json!({ "locations": locations(&shop), "refunds": "separate" });
    let connected = common::connect(shop.shopify_url().as_str(), &settings);
    let source = connected.source.as_ref().unwrap();
    let orders = read(&connected, Kind::Order).await;
    let chosen = orders.iter().rev().filter(|event| {
        let order = order(event);
        let paid = !order.payments.is_empty()
            && order
                .payments
                .iter()
                .all(|paid| paid.kind != commerce::PaymentKind::Authorized);
        paid && order.state == OrderState::Open && order.lines[0].quantity >= 2.into()
    });
    let chosen: Vec<&Event> = chosen.take(4).collect();
    let given = [
        Giveback {
            lines: vec![(0, 1)],
            ..Giveback::default()
        },
        Giveback {
            lines: vec![(0, 2)],
            shipping: true,
            restock: Restock::Cancel,
            ..Giveback::default()
        },
        Giveback {
            extra: 100,
            note: Some("sorry"),
            ..Giveback::default()
        },
        Giveback {
            lines: vec![(0, 1)],
            extra: -50,
            restock: Restock::No,
            ..Giveback::default()
        },
    ];
    for (event, given) in chosen.iter().zip(&given) {
        let id = format!("gid://shopify/Order/{}", event.external_id);
        assert!(shop.shopify().refund(&id, given), "{id}");
    }
    let events = read(&connected, Kind::Refund).await;
    assert!(events.len() > 10, "{}", events.len());
    for event in &events {
        let refund = refund(event);
        // Of what was never paid nothing goes back, whatever the lines say.
        if refund.transactions.is_empty() {
            continue;
        }
        for side in [Side::Shop, Side::Presentment] {
            let check = refund.total_check(side).unwrap();
            assert!(
                check.adds_up(),
                "{} {side:?}: {}",
                refund.number,
                check.explanation()
            );
        }
        let again = source
            .one(Kind::Refund, &event.external_id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(again.revision, event.revision);
    }
    let after = read(&connected, Kind::Order).await;
    for (was, given) in chosen.iter().zip(&given) {
        let is = after
            .iter()
            .find(|event| event.external_id == was.external_id)
            .unwrap();
        assert_eq!(
            is.revision.digest, was.revision.digest,
            "the order is no other sale"
        );
        let own: Vec<&commerce::Refund> = events
            .iter()
            .map(refund)
            .filter(|refund| refund.order.id == was.external_id)
            .collect();
        let newest = own.iter().max_by_key(|refund| refund.at).unwrap();
        assert_eq!(newest.order_total, order(was).total, "{}", newest.number);
        assert_eq!(
            newest.adjustments.is_empty(),
            given.extra == 0,
            "{}",
            newest.number
        );
    }
    let window = Window {
        from: "2000-01-01T00:00:00Z".parse().unwrap(),
        to: "2100-01-01T00:00:00Z".parse().unwrap(),
    };
    let ids: BTreeSet<ExternalId> = source
        .ids(Kind::Refund, window)
        .await
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(
        ids,
        events
            .iter()
            .map(|event| event.external_id.clone())
            .collect()
    );
}
