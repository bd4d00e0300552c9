//! Payouts out of a whole shop.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use std::collections::BTreeSet;

use commerce::{Event, ExternalId, Kind, Payout, PayoutLineKind, Record};
use common::shop;
use ports::{Connected, Cursor, Fault, Window};
use sandbox::Sandbox;
use sandbox::shopify::{Extra, Giveback};
use serde_json::json;

fn payout(event: &Event) -> &Payout {
    match &event.record {
        Record::Payout(payout) => payout,
        other => panic!("{other:?}"),
    }
}

async fn read(connected: &Connected, mut cursor: Cursor) -> (Vec<Event>, Cursor) {
    let source = connected.source.as_ref().unwrap();
    let mut events = Vec::new();
    loop {
        let page = source.page(Kind::Payout, &cursor).await.unwrap();
        assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
        events.extend(page.events);
        cursor = page.next;
        if !page.more {
            return (events, cursor);
        }
    }
}

fn connect(shop: &Sandbox) -> Connected {
    let settings = json!({ "refunds": "separate" });
    common::connect(shop.shopify_url().as_str(), &settings)
}

fn number(id: &str) -> &str {
    id.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn every_payout_is_read_whole_once_its_money_is_at_the_bank() {
    let shop = shop(400).await;
    let connected = connect(&shop);
    let given = shop
        .shopify()
        .orders()
        .into_iter()
        .filter(|order| order.financial_status == "PAID" && !order.test && !order.cancelled);
    let given: Vec<String> = given.map(|order| order.id).take(7).collect();
    for order in &given {
        let extra = Giveback {
            extra: 100,
            ..Giveback::default()
        };
        assert!(shop.shopify().refund(order, &extra));
    }
    let label = Extra {
        kind: "SHIPPING_LABEL",
        amount: -620,
        fee: 0,
        order: Some(given[0].clone()),
        reason: Some("label"),
    };
    let first = shop.shopify().pay_out(&[label], "SCHEDULED");
    let second = shop.shopify().pay_out(
        &[Extra {
            kind: "ADJUSTMENT",
            amount: 500,
            fee: 10,
            order: None,
            reason: None,
        }],
        "PAID",
    );
    let (events, cursor) = read(&connected, Cursor::default()).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].external_id.as_str(), number(&second));
    let source = connected.source.as_ref().unwrap();
    let open = ExternalId::new(number(&first)).unwrap();
    assert!(source.one(Kind::Payout, &open).await.unwrap().is_none());

    // The money arrives later than that of the payout after it, which is not told again.
    assert!(shop.shopify().set_payout_status(&first, "PAID"));
    let (events, cursor) = read(&connected, cursor).await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    let told = payout(event);
    assert_eq!(told.discrepancy().unwrap(), None);
    assert_eq!(told.status, "paid");
    let shown = &shop.shopify().payouts()[0];
    assert_eq!(told.net.amount, shown.net.parse().unwrap());
    assert!(
        shown.lines.len() > 250,
        "{}: one page is no test",
        shown.lines.len()
    );
    assert_eq!(told.lines.len(), shown.lines.len());
    let refunds: BTreeSet<&str> = told
        .lines
        .iter()
        .filter_map(|line| Some(line.refund.as_ref()?.as_str()))
        .collect();
    let all = shop.shopify().refunds();
    let all: BTreeSet<&str> = all.iter().map(|refund| number(&refund.id)).collect();
    assert!(refunds.is_subset(&all) && refunds.len() >= 7, "{refunds:?}");
    for line in &told.lines {
        let expected = line.kind == PayoutLineKind::Refund;
        assert_eq!(line.refund.is_some(), expected, "{line:?}");
        assert!(line.order.is_some(), "{line:?}");
    }
    let label = told
        .lines
        .iter()
        .find(|line| line.kind.name() == "shipping_label")
        .unwrap();
    assert_eq!(
        (label.net.amount.to_string(), label.reason.as_deref()),
        ("-6.2".to_owned(), Some("label"))
    );

    // By id, in a list, and again: the same.
    let one = source
        .one(Kind::Payout, &event.external_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(one.record, event.record);
    let window = Window {
        from: "2020-01-01T00:00:00Z".parse().unwrap(),
        to: "2100-01-01T00:00:00Z".parse().unwrap(),
    };
    let ids = source.ids(Kind::Payout, window).await.unwrap();
    assert_eq!(ids.len(), 2);
    let (again, _) = read(&connected, cursor).await;
    assert!(again.is_empty(), "told twice");
    let (all, _) = read(&connected, source.cursor_at(Kind::Payout, window.from)).await;
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn many_payouts_are_read_page_by_page() {
    let shop = shop(5).await;
    let connected = connect(&shop);
    let extra = |amount| Extra {
        kind: "ADJUSTMENT",
        amount,
        fee: 0,
        order: None,
        reason: None,
    };
    for amount in 1..=45 {
        shop.shopify().pay_out(&[extra(amount)], "PAID");
    }
    shop.shopify().pay_out(&[extra(1)], "FAILED");
    let (events, cursor) = read(&connected, Cursor::default()).await;
    let told: BTreeSet<&str> = events
        .iter()
        .map(|event| event.external_id.as_str())
        .collect();
    assert_eq!((events.len(), told.len()), (45, 45));
    assert!(read(&connected, cursor).await.0.is_empty());
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let mut options = sandbox::Options::default();
    options.shopify.access_token = Some("shpat_contract".to_owned());
    options
        .shopify
        .scopes
        .retain(|scope| !scope.contains("payouts"));
    let shop = Sandbox::start(options).await.unwrap();
    let connected = connect(&shop);
    let source = connected.source.as_ref().unwrap();
    let refused = source.page(Kind::Payout, &Cursor::default()).await;
    let why = match refused {
        Err(fault @ Fault::Unauthorized { .. }) => fault.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(why.contains("read_shopify_payments_payouts"), "{why}");
    let health = connected.probe.probe().await.unwrap();
    let found = health
        .findings
        .iter()
        .find(|one| one.what.contains("payouts"))
        .unwrap();
    assert!(
        found.detail.contains("payouts of Shopify Payments"),
        "{found:?}"
    );
}
