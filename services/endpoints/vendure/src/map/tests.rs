use commerce::{LineKind, OrderState, PaymentKind, Side};
use serde_json::{Value, json};

use super::*;
use crate::wire;

/// The recorded order, with these fields in place of its own.
fn sold(with: &Value) -> wire::Order {
    let text = include_str!("../../contract/parts/order.json");
    let mut order: Value = serde_json::from_str(text).unwrap();
    for (name, value) in with.as_object().into_iter().flatten() {
        order[name] = value.clone();
    }
    serde_json::from_value(order).unwrap()
}

fn usd(text: &str) -> Money {
    Money::parse(text, "USD").unwrap()
}

/// A refund of the order's one payment.
fn refund(id: &str, state: &str, total: i64, with: &Value) -> Value {
    let mut refund = json!({
        "id": id, "state": state, "total": total, "shipping": 0, "reason": null,
        "createdAt": "2026-11-24T00:00:00Z", "updatedAt": "2026-11-24T00:00:00Z",
    });
    for (name, value) in with.as_object().into_iter().flatten() {
        refund[name] = value.clone();
    }
    refund
}

fn refunded(refunds: &[Value]) -> wire::Order {
    sold(&json!({ "payments": [{
        "id": "7", "method": "card", "amount": 3163, "state": "Settled",
        "createdAt": "2026-11-23T03:49:40Z", "updatedAt": "2026-11-23T03:49:40Z", "refunds": refunds,
    }] }))
}

#[test]
fn an_order_adds_up_by_vendures_own_rounded_amounts() {
    let order = order(&sold(&json!({})), Digits(2)).unwrap().unwrap();
    assert!(order.total_check(Side::Shop).unwrap().adds_up());
    assert_eq!(order.total.shop, usd("31.63"));
    let mug = &order.lines[0];
    // Twice 12.07 would be 24.14: the line says 24.13.
    assert_eq!(mug.amount.shop, usd("25.00"));
    assert_eq!(mug.discounts[0].amount.shop, usd("2.50"));
    assert_eq!(mug.discounts[0].code.as_deref(), Some("SPRING"));
    assert_eq!(mug.taxes[0].amount.shop, usd("1.63"));
    assert_eq!(mug.taxes[0].rate, Some("0.0725".parse().unwrap()));
    assert!(matches!(order.lines[1].kind, LineKind::Shipping { .. }));
    let ship = order.shipping.unwrap();
    assert_eq!(ship.last_name.as_deref(), Some("Byron"));
    assert_eq!(order.payments[0].kind, PaymentKind::Captured);
}

#[test]
fn states_say_whether_an_order_is_a_sale() {
    for (state, told) in [
        ("PaymentAuthorized", Some(OrderState::Open)),
        ("Delivered", Some(OrderState::Open)),
        ("AState of a plugin", Some(OrderState::Open)),
        ("Cancelled", Some(OrderState::Cancelled)),
        ("Modifying", None),
        ("ArrangingPayment", None),
    ] {
        let order = order(&sold(&json!({ "state": state })), Digits(2)).unwrap();
        assert_eq!(order.map(|order| order.state), told, "{state}");
    }
}

#[test]
fn the_latest_of_history_payments_and_refunds_says_when_an_order_changed() {
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let order = sold(&json!({}));
    assert_eq!(changed_at(&order), at("2026-11-23T03:49:40.590Z"));
    let order = refunded(&[refund("1", "Pending", 100, &json!({}))]);
    assert_eq!(changed_at(&order), at("2026-11-24T00:00:00Z"));
}

#[test]
fn a_refund_tells_lines_delivery_and_the_rest() {
    let part = json!({ "lines": [{ "orderLineId": "5", "quantity": 1 }], "shipping": 750 });
    let order = refunded(&[
        refund("1", "Settled", 2000, &part),
        refund("2", "Failed", 500, &json!({})),
        refund(
            "3",
            "Settled",
            300,
            &json!({ "reason": "CM1 [netsuite-refund-4]" }),
        ),
    ]);
    let all = refunds(&order, Digits(2), false).unwrap();
    let ids: Vec<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["1.1", "1.3"]);
    let first = &all[0].1;
    assert!(first.total_check(Side::Shop).unwrap().adds_up());
    assert_eq!(first.lines[0].amount.shop, usd("11.25"));
    assert_eq!(first.lines[1].amount.shop, usd("7.50"));
    assert_eq!(first.adjustments[0].amount.shop, usd("0.43"));
    assert_eq!(first.key, None);
    let second = &all[1].1;
    assert_eq!(second.key.as_deref(), Some("netsuite-refund-4"));
    assert_eq!(second.refunded_before.shop, usd("20.00"));
    assert_eq!(second.order_total.shop, usd("31.63"));
}

#[test]
fn the_server_says_how_many_digits_an_integer_has() {
    let yen = |digits: u32, units| Digits(digits).of(units, Currency::JPY);
    assert_eq!(yen(2, 120_000), Money::parse("1200", "JPY").unwrap());
    assert_eq!(yen(0, 1200), Money::parse("1200", "JPY").unwrap());
    assert_eq!(Digits(2).units(yen(0, 1200)), Some(120_000));
    let dinar = Money::parse("1.005", "KWD").unwrap();
    assert_eq!(Digits(3).units(dinar), Some(1005));
    assert_eq!(Digits(2).units(dinar), None);
}

#[test]
fn a_key_is_read_from_the_end_of_a_text() {
    let text = marked("UPS [express]", "netsuite-fulfilment-7");
    assert_eq!(key_in(&text), Some("netsuite-fulfilment-7"));
    assert_eq!(key_in("UPS"), None);
}
