//! The connection against a whole shop: everything it sells, sends and stocks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use commerce::{
    Event, ExternalId, Fulfilment, FulfilmentLine, Kind, LineKind, Order, OrderRef, OrderState,
    Parcel, Record, Side, Sku, StockLevel,
};
use common::{locations, shop};
use ports::{Connected, Cursor, Effect, Fault, Knock, Severity, Twin, Window, Write};
use sandbox::shopify::{Edit, Purchase};
use sandbox::{Rule, Sandbox};
use serde_json::json;

fn connect(shop: &Sandbox) -> Connected {
    let settings = json!({ "locations": locations(shop) });
    common::connect(shop.shopify_url().as_str(), &settings)
}

fn order(event: &Event) -> &Order {
    match &event.record {
        Record::Order(order) => order,
        other => panic!("{other:?}"),
    }
}

/// Everything from the cursor on, and the requests it took.
async fn read(connected: &Connected, mut cursor: Cursor) -> (Vec<Event>, Cursor, usize) {
    let source = connected.source.as_ref().unwrap();
    let mut events = Vec::new();
    let mut pages = 0;
    loop {
        let page = source.page(Kind::Order, &cursor).await.unwrap();
        pages += 1;
        assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
        events.extend(page.events);
        cursor = page.next;
        if !page.more {
            return (events, cursor, pages);
        }
    }
}

#[tokio::test]
async fn companies_and_their_terms_are_read_where_they_are_asked_for() {
    let shop = shop(20).await;
    let orders = shop.shopify().orders();
    let known = |order: &&sandbox::shopify::OrderView| order.customer.is_some() && !order.cancelled;
    let bought = orders.iter().find(known).unwrap();
    let purchase = Purchase {
        company: 88,
        name: "Acme Inc".to_owned(),
        external_id: None,
        location: "Harbour".to_owned(),
        terms: Some("Net 30".to_owned()),
    };
    assert!(
        shop.shopify()
            .edit_order(&bought.id, &Edit::Company(purchase))
    );
    let url = shop.shopify_url();
    let asking = common::connect(url.as_str(), &json!({ "companies": true }));
    let number = bought.id.rsplit('/').next().unwrap();
    let (events, ..) = read(&asking, Cursor::default()).await;
    assert_eq!(events.len(), 20);
    for event in &events {
        let order = order(event);
        if event.external_id.as_str() != number {
            assert_eq!((&order.company, &order.payment_terms), (&None, &None));
            continue;
        }
        let company = order.company.as_ref().unwrap();
        assert_eq!(
            (company.id.as_str(), company.name.as_str()),
            ("88", "Acme Inc")
        );
        assert_eq!(company.location.as_deref(), Some("Harbour"));
        assert_eq!(order.payment_terms.as_deref(), Some("Net 30"));
        let one = asking.source.as_ref().unwrap();
        let one = one
            .one(Kind::Order, &event.external_id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(one.record, event.record);
    }
    let (events, ..) = read(&connect(&shop), Cursor::default()).await;
    assert!(events.iter().all(|event| order(event).company.is_none()));
    let health = asking.probe.probe().await.unwrap();
    let terms = health
        .findings
        .iter()
        .find(|one| one.what == "right: read_payment_terms");
    assert_eq!(terms.unwrap().severity, Severity::Good);
}

#[tokio::test]
async fn every_order_is_read_and_adds_up_in_both_currencies() {
    let shop = shop(400).await;
    let connected = connect(&shop);
    let (events, cursor, pages) = read(&connected, Cursor::default()).await;
    assert_eq!(pages, 8);
    let views: BTreeMap<String, _> = shop
        .shopify()
        .orders()
        .into_iter()
        .map(|view| (view.id.rsplit('/').next().unwrap().to_owned(), view))
        .collect();
    let ids: BTreeSet<String> = events
        .iter()
        .map(|event| event.external_id.to_string())
        .collect();
    assert_eq!(ids, views.keys().cloned().collect());
    let mut kinds = BTreeSet::new();
    for event in &events {
        let order = order(event);
        for side in [Side::Shop, Side::Presentment] {
            let check = order.total_check(side).unwrap();
            assert!(
                check.adds_up(),
                "{} {side:?}: {}",
                order.number,
                check.explanation()
            );
        }
        let view = &views[event.external_id.as_str()];
        let stated = if order.state == OrderState::Cancelled {
            &view.total
        } else {
            &view.current_total
        };
        assert_eq!(
            order.total.shop.amount,
            stated.parse().unwrap(),
            "{}",
            order.number
        );
        kinds.extend(order.lines.iter().map(|line| line.kind.name()));
    }
    for kind in ["item", "kit", "shipping", "tip", "gift_card", "custom_item"] {
        assert!(kinds.contains(kind), "the shop sold no {kind}: {kinds:?}");
    }

    let changed = &events[17].external_id;
    assert!(
        shop.shopify()
            .update_order(&format!("gid://shopify/Order/{changed}"), "ring twice")
    );
    let (again, _, _) = read(&connected, cursor).await;
    let seen = again
        .iter()
        .find(|event| event.external_id == *changed)
        .unwrap();
    assert_eq!(order(seen).note.as_deref(), Some("ring twice"));
    assert!(
        again.len() < 50,
        "only what changed, and the overlap: {}",
        again.len()
    );
}

#[tokio::test]
async fn orders_are_found_by_id_and_by_window() {
    let shop = shop(60).await;
    let connected = connect(&shop);
    let source = connected.source.as_ref().unwrap();
    let window = Window {
        from: "2020-01-01T00:00:00Z".parse().unwrap(),
        to: "2100-01-01T00:00:00Z".parse().unwrap(),
    };
    let ids = source.ids(Kind::Order, window).await.unwrap();
    assert_eq!(ids.len(), 60);
    let counted = source.count(Kind::Order, window).await.unwrap();
    assert_eq!(counted, Some(60));
    let one = source.one(Kind::Order, &ids[3]).await.unwrap().unwrap();
    assert_eq!(one.external_id, ids[3]);
    let none = ExternalId::new("1").unwrap();
    assert_eq!(source.one(Kind::Order, &none).await.unwrap(), None);
}

/// A delivery of all that the order has to send.
fn delivery(event: &Event, tracking: &str) -> Option<Write> {
    let order = order(event);
    let lines: Vec<FulfilmentLine> = order
        .lines
        .iter()
        .filter_map(|line| match &line.kind {
            LineKind::Item { sku } | LineKind::Kit { sku, .. } => Some(FulfilmentLine {
                order_line: Some(line.id.clone()),
                sku: sku.clone(),
                quantity: line.quantity,
            }),
            _ => None,
        })
        .collect();
    let record = Record::Fulfilment(Box::new(Fulfilment {
        number: format!("IF-{}", event.external_id),
        order: OrderRef {
            id: ExternalId::new("5").unwrap(),
            key: Some(format!("{}-{}", common::CONNECTION, event.external_id)),
        },
        shipped_at: "2026-03-02T00:00:00Z".parse().unwrap(),
        location: None,
        method: None,
        parcels: vec![Parcel {
            tracking_number: Some(tracking.to_owned()),
            carrier: Some("UPS".to_owned()),
            tracking_url: None,
        }],
        lines,
        dispatch: None,
    }));
    let write = common::write(&format!("f{}", event.external_id), record, None, None);
    matches!(&write.event.record, Record::Fulfilment(it) if !it.lines.is_empty()).then_some(write)
}

#[tokio::test]
async fn deliveries_are_written_once_whatever_happens() {
    let shop = shop(0).await;
    let made: BTreeSet<String> = shop.shopify().create_orders(30).into_iter().collect();
    assert_eq!(made.len(), 30);
    let connected = connect(&shop);
    let sink = connected.sink.as_ref().unwrap();
    let (events, _, _) = read(&connected, Cursor::default()).await;
    let writes: Vec<Write> = events
        .iter()
        .filter_map(|event| delivery(event, &format!("1Z{}", event.external_id)))
        .collect();
    // The third shipment is made and its answer lost.
    let lost = Rule::on(sandbox::Fault::FailAfter, [3]).target("fulfillmentCreate");
    shop.shopify().faults().set(vec![lost]);
    let first = sink.write(&writes).await;
    let mut created = 0;
    let mut uncertain = 0;
    for (write, attempt) in writes.iter().zip(&first) {
        match &attempt.result {
            Ok(written) => {
                assert_eq!(written.effect, Effect::Created);
                created += 1;
            }
            Err(Fault::Uncertain { .. }) => {
                uncertain += 1;
                let found = sink.locate(std::slice::from_ref(write)).await.remove(0);
                assert!(found.unwrap().is_some(), "it had landed");
            }
            Err(Fault::Held { why }) => assert!(why.contains("on hold"), "{why}"),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(uncertain, 1);
    assert!(created > 10, "only {created} of {} were made", writes.len());
    let shipments = shop.shopify().fulfilments();
    assert!(shipments.len() > created);
    assert!(shipments.iter().all(|shipment| shipment.notified));
    let again = sink.write(&writes).await;
    for (before, after) in first.iter().zip(&again) {
        match (&before.result, &after.result) {
            (Ok(before), Ok(after)) => {
                assert_eq!(after.effect, Effect::AlreadyThere);
                assert_eq!(after.twin, before.twin);
            }
            (Err(Fault::Uncertain { .. }), Ok(after)) => {
                assert_eq!(after.effect, Effect::AlreadyThere);
            }
            (Err(Fault::Held { .. }), Err(Fault::Held { .. })) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        shop.shopify().fulfilments().len(),
        shipments.len(),
        "nothing was sent twice"
    );

    let done = again
        .iter()
        .position(|attempt| attempt.result.is_ok())
        .unwrap();
    let twin = again[done].result.as_ref().unwrap().twin.clone();
    let event = events
        .iter()
        .find(|event| writes[done].event.external_id.as_str() == format!("f{}", event.external_id))
        .unwrap();
    let mut renumbered = delivery(event, "1ZNEW").unwrap();
    renumbered.bound = Some(twin.clone());
    let attempts = sink.write(std::slice::from_ref(&renumbered)).await;
    assert_eq!(attempts[0].result.as_ref().unwrap().effect, Effect::Updated);
    let shown = shop.shopify().fulfilments();
    assert!(
        shown
            .iter()
            .any(|shipment| shipment.tracking_numbers == ["1ZNEW"])
    );
}

fn level(shop: &Sandbox, item: usize, location: usize, units: i64) -> Write {
    let record = Record::Stock(StockLevel {
        sku: Sku::new(&shop.catalogue().items[item].sku).unwrap(),
        location: ExternalId::new(shop.catalogue().locations[location].netsuite_id.to_string())
            .unwrap(),
        available: units.into(),
        scarce: false,
    });
    common::write(&format!("s{item}-{location}"), record, None::<Twin>, None)
}

#[tokio::test]
async fn stock_is_set_where_it_differs() {
    let shop = shop(0).await;
    let connected = connect(&shop);
    let sink = connected.sink.as_ref().unwrap();
    let plain: Vec<usize> = (0..30)
        .filter(|item| !shop.catalogue().items[*item].is_kit())
        .collect();
    let mut writes: Vec<Write> = plain
        .iter()
        .map(|item| level(&shop, *item, 0, 500 + i64::try_from(*item).unwrap()))
        .collect();
    let kits: Vec<usize> = (0..shop.catalogue().items.len())
        .filter(|item| shop.catalogue().items[*item].is_kit())
        .collect();
    // One that the shop makes up itself, and one that it counts as it is told.
    writes.extend([
        level(&shop, kits[0], 0, 3),
        level(&shop, kits[1], 0, 7_777_777),
    ]);
    let attempts = sink.write(&writes).await;
    let effects: Vec<Effect> = attempts
        .into_iter()
        .map(|attempt| attempt.result.unwrap().effect)
        .collect();
    let (told, made_up) = (plain.len() + 1, plain.len());
    for (place, effect) in effects.iter().enumerate() {
        let expected = if place == made_up {
            Effect::NotOurs
        } else {
            Effect::Updated
        };
        assert_eq!(*effect, expected, "{place}");
    }
    assert_eq!(effects.len(), told + 1);
    let place = &shop.catalogue().locations[0].name;
    let shown = shop.shopify().inventory();
    for item in &plain {
        let sku = &shop.catalogue().items[*item].sku;
        let level = shown
            .iter()
            .find(|level| level.sku == *sku && level.location == *place);
        assert_eq!(
            level.unwrap().available,
            500 + i64::try_from(*item).unwrap()
        );
    }
    let again = sink.write(&writes[..plain.len()]).await;
    for attempt in again {
        assert_eq!(attempt.result.unwrap().effect, Effect::Unchanged);
    }
    // Back to what it was, then to the same again: the same change made later is another change.
    for units in [7, 500, 7] {
        let attempts = sink.write(&[level(&shop, plain[0], 0, units)]).await;
        assert_eq!(attempts[0].result.as_ref().unwrap().effect, Effect::Updated);
    }
    let first = &shop.catalogue().items[plain[0]].sku;
    let shown = shop.shopify().inventory();
    let level = shown
        .iter()
        .find(|level| level.sku == *first && level.location == *place);
    assert_eq!(level.unwrap().available, 7);
}

#[tokio::test]
async fn the_probe_finds_the_shop_in_order() {
    let shop = shop(0).await;
    let health = connect(&shop).probe.probe().await.unwrap();
    let bad: Vec<_> = health
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Bad)
        .collect();
    assert!(bad.is_empty(), "{bad:?}");
    let limit = health
        .findings
        .iter()
        .any(|finding| finding.what == "API version" && finding.severity == Severity::Good);
    assert!(limit, "{:?}", health.findings);
}

#[tokio::test]
async fn the_shops_webhooks_ring_the_bell() {
    let shop = shop(0).await;
    let id = shop.shopify().create_orders(1).remove(0);
    let file =
        std::env::temp_dir().join(format!("causeway-shopify-webhook-{}", std::process::id()));
    std::fs::write(&file, "sandbox-secret").unwrap();
    let settings = json!({ "webhook_secrets": [format!("file:{}", file.display())] });
    let connected = common::connect(shop.shopify_url().as_str(), &settings);
    let webhook = shop.shopify().webhook(&id, "orders/updated").unwrap();
    let headers: BTreeMap<String, String> = webhook
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect();
    let knock = Knock {
        headers: &headers,
        body: &webhook.body,
    };
    assert_eq!(
        connected.doorbell.unwrap().answer(&knock),
        Ok([Kind::Order].as_slice())
    );
    std::fs::remove_file(&file).unwrap();
}
