//! The connection against a stateful site: whatever is read is read whole, whatever is written is there once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use std::collections::BTreeSet;

use commerce::{ExternalId, Kind, Record, Side};
use common::{connect, of_order, site};
use ports::{Cursor, Effect, Fault, Source, Standing, Window, Write};
use sandbox::woocommerce::Shop;
use sandbox::{Rule, Sandbox};
use serde_json::{Value, json};

const ALL: Window = Window {
    from: jiff::Timestamp::UNIX_EPOCH,
    to: jiff::Timestamp::MAX,
};

/// Everything that is read from a cursor on until there is no more; changes the shop after each page.
async fn read(
    source: &dyn Source,
    kind: Kind,
    mut between: impl FnMut(),
) -> (BTreeSet<String>, Cursor) {
    read_from(Cursor::default(), source, kind, &mut between).await
}

async fn read_from(
    mut cursor: Cursor,
    source: &dyn Source,
    kind: Kind,
    between: &mut impl FnMut(),
) -> (BTreeSet<String>, Cursor) {
    let mut ids = BTreeSet::new();
    for _ in 0..100 {
        let page = source.page(kind, &cursor).await.unwrap();
        assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
        for event in &page.events {
            let check = match &event.record {
                Record::Order(order) => order.total_check(Side::Shop),
                Record::Refund(refund) => refund.total_check(Side::Shop),
                other => panic!("{other:?}"),
            };
            let check = check.unwrap();
            assert!(check.adds_up(), "{}", check.explanation());
            ids.insert(event.external_id.to_string());
        }
        cursor = page.next;
        if !page.more {
            return (ids, cursor);
        }
        between();
    }
    panic!("no end");
}

fn sales(shop: &Shop) -> BTreeSet<String> {
    let all = shop.orders().into_iter();
    all.filter(|order| order["status"] != "pending")
        .map(|order| order["id"].to_string())
        .collect()
}

#[tokio::test]
async fn no_order_is_lost_while_others_change() {
    let sandbox = site(350, |_| {}).await;
    let shop = sandbox.woocommerce();
    let connected = connect(sandbox.woocommerce_url().as_str(), &json!({}));
    let source = connected.source.as_deref().unwrap();
    let mut first = shop
        .orders()
        .into_iter()
        .map(|order| order["id"].as_u64().unwrap());
    let (mut ids, cursor) = read(source, Kind::Order, || {
        // What was read already moves to the end, and everything else one up.
        for id in first.by_ref().take(30) {
            shop.set_status(id, "completed");
        }
    })
    .await;
    // What changed behind the last page.
    ids.extend(read_from(cursor, source, Kind::Order, &mut || {}).await.0);
    assert!(ids.is_superset(&sales(shop)));
    let known: BTreeSet<String> = source
        .ids(Kind::Order, ALL)
        .await
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(known, sales(shop));
    let window = Window {
        to: "2100-01-01T00:00:00Z".parse().unwrap(),
        ..ALL
    };
    assert_eq!(source.count(Kind::Order, window).await.unwrap(), Some(350));
}

#[tokio::test]
async fn orders_in_the_trash_are_called_off_and_found_by_id() {
    let sandbox = site(5, |options| options.woocommerce.notices = true).await;
    let shop = sandbox.woocommerce();
    let connected = connect(sandbox.woocommerce_url().as_str(), &json!({}));
    let source = connected.source.as_deref().unwrap();
    let id = shop.orders()[2]["id"].as_u64().unwrap();
    shop.set_status(id, "trash");
    let (ids, cursor) = read(source, Kind::Order, || {}).await;
    assert!(ids.contains(&id.to_string()));
    let external = ExternalId::new(id.to_string()).unwrap();
    let found = source.one(Kind::Order, &external).await.unwrap().unwrap();
    let Record::Order(order) = found.record else {
        panic!();
    };
    assert_eq!(order.state, commerce::OrderState::Cancelled);
    // The overlap is read again, and no more.
    let again = source.page(Kind::Order, &cursor).await.unwrap();
    assert!(again.events.len() <= 5 && again.more);
}

#[tokio::test]
async fn refunds_are_read_with_their_orders() {
    let sandbox = site(40, |_| {}).await;
    let shop = sandbox.woocommerce();
    let mut made = BTreeSet::new();
    for order in shop
        .orders()
        .iter()
        .filter(|order| order["status"] == "processing")
    {
        let id = order["id"].as_u64().unwrap();
        made.extend(shop.refund(id, 0, 1).map(|id| id.to_string()));
    }
    assert!(made.len() > 20);
    let connected = connect(sandbox.woocommerce_url().as_str(), &json!({}));
    let source = connected.source.as_deref().unwrap();
    let (ids, _) = read(source, Kind::Refund, || {}).await;
    assert_eq!(ids, made);
}

fn sold(shop: &Shop, lines: usize) -> Value {
    let mut all = shop.orders().into_iter();
    all.find(|order| {
        let items = order["line_items"].as_array().unwrap();
        order["status"] == "processing"
            && items.len() >= lines
            && items[0]["quantity"].as_u64() > Some(1)
    })
    .unwrap()
}

fn parcel(lines: &[(&Value, u64)], tracking: &str) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(line, units)| json!({ "order_line": line["id"].to_string(), "sku": line["sku"], "quantity": units.to_string() }))
        .collect();
    json!({ "fulfilment": {
        "number": "IF-1", "order": { "id": "5", "key": null }, "shipped_at": "2026-03-02T10:00:00Z", "location": null, "method": null,
        "parcels": [{ "tracking_number": tracking, "carrier": "UPS", "tracking_url": "https://ups.example/1" }], "lines": lines,
    } })
}

/// Tells a part and then the rest of an order, each twice; the first answer to each write is lost.
async fn tells(tracking: &str) -> (Sandbox, u64) {
    let sandbox = site(30, |options| options.woocommerce.fulfillments = true).await;
    let shop = sandbox.woocommerce();
    let settings = json!({ "fulfilments": { "tracking": tracking, "carriers": { "UPS": "ups" } } });
    let connected = connect(sandbox.woocommerce_url().as_str(), &settings);
    let sink = connected.sink.as_deref().unwrap();
    let order = sold(shop, 2);
    let id = order["id"].as_u64().unwrap();
    let items = order["line_items"].as_array().unwrap();
    let units = |line: &Value| line["quantity"].as_u64().unwrap();
    let first = of_order("1", &parcel(&[(&items[0], 1)], "1Z1"), id);
    let mut rest: Vec<(&Value, u64)> = items.iter().map(|line| (line, units(line))).collect();
    rest[0].1 -= 1;
    let rest = of_order("2", &parcel(&rest, "1Z2"), id);
    for (one, status) in [(first, "processing"), (rest, "completed")] {
        assert_eq!(sink.locate(std::slice::from_ref(&one)).await, [Ok(None)]);
        shop.faults().set(vec![
            Rule::on(sandbox::Fault::FailAfter, [1]).method("POST"),
            Rule::on(sandbox::Fault::CutAfter, [1]).method("PUT"),
        ]);
        for _ in 0..2 {
            let attempt = sink.write(std::slice::from_ref(&one)).await.remove(0);
            match attempt.result {
                Err(Fault::Uncertain { .. }) => {
                    let found = sink.locate(std::slice::from_ref(&one)).await.remove(0);
                    assert!(found.unwrap().is_some());
                }
                other => assert_eq!(other.unwrap().effect, Effect::AlreadyThere),
            }
        }
        shop.faults().set(Vec::new());
        let attempt = sink.write(std::slice::from_ref(&one)).await.remove(0);
        assert_eq!(attempt.result.unwrap().effect, Effect::AlreadyThere);
        let orders = shop.orders();
        let now = orders.iter().find(|order| order["id"] == id).unwrap();
        assert_eq!(now["status"], status);
    }
    (sandbox, id)
}

#[tokio::test]
async fn notes_tell_each_delivery_once_and_the_last_one_completes() {
    let (sandbox, id) = tells("note").await;
    let notes = sandbox.woocommerce().notes(id);
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes[0].contains("ups 1Z1 https://ups.example/1"),
        "{notes:?}"
    );
}

fn meta(shop: &Shop, id: u64, key: &str) -> Value {
    let orders = shop.orders();
    let order = orders.iter().find(|order| order["id"] == id).unwrap();
    let mut meta = order["meta_data"].as_array().unwrap().iter();
    meta.find(|meta| meta["key"] == key).unwrap()["value"].clone()
}

#[tokio::test]
async fn the_tracking_plugins_see_each_parcel_once() {
    let (sandbox, id) = tells("shipment_tracking").await;
    let items = meta(sandbox.woocommerce(), id, "_wc_shipment_tracking_items");
    let numbers: Vec<&str> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["tracking_number"].as_str().unwrap())
        .collect();
    assert_eq!(numbers, ["1Z1", "1Z2"]);
    assert_eq!(items[0]["tracking_provider"], "ups");
    assert_eq!(items[0]["products_list"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn fulfilments_of_woocommerces_own_are_made_once() {
    let (sandbox, id) = tells("fulfillments").await;
    let made = sandbox.woocommerce().meter().read().requests;
    let posts = made
        .iter()
        .filter(|one| one.method == "POST" && one.path.contains("fulfillments"));
    // One for each delivery; the answer to each was lost once, and none was sent again.
    assert_eq!(posts.flat_map(|one| one.statuses.values()).sum::<u64>(), 2);
    let mark = meta(
        sandbox.woocommerce(),
        id,
        "_causeway_shipment_netsuite-fulfilment-1",
    );
    assert_eq!(mark["tracking"], json!(["1Z1"]));
}

#[tokio::test]
async fn a_changed_tracking_number_takes_the_place_of_the_old_one() {
    let (sandbox, id) = tells("shipment_tracking").await;
    let settings = json!({ "fulfilments": { "tracking": "shipment_tracking" } });
    let connected = connect(sandbox.woocommerce_url().as_str(), &settings);
    let sink = connected.sink.as_deref().unwrap();
    let orders = sandbox.woocommerce().orders();
    let order = orders
        .iter()
        .find(|order| order["id"] == id)
        .unwrap()
        .clone();
    let one = of_order("1", &parcel(&[(&order["line_items"][0], 1)], "1Z9"), id);
    let looks = async |one: &Write| {
        let Some(ports::Register::Looks(register)) = sink.register(Kind::Fulfilment) else {
            panic!();
        };
        let settled = "2026-01-01T00:00:00Z".parse().unwrap();
        register
            .look(std::slice::from_ref(one), settled)
            .await
            .remove(0)
            .unwrap()
    };
    assert!(matches!(looks(&one).await, Standing::Differs { .. }));
    let written = sink
        .write(std::slice::from_ref(&one))
        .await
        .remove(0)
        .result
        .unwrap();
    assert_eq!(written.effect, Effect::Updated);
    assert_eq!(looks(&one).await, Standing::Held);
    let items = meta(sandbox.woocommerce(), id, "_wc_shipment_tracking_items");
    let numbers: Vec<&str> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["tracking_number"].as_str().unwrap())
        .collect();
    assert_eq!(numbers, ["1Z2", "1Z9"]);
}

fn credit(order: &Value, units: u64, total: &str) -> Value {
    let money = |amount: &str| json!({ "shop": { "amount": amount, "currency": "USD" }, "presentment": { "amount": amount, "currency": "USD" } });
    let line = &order["line_items"][0];
    json!({ "refund": {
        "number": "CM-1", "order": { "id": "5", "key": null }, "order_number": "SO-5", "at": "2026-03-02T10:00:00Z", "test": false,
        "taxes_included": false, "adjustments": [], "transactions": [], "total": money(total), "order_total": money("100"),
        "refunded_before": money("0"), "note": "broken", "lines": [{
            "id": "1", "order_line": line["id"].to_string(), "kind": { "is": "item", "sku": line["sku"] }, "title": "it",
            "quantity": units.to_string(), "amount": money("1"), "taxes": [], "restock": "no", "location": null,
        }],
    } })
}

#[tokio::test]
async fn credits_are_given_back_once_and_come_back_under_their_key() {
    let sandbox = site(30, |_| {}).await;
    let shop = sandbox.woocommerce();
    let connected = connect(sandbox.woocommerce_url().as_str(), &json!({}));
    let sink = connected.sink.as_deref().unwrap();
    let order = sold(shop, 1);
    let id = order["id"].as_u64().unwrap();
    let one = of_order("8", &credit(&order, 1, "10.00"), id);
    shop.faults()
        .set(vec![Rule::on(sandbox::Fault::CutAfter, [1]).method("POST")]);
    let lost = sink
        .write(std::slice::from_ref(&one))
        .await
        .remove(0)
        .result;
    assert!(matches!(lost, Err(Fault::Uncertain { .. })), "{lost:?}");
    let found = sink
        .locate(std::slice::from_ref(&one))
        .await
        .remove(0)
        .unwrap()
        .unwrap();
    assert_eq!(found.discrepancy, None);
    let again = sink
        .write(std::slice::from_ref(&one))
        .await
        .remove(0)
        .result
        .unwrap();
    assert_eq!(
        (again.effect, &again.twin),
        (Effect::AlreadyThere, &found.twin)
    );
    let refunds = shop.refunds();
    assert_eq!(refunds.len(), 1);
    assert_eq!(refunds[0]["amount"], "10.00");
    assert_eq!(refunds[0]["refunded_payment"], false);
    assert_eq!(refunds[0]["line_items"][0]["quantity"], -1);
    let source = connected.source.as_deref().unwrap();
    let read = source.page(Kind::Refund, &Cursor::default()).await.unwrap();
    let Record::Refund(refund) = &read.events[0].record else {
        panic!();
    };
    assert_eq!(refund.key.as_deref(), Some("netsuite-refund-8"));
    let too_much = of_order("9", &credit(&order, 1, "99999.00"), id);
    let held = sink.write(&[too_much]).await.remove(0).result;
    assert!(matches!(held, Err(Fault::Held { .. })), "{held:?}");
}

#[tokio::test]
async fn orders_are_called_off_once_and_not_after_part_has_left() {
    let sandbox = site(30, |_| {}).await;
    let shop = sandbox.woocommerce();
    let connected = connect(sandbox.woocommerce_url().as_str(), &json!({}));
    let sink = connected.sink.as_deref().unwrap();
    let order = sold(shop, 1);
    let id = order["id"].as_u64().unwrap();
    let off = json!({ "cancellation": { "number": "SO-5", "order": { "id": "5", "key": null }, "begun": false } });
    let off = of_order("5", &off, id);
    assert_eq!(sink.locate(std::slice::from_ref(&off)).await, [Ok(None)]);
    for effect in [Effect::Updated, Effect::Unchanged] {
        let written = sink
            .write(std::slice::from_ref(&off))
            .await
            .remove(0)
            .result
            .unwrap();
        assert_eq!(written.effect, effect);
    }
    assert!(sink.locate(&[off]).await.remove(0).unwrap().is_some());
    let other = sold(shop, 1);
    let id = other["id"].as_u64().unwrap();
    let part = of_order("1", &parcel(&[(&other["line_items"][0], 1)], "1Z"), id);
    sink.write(&[part]).await.remove(0).result.unwrap();
    let off = json!({ "cancellation": { "number": "SO-6", "order": { "id": "6", "key": null }, "begun": true } });
    let held = sink
        .write(&[of_order("6", &off, id)])
        .await
        .remove(0)
        .result;
    assert!(matches!(held, Err(Fault::Held { .. })), "{held:?}");
}

#[tokio::test]
async fn a_check_tells_who_answers_and_what_the_key_may() {
    for (may_write, expected) in [(true, ports::Severity::Good), (false, ports::Severity::Bad)] {
        let sandbox = site(1, |options| options.woocommerce.may_write = may_write).await;
        let connected = connect(sandbox.woocommerce_url().as_str(), &json!({}));
        let health = connected.probe.probe().await.unwrap();
        assert!(
            health.identity.contains("WooCommerce 11.0.1"),
            "{}",
            health.identity
        );
        let right = health
            .findings
            .iter()
            .find(|one| one.what == "right: write");
        assert_eq!(right.unwrap().severity, expected);
        assert!(health.findings.iter().any(|one| one.what == "clock"));
    }
    let sandbox = site(1, |options| {
        options.woocommerce.consumer_secret = "other".to_owned()
    })
    .await;
    let connected = connect(sandbox.woocommerce_url().as_str(), &json!({}));
    let fault = connected.probe.probe().await.unwrap_err();
    assert!(matches!(fault, Fault::Unauthorized { .. }), "{fault}");
}
