//! Sales orders go out to whoever sends them, and what those sent becomes item fulfilments, once.

use commerce::{
    ConnectionId, Dispatch, ExternalId, Fulfilment, FulfilmentLine, MerchantId, Money, OrderRef,
    Parcel, Revision, ShippingOrder, ShippingState, Sku, TargetKey,
};
use ports::Assignments;

use super::*;

fn settings(shipments: Value) -> Value {
    json!({
        "orders": {"customer": {"subsidiary": 1}, "location": 1, "shipping": {"item": 904}},
        "shipments": shipments,
    })
}

/// Three sales orders, and what whoever sends them is told.
async fn told(lab: &Lab) -> Vec<(ExternalId, ShippingOrder)> {
    let (events, ..) = lab.read(Kind::ShippingOrder, Cursor::default()).await;
    let mut told = BTreeMap::new();
    for event in events {
        let Record::ShippingOrder(order) = event.record else {
            panic!("{event:?}");
        };
        told.insert(event.external_id, *order);
    }
    told.into_iter().collect()
}

/// What a shipper tells: units by line of an order that was sent to them.
fn delivery(id: &str, order: &ExternalId, lines: &[(&str, &Sku, u32)], voided: bool) -> Write {
    let shipper = ConnectionId::new("shipper").unwrap();
    let here = ConnectionId::new("netsuite").unwrap();
    let fulfilment = Fulfilment {
        number: id.to_owned(),
        order: OrderRef {
            id: ExternalId::new("5501").unwrap(),
            key: Some(TargetKey::of(&here, Kind::ShippingOrder, order).to_string()),
        },
        shipped_at: SystemClock.now(),
        location: Some(ExternalId::new("16079").unwrap()),
        method: Some("usps_priority_mail".to_owned()),
        parcels: vec![Parcel {
            tracking_number: Some(format!("9400{id}")),
            carrier: Some("stamps_com".to_owned()),
            tracking_url: None,
        }],
        lines: lines
            .iter()
            .map(|(line, sku, quantity)| FulfilmentLine {
                order_line: Some(ExternalId::new(*line).unwrap()),
                sku: (*sku).clone(),
                quantity: (*quantity).into(),
            })
            .collect(),
        dispatch: Some(Dispatch {
            voided,
            cost: Some(Money::parse("7.90", "USD").unwrap()),
            ..Dispatch::default()
        }),
    };
    let record = Record::Fulfilment(Box::new(fulfilment));
    let id = ExternalId::new(id).unwrap();
    let revision = Revision {
        at: SystemClock.now(),
        digest: record.digest(),
    };
    let key = TargetKey::of(&shipper, Kind::Fulfilment, &id);
    let at = revision.at;
    let event = Event::new(MerchantId::default(), shipper, id, revision, at, record);
    Write {
        event: Arc::new(event),
        key,
        bound: None,
        parent: None,
        set: Assignments::default(),
    }
}

fn held(result: Result<ports::Written, Fault>) -> String {
    match result {
        Err(Fault::Held { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_order_is_sent_in_two_parts_and_its_sender_hears_nothing_of_it() {
    let lab = Lab::start(settings(json!({"methods": {"usps_priority_mail": 3}}))).await;
    lab.effects(&lab.orders(1, 3)).await;
    let before = told(&lab).await;
    assert_eq!(before.len(), 3);
    let (id, order) = &before[0];
    assert_eq!(order.state, ShippingState::Open);
    assert_eq!(order.lines.len(), 2, "{order:?}");
    assert_eq!(order.location.as_ref().unwrap().as_str(), "1");
    let (first, second) = (&order.lines[0], &order.lines[1]);
    assert_eq!(first.quantity, Decimal::TWO);

    let one = delivery("s1", id, &[(first.id.as_str(), &first.sku, 1)], false);
    let two = [
        (first.id.as_str(), &first.sku, 1),
        (second.id.as_str(), &second.sku, 2),
    ];
    let two = delivery("s2", id, &two, false);
    let batch = [one.clone(), two.clone()];
    assert_eq!(lab.effects(&batch).await, [Effect::Created; 2]);
    let there = lab.account().records("itemFulfillment");
    assert_eq!(there.len(), 2);
    assert_eq!(
        there[0].external_id.as_deref(),
        Some("shipper-fulfilment-s1")
    );
    assert_eq!(there[0].number("shippingCost"), Decimal::new(79, 1));
    let shipments = lab.account().shipments();
    assert_eq!(shipments[1].tracking_numbers, ["9400s2"]);
    // What they sent is no news to them, and once more is no second fulfilment.
    assert_eq!(told(&lab).await, before);
    assert_eq!(lab.effects(&batch).await, [Effect::AlreadyThere; 2]);
    let located = lab.connected.sink.as_ref().unwrap().locate(&batch).await;
    for found in located {
        let found = found.unwrap().unwrap();
        assert_eq!(
            (found.effect, found.discrepancy),
            (Effect::AlreadyThere, None)
        );
    }
    // Nothing is left of the order.
    let more = delivery("s3", id, &[(first.id.as_str(), &first.sku, 1)], false);
    let why = held(lab.write(&[more]).await.remove(0));
    assert!(why.contains("has open"), "{why}");
    assert_eq!(lab.account().records("itemFulfillment").len(), 2);
}

#[tokio::test]
async fn what_others_send_and_what_is_called_off_is_told() {
    let lab = Lab::start(settings(json!({}))).await;
    lab.effects(&lab.orders(1, 2)).await;
    let before = told(&lab).await;
    lab.account()
        .call_off(before[0].0.as_str().parse().unwrap());
    lab.account().ship_pending(Shift {
        partial: 0,
        ..Shift::default()
    });
    let after = told(&lab).await;
    assert_eq!(after[0].1.state, ShippingState::Cancelled);
    assert!(after[0].1.lines.is_empty());
    assert_eq!(after[1].1.state, ShippingState::Cancelled);
}

#[tokio::test]
async fn a_voided_delivery_is_held_or_taken_back() {
    for (voided, gone) in [("hold", false), ("delete", true)] {
        let lab = Lab::start(settings(json!({"voided": voided}))).await;
        lab.effects(&lab.orders(1, 1)).await;
        let (id, order) = told(&lab).await.remove(0);
        let line = &order.lines[0];
        let lines = [(line.id.as_str(), &line.sku, 1)];
        let written = lab
            .write(&[delivery("s1", &id, &lines, false)])
            .await
            .remove(0);
        let mut void = delivery("s1", &id, &lines, true);
        // Never written: nothing to take back.
        let unheard = lab
            .write(&[delivery("s7", &id, &lines, true)])
            .await
            .remove(0);
        assert_eq!(unheard.unwrap().effect, Effect::NotOurs);
        void.bound = Some(written.unwrap().twin);
        let result = lab.write(std::slice::from_ref(&void)).await.remove(0);
        if gone {
            assert_eq!(result.unwrap().effect, Effect::Updated);
            assert!(lab.account().records("itemFulfillment").is_empty());
            assert_eq!(lab.effects(&[void]).await, [Effect::Unchanged]);
            assert_eq!(told(&lab).await[0].1.lines, order.lines);
        } else {
            assert!(held(result).contains("delete that in NetSuite"));
        }
    }
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_fulfilment() {
    for mishap in [
        Mishap::CutAfter,
        Mishap::FailAfter,
        Mishap::CutBefore,
        Mishap::Garble,
    ] {
        let lab = Lab::start(settings(json!({}))).await;
        lab.effects(&lab.orders(1, 1)).await;
        let (id, order) = told(&lab).await.remove(0);
        let line = &order.lines[0];
        let write = delivery("s1", &id, &[(line.id.as_str(), &line.sku, 1)], false);
        let rule = Rule::on(mishap, [1]).target("!transform/itemFulfillment");
        lab.account().faults().set(vec![rule]);
        let first = lab.write(std::slice::from_ref(&write)).await.remove(0);
        if !matches!(first, Ok(_) | Err(Fault::Unavailable { .. })) {
            assert!(matches!(first, Err(Fault::Uncertain { .. })), "{first:?}");
        }
        let sink = lab.connected.sink.as_ref().unwrap();
        let found = sink
            .locate(std::slice::from_ref(&write))
            .await
            .remove(0)
            .unwrap();
        if found.is_none() {
            assert_eq!(lab.effects(&[write]).await, [Effect::Created]);
        }
        assert_eq!(
            lab.account().records("itemFulfillment").len(),
            1,
            "{mishap:?}"
        );
    }
}

#[tokio::test]
async fn a_delivery_of_somebody_elses_order_is_left_out() {
    let lab = Lab::start(settings(json!({}))).await;
    let id = ExternalId::new("1").unwrap();
    let sku = Sku::new("X").unwrap();
    let mut write = delivery("s1", &id, &[("1", &sku, 1)], false);
    let mut event = (*write.event).clone();
    if let Record::Fulfilment(told) = &mut event.record {
        told.order.key = Some("elsewhere-shipping_order-1".to_owned());
    }
    write.event = Arc::new(event);
    let written = lab.write(&[write]).await.remove(0).unwrap();
    assert_eq!(written.effect, Effect::NotOurs);
}
