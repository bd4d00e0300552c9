//! Refunds of a whole shop, of what was given back elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use std::collections::BTreeSet;
use std::slice;

use commerce::{
    Adjustment, Amount, Event, ExternalId, Kind, LineKind, Money, Order, OrderRef, OrderState,
    PaymentKind, Record, Refund, RefundLine, Restock,
};
use common::shop;
use ports::{Connected, Cursor, Effect, Fault, Twin, Write};
use rust_decimal::Decimal;
use sandbox::shopify::RefundView;
use sandbox::{Fault as Mishap, Rule, Sandbox};
use serde_json::{Value, json};

fn connect(shop: &Sandbox, mut settings: Value) -> Connected {
    settings["refunds"] = json!("separate");
    common::connect(shop.shopify_url().as_str(), &settings)
}

/// Orders that are paid, in the shop's currency, with goods and delivery.
async fn paid(shop: &Sandbox, connected: &Connected) -> Vec<(ExternalId, Order)> {
    let untouched: BTreeSet<String> = shop
        .shopify()
        .orders()
        .into_iter()
        .filter(|order| order.financial_status == "PAID")
        .map(|order| order.name)
        .collect();
    let source = connected.source.as_ref().unwrap();
    let (mut found, mut cursor) = (Vec::new(), Cursor::default());
    loop {
        let page = source.page(Kind::Order, &cursor).await.unwrap();
        found.extend(page.events);
        cursor = page.next;
        if !page.more {
            break;
        }
    }
    let wanted = |event: Event| {
        let Record::Order(order) = event.record else {
            return None;
        };
        let sold = order
            .payments
            .iter()
            .all(|paid| paid.kind != PaymentKind::Authorized);
        let plain = matches!(order.lines[0].kind, LineKind::Item { .. });
        let whole = untouched.contains(&order.number)
            && order.state == OrderState::Open
            && !order.payments.is_empty();
        let dear = order.lines.iter().all(|line| line.discounts.is_empty());
        let same = order.shop_currency == order.presentment_currency;
        (sold && plain && whole && dear && same && delivery(&order).is_some())
            .then_some((event.external_id, *order))
    };
    found.into_iter().filter_map(wanted).collect()
}

fn delivery(order: &Order) -> Option<Money> {
    let mut lines = order.lines.iter();
    let line = lines.find(|line| matches!(line.kind, LineKind::Shipping { .. }))?;
    Some(line.amount.shop).filter(|amount| !amount.is_zero())
}

/// A credit over so many units of the order's first line, its delivery where asked, and more.
fn credit(
    number: u32,
    (id, order): &(ExternalId, Order),
    units: i64,
    with_delivery: bool,
    more: &str,
) -> Write {
    let goods = &order.lines[0];
    let currency = order.shop_currency;
    let each = goods.amount.shop.amount / goods.quantity;
    let price = Money::new((each * Decimal::from(units)).round_dp(2), currency);
    let line = |line: &str, kind: LineKind, units: i64, amount: Money| RefundLine {
        id: ExternalId::new(line).unwrap(),
        order_line: ExternalId::new(line).unwrap(),
        kind,
        title: "x".to_owned(),
        quantity: units.into(),
        amount: Amount::same(amount),
        taxes: Vec::new(),
        restock: Restock::No,
        location: None,
    };
    let mut lines = Vec::new();
    let mut total: Money = Money::parse(more, currency.code()).unwrap();
    if units > 0 {
        lines.push(line(goods.id.as_str(), goods.kind.clone(), units, price));
        total = total.plus(price).unwrap();
    }
    if with_delivery {
        let cost = delivery(order).unwrap();
        let method = "delivery".to_owned();
        lines.push(line("line-9", LineKind::Shipping { method }, 1, cost));
        total = total.plus(cost).unwrap();
    }
    let refund = Refund {
        number: format!("CM{number}"),
        key: None,
        order: OrderRef {
            id: ExternalId::new("901").unwrap(),
            key: None,
        },
        order_number: "SO901".to_owned(),
        at: "2026-03-02T10:00:00Z".parse().unwrap(),
        test: false,
        taxes_included: false,
        lines,
        adjustments: vec![Adjustment {
            id: ExternalId::new("rest").unwrap(),
            reason: None,
            amount: Amount::same(Money::parse(more, currency.code()).unwrap()),
            tax: Amount::same(Money::zero(currency)),
        }],
        transactions: Vec::new(),
        total: Amount::same(total),
        order_total: order.total,
        refunded_before: Amount::same(Money::zero(currency)),
        note: Some("arrived broken".to_owned()),
    };
    let twin = Twin {
        id: id.clone(),
        number: None,
    };
    common::write(
        &number.to_string(),
        Record::Refund(Box::new(refund)),
        None,
        Some(twin),
    )
}

fn total(write: &Write) -> Decimal {
    match &write.event.record {
        Record::Refund(refund) => refund.total.shop.amount,
        other => panic!("{other:?}"),
    }
}

async fn write(connected: &Connected, write: &Write) -> Result<ports::Written, Fault> {
    let sink = connected.sink.as_ref().unwrap();
    sink.write(slice::from_ref(write)).await.remove(0).result
}

/// The refund with that id, as the shop has it.
fn given(shop: &Sandbox, id: &ExternalId) -> RefundView {
    let mut refunds = shop.shopify().refunds().into_iter();
    let gid = format!("gid://shopify/Refund/{id}");
    refunds.find(|refund| refund.id == gid).unwrap()
}

#[tokio::test]
async fn credits_go_back_by_line_by_delivery_and_by_amount() {
    let shop = shop(120).await;
    let place = shop.catalogue().locations[0].shopify_id.to_string();
    let connected = connect(&shop, json!({ "givebacks": { "restock_at": place } }));
    let orders = paid(&shop, &connected).await;
    let credits = [
        credit(801, &orders[0], 1, false, "0"),
        credit(802, &orders[1], 1, true, "0"),
        credit(803, &orders[2], 0, false, "1.23"),
        // Two of one order in one batch.
        credit(804, &orders[3], 1, false, "0"),
        credit(805, &orders[3], 0, true, "0"),
    ];
    let sink = connected.sink.as_ref().unwrap();
    let attempts = sink.write(&credits).await;
    for (attempt, credit) in attempts.into_iter().zip(&credits) {
        let written = attempt.result.unwrap();
        assert_eq!(
            (written.effect, written.discrepancy),
            (Effect::Created, None)
        );
        let refund = given(&shop, &written.twin.id);
        assert_eq!(refund.total.parse::<Decimal>().unwrap(), total(credit));
        let note = refund.note.unwrap();
        assert!(
            note.contains("arrived broken") && note.ends_with(&format!("[{}]", credit.key)),
            "{note}"
        );
        // What comes back from the shop says where it came from.
        let source = connected.source.as_ref().unwrap();
        let back = source
            .one(Kind::Refund, &written.twin.id)
            .await
            .unwrap()
            .unwrap();
        let Record::Refund(back) = back.record else {
            panic!()
        };
        assert_eq!(back.key.as_deref(), Some(credit.key.as_str()));
        assert_eq!(back.number, written.twin.number.unwrap());
        assert!(back.total_check(commerce::Side::Shop).unwrap().adds_up());
    }
    let before = shop.shopify().refunds().len();
    for attempt in sink.write(&credits).await {
        assert_eq!(attempt.result.unwrap().effect, Effect::AlreadyThere);
    }
    assert_eq!(shop.shopify().refunds().len(), before);
}

#[tokio::test]
async fn never_more_goes_back_than_was_paid() {
    let shop = shop(120).await;
    let connected = connect(&shop, json!({}));
    let order = &paid(&shop, &connected).await[0];
    let all = order.1.total.shop.amount.to_string();
    let before = shop.shopify().refunds().len();
    let many = order.1.lines[0].quantity + Decimal::ONE;
    let many = i64::try_from(many).unwrap();
    for (credit, words) in [
        (credit(801, order, 0, true, &all), "left of what was paid"),
        (credit(802, order, many, false, "0"), "units"),
    ] {
        let Err(Fault::Held { why }) = write(&connected, &credit).await else {
            panic!()
        };
        assert!(why.contains(words) && why.contains("Choices: "), "{why}");
    }
    assert_eq!(shop.shopify().refunds().len(), before);
    let whole = write(&connected, &credit(803, order, 0, false, &all))
        .await
        .unwrap();
    assert_eq!(whole.effect, Effect::Created);
    let more = write(&connected, &credit(804, order, 0, false, "0.01")).await;
    assert!(matches!(more, Err(Fault::Held { .. })), "{more:?}");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_nothing_goes_back_twice() {
    for (mishap, landed) in [
        (Mishap::FailAfter, true),
        (Mishap::CutAfter, true),
        (Mishap::CutBefore, false),
    ] {
        let shop = shop(60).await;
        let connected = connect(&shop, json!({}));
        let order = &paid(&shop, &connected).await[0];
        let one = credit(801, order, 1, false, "0");
        let before = shop.shopify().refunds().len();
        let rule = Rule::always(mishap).target("refundCreate");
        shop.shopify().faults().set(vec![rule]);
        let result = write(&connected, &one).await;
        assert!(matches!(result, Err(Fault::Uncertain { .. })), "{result:?}");
        shop.shopify().faults().set(Vec::new());
        let sink = connected.sink.as_ref().unwrap();
        let found = sink.locate(slice::from_ref(&one)).await.remove(0).unwrap();
        assert_eq!(found.is_some(), landed, "{mishap:?}");
        let effect = if landed {
            Effect::AlreadyThere
        } else {
            Effect::Created
        };
        assert_eq!(write(&connected, &one).await.unwrap().effect, effect);
        assert_eq!(shop.shopify().refunds().len(), before + 1);
    }
}

#[tokio::test]
async fn a_credit_that_changed_afterwards_is_for_a_person() {
    let shop = shop(60).await;
    let connected = connect(&shop, json!({}));
    let order = &paid(&shop, &connected).await[0];
    let twin = write(&connected, &credit(801, order, 0, false, "2"))
        .await
        .unwrap()
        .twin;
    let mut same = credit(801, order, 0, false, "2");
    same.bound = Some(twin.clone());
    assert_eq!(
        write(&connected, &same).await.unwrap().effect,
        Effect::Unchanged
    );
    let mut other = credit(801, order, 0, false, "3");
    other.bound = Some(twin);
    let Err(Fault::Held { why }) = write(&connected, &other).await else {
        panic!()
    };
    assert!(why.contains("after its money went back"), "{why}");
}

#[tokio::test]
async fn a_shop_whose_orders_are_told_less_their_refunds_takes_none() {
    let shop = shop(60).await;
    let connected = connect(&shop, json!({}));
    let order = &paid(&shop, &connected).await[0];
    let deducted = common::connect(shop.shopify_url().as_str(), &json!({}));
    let refused = write(&deducted, &credit(801, order, 0, false, "1")).await;
    assert!(matches!(refused, Err(Fault::Refused { why }) if why.contains("refunds: separate")));
}
