use commerce::{LineKind, Refund, Restock, Side};
use serde_json::{Value, json};

use super::refund;
use crate::wire;

fn bag(amount: &str) -> Value {
    both(amount, "EUR", amount, "EUR")
}

fn both(shop: &str, shop_currency: &str, presentment: &str, presentment_currency: &str) -> Value {
    json!({
        "shopMoney": { "amount": shop, "currencyCode": shop_currency },
        "presentmentMoney": { "amount": presentment, "currencyCode": presentment_currency },
    })
}

fn list(nodes: Vec<Value>) -> Value {
    json!({ "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } })
}

fn tax(title: &str, price: &str) -> Value {
    json!({ "title": title, "rate": 0.1, "channelLiable": false, "priceSet": bag(price) })
}

fn goods(subtotal: &str, tax_back: &str, taxes: &[Value], restock: &str, restocked: bool) -> Value {
    json!({
        "id": "gid://shopify/RefundLineItem/71",
        "quantity": 1,
        "restockType": restock,
        "restocked": restocked,
        "subtotalSet": bag(subtotal),
        "totalTaxSet": bag(tax_back),
        "location": { "legacyResourceId": "4" },
        "lineItem": {
            "id": "gid://shopify/LineItem/11",
            "title": "Tea",
            "variantTitle": "Green",
            "sku": "TEA-1",
            "isGiftCard": false,
            "taxLines": taxes,
        },
    })
}

fn delivery(subtotal: &str, tax_back: &str) -> Value {
    json!({
        "id": "gid://shopify/RefundShippingLine/81",
        "subtotalAmountSet": bag(subtotal),
        "taxAmountSet": bag(tax_back),
        "shippingLine": { "id": "gid://shopify/ShippingLine/5", "title": "Standard", "code": "STD", "taxLines": [] },
    })
}

fn adjustment(amount: &str) -> Value {
    json!({
        "id": "gid://shopify/OrderAdjustment/91",
        "reason": "REFUND_DISCREPANCY",
        "amountSet": bag(amount),
        "taxAmountSet": bag("0.0"),
    })
}

fn given_back(id: u64, minute: u32, total: Value) -> Value {
    let at = format!("2026-03-02T10:{minute:02}:00Z");
    json!({
        "id": format!("gid://shopify/Refund/{id}"),
        "legacyResourceId": id.to_string(),
        "createdAt": at,
        "processedAt": at,
        "updatedAt": at,
        "note": "",
        "totalRefundedSet": total,
        "duties": [],
        "refundLineItems": list(vec![]),
        "refundShippingLines": list(vec![]),
        "orderAdjustments": list(vec![]),
        "transactions": list(vec![json!({
            "id": "gid://shopify/OrderTransaction/95",
            "kind": "REFUND",
            "status": "SUCCESS",
            "gateway": "shopify_payments",
            "createdAt": at,
            "processedAt": null,
            "amountSet": total,
            "parentTransaction": null,
        })]),
    })
}

fn order(refunds: &[Value]) -> Value {
    json!({
        "id": "gid://shopify/Order/1001",
        "legacyResourceId": "1001",
        "name": "#1001",
        "updatedAt": "2026-03-02T10:05:00Z",
        "test": false,
        "edited": false,
        "taxesIncluded": false,
        "totalPriceSet": bag("100.0"),
        "currentTotalPriceSet": bag("60.0"),
        "totalCashRoundingAdjustment": { "paymentSet": bag("0.0") },
        "refunds": refunds,
    })
}

fn mapped(order: &Value, place: usize) -> Refund {
    // By its text: what is kept raw cannot be taken out of a value.
    let wire: wire::RefundedOrder = serde_json::from_str(&order.to_string()).unwrap();
    let all: Vec<wire::Refund> = wire
        .refunds
        .iter()
        .map(|raw| serde_json::from_str(raw.get()).unwrap())
        .collect();
    refund(&wire, &all, place).unwrap()
}

fn difference(refund: &Refund, side: Side) -> String {
    refund.total_check(side).unwrap().difference.to_string()
}

#[test]
fn goods_and_delivery_with_their_taxes() {
    let mut one = given_back(501, 0, bag("27.50"));
    let taxes = [tax("State", "2.00"), tax("City", "1.00")];
    one["refundLineItems"] = list(vec![goods("20.00", "2.01", &taxes, "RETURN", true)]);
    one["refundShippingLines"] = list(vec![delivery("5.00", "0.49")]);
    let refund = mapped(&order(&[one]), 0);
    assert_eq!(difference(&refund, Side::Shop), "0.00 EUR");
    assert_eq!(refund.number, "#1001-R1");
    assert_eq!(refund.note, None);
    let goods = &refund.lines[0];
    assert_eq!(goods.order_line.as_str(), "11");
    assert_eq!(goods.title, "Tea - Green");
    assert_eq!(goods.restock, Restock::Returned);
    assert_eq!(goods.location.as_ref().unwrap().as_str(), "4");
    let taxes: Vec<(String, String)> = goods
        .taxes
        .iter()
        .map(|tax| (tax.title.clone(), tax.amount.shop.amount.to_string()))
        .collect();
    let expected = [("State", "1.34"), ("City", "0.67")];
    assert_eq!(taxes, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let delivery = &refund.lines[1];
    assert_eq!(delivery.order_line.as_str(), "shipping-5");
    assert!(matches!(&delivery.kind, LineKind::Shipping { method } if method == "STD"));
    assert_eq!(delivery.taxes[0].title, "Tax");
    assert_eq!(refund.transactions[0].method, "shopify_payments");
}

#[test]
fn what_became_of_the_goods() {
    for (kind, restocked, expected) in [
        ("RETURN", true, Restock::Returned),
        ("RETURN", false, Restock::No),
        ("LEGACY_RESTOCK", true, Restock::Returned),
        ("CANCEL", true, Restock::Unshipped),
        ("NO_RESTOCK", false, Restock::No),
    ] {
        let mut one = given_back(501, 0, bag("20.00"));
        one["refundLineItems"] = list(vec![goods("20.00", "0.0", &[], kind, restocked)]);
        let refund = mapped(&order(&[one]), 0);
        assert_eq!(refund.lines[0].restock, expected, "{kind} {restocked}");
    }
}

#[test]
fn an_adjustment_is_signed_so_that_the_parts_come_to_the_total() {
    // (adjustment as told, total) -> what the buyer gets for it
    for (told, total, expected) in [
        ("5.0", "25.00", "5.0"),
        ("-5.0", "25.00", "5.0"),
        ("-5.0", "15.00", "-5.0"),
        ("5.0", "15.00", "-5.0"),
        // It explains nothing: told as it is, and the refund does not add up.
        ("5.0", "20.00", "5.0"),
    ] {
        let mut one = given_back(501, 0, bag(total));
        one["refundLineItems"] = list(vec![goods("20.00", "0.0", &[], "CANCEL", true)]);
        one["orderAdjustments"] = list(vec![adjustment(told)]);
        let refund = mapped(&order(&[one]), 0);
        let got = refund.adjustments[0].amount.shop.amount.to_string();
        assert_eq!(got, expected, "{told} of {total}");
    }
}

#[test]
fn refunds_are_told_by_age_with_what_was_given_back_before() {
    let order = order(&[
        given_back(503, 9, bag("7.00")),
        given_back(501, 1, bag("20.00")),
        given_back(502, 1, bag("13.00")),
    ]);
    let told: Vec<(String, String)> = (0..3)
        .map(|place| mapped(&order, place))
        .map(|refund| {
            (
                refund.number,
                refund.refunded_before.shop.amount.to_string(),
            )
        })
        .collect();
    let expected = [
        ("#1001-R3", "33.00"),
        ("#1001-R1", "0"),
        ("#1001-R2", "20.00"),
    ];
    assert_eq!(told, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn what_the_order_came_to_before_any_refund() {
    let mut one = given_back(501, 0, bag("22.00"));
    one["refundLineItems"] = list(vec![goods("20.00", "2.00", &[], "RETURN", true)]);
    // (edited, taxes included, cash rounding) -> order total
    for (edited, included, rounding, expected) in [
        (false, false, "0.0", "100"),
        (false, false, "-0.02", "99.98"),
        (false, false, "0.02", "100"),
        (true, false, "0.0", "82"),
        (true, true, "0.0", "80"),
    ] {
        let mut order = order(&[one.clone()]);
        order["edited"] = edited.into();
        order["taxesIncluded"] = included.into();
        order["totalCashRoundingAdjustment"] = json!({ "paymentSet": bag(rounding) });
        let total = mapped(&order, 0).order_total.shop.amount;
        assert_eq!(total, expected.parse().unwrap(), "{edited} {rounding}");
    }
}

#[test]
fn a_cent_that_conversion_costs_is_told_as_rounding() {
    let mut one = given_back(501, 0, both("20.01", "EUR", "22.00", "USD"));
    let mut line = goods("20.00", "0.0", &[], "CANCEL", true);
    line["subtotalSet"] = both("20.00", "EUR", "22.00", "USD");
    line["totalTaxSet"] = both("0.0", "EUR", "0.0", "USD");
    one["refundLineItems"] = list(vec![line]);
    let refund = mapped(&order(&[one]), 0);
    assert_eq!(difference(&refund, Side::Shop), "0.00 EUR");
    assert_eq!(refund.adjustments[0].id.as_str(), "rounding");
}
