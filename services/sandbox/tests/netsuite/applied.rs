//! Deposits, payments, credits and refunds: what is applied is never more than is open, and of the same customer.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::lab::{Lab, RECORDS, line};

async fn post(lab: &Lab, kind: &str, body: Value) -> Result<u64, String> {
    let reply = lab.post(&format!("{RECORDS}/{kind}"), &body).await;
    if reply.status == 204 {
        return Ok(reply.saved());
    }
    Err(reply.error().1.to_owned())
}

fn id(id: u64) -> Value {
    json!({ "id": id.to_string() })
}

fn applying(doc: u64, amount: &Value) -> Value {
    json!({ "items": [{ "doc": id(doc), "apply": true, "amount": amount }] })
}

/// A customer with an order of 20.00 and its invoice.
async fn invoiced(lab: &Lab, name: &str) -> (u64, u64, u64) {
    let customer = lab.customer(name).await;
    let (one, ..) = lab.items();
    let order = lab
        .order(&format!("{name}-o"), customer, json!([line(one, 4, "5")]))
        .await;
    let bill = format!("{RECORDS}/salesOrder/{order}/!transform/invoice");
    (customer, order, lab.post(&bill, &json!({})).await.saved())
}

fn open(lab: &Lab, invoice: u64) -> (String, &'static str) {
    let invoice = lab.account().record("invoice", invoice).unwrap();
    (
        invoice.number("amountRemaining").to_string(),
        invoice.status,
    )
}

#[tokio::test]
async fn a_deposit_gives_back_what_it_has_left() {
    let lab = Lab::start().await;
    let (customer, order, _) = invoiced(&lab, "c").await;
    let other = lab.customer("d").await;
    let deposit = json!({ "customer": id(customer), "salesOrder": id(order), "payment": 12.5 });
    let deposit = post(&lab, "customerDeposit", deposit).await.unwrap();
    let refund = |of: u64, amount: Value| json!({ "customer": id(of), "deposit": applying(deposit, &amount) });
    for (body, told) in [
        (refund(customer, json!(12.51)), "more than the 12.5"),
        (refund(other, json!(1)), "doc"),
        (refund(customer, json!(0)), "greater than zero"),
        (json!({ "customer": id(customer) }), "at least one"),
        (
            json!({ "customer": id(customer), "deposit": applying(order, &json!(1)) }),
            "doc",
        ),
    ] {
        let refused = post(&lab, "customerRefund", body).await.unwrap_err();
        assert!(refused.contains(told), "{refused}");
    }
    let first = post(&lab, "customerRefund", refund(customer, json!(10))).await;
    let rest = post(&lab, "customerRefund", refund(customer, Value::Null)).await;
    for (refund, total) in [(first.unwrap(), 100), (rest.unwrap(), 25)] {
        let refund = lab.account().record("customerRefund", refund).unwrap();
        assert_eq!(refund.number("total"), Decimal::new(total, 1));
    }
    let more = post(&lab, "customerRefund", refund(customer, json!(0.01))).await;
    assert!(more.unwrap_err().contains("more than the 0"));
    let query =
        "SELECT foreignpaymentamountused, foreignpaymentamountunused FROM transaction WHERE id = ?";
    let rows = lab.query(query, &[&deposit.to_string()]).await;
    assert_eq!(rows[0]["foreignpaymentamountused"], "12.5");
    assert_eq!(rows[0]["foreignpaymentamountunused"], "0");
}

#[tokio::test]
async fn payments_and_credits_settle_invoices_and_no_more() {
    let lab = Lab::start().await;
    let (customer, _, invoice) = invoiced(&lab, "c").await;
    let (other, _, foreign) = invoiced(&lab, "d").await;
    let (one, ..) = lab.items();
    let payment = |of: u64, doc: u64, paid: Value, amount: Value| json!({ "customer": id(of), "payment": paid, "apply": applying(doc, &amount) });
    let credit = |amount: Value| json!({ "entity": id(customer), "location": id(1), "item": { "items": [line(one, 1, "6")] }, "apply": applying(invoice, &amount) });
    for (kind, body, told) in [
        (
            "customerPayment",
            payment(customer, invoice, json!(30), json!(20.01)),
            "more than the 20",
        ),
        (
            "customerPayment",
            payment(customer, invoice, json!(5), json!(6)),
            "more than your total",
        ),
        (
            "customerPayment",
            payment(customer, foreign, json!(5), json!(5)),
            "doc",
        ),
        (
            "customerPayment",
            json!({ "customer": id(other) }),
            "Payment Amount",
        ),
        ("creditMemo", credit(json!(7)), "more than your total"),
    ] {
        let refused = post(&lab, kind, body).await.unwrap_err();
        assert!(refused.contains(told), "{refused}");
    }
    assert_eq!(open(&lab, invoice), ("20".to_owned(), "A"));
    let memo = post(&lab, "creditMemo", credit(json!(6))).await.unwrap();
    assert_eq!(open(&lab, invoice), ("14".to_owned(), "A"));
    assert_eq!(
        lab.account().record("creditMemo", memo).unwrap().status,
        "B"
    );
    let paid = payment(customer, invoice, json!(15), json!(14));
    let paid = post(&lab, "customerPayment", paid).await.unwrap();
    assert_eq!(open(&lab, invoice), ("0".to_owned(), "B"));
    let record = lab.account().record("customerPayment", paid).unwrap();
    assert_eq!(
        (record.used, record.number("total")),
        (14.into(), 15.into())
    );
    // What is deleted is not paid any more.
    assert!(lab.account().delete(paid));
    assert_eq!(open(&lab, invoice), ("14".to_owned(), "A"));
}

#[tokio::test]
async fn what_comes_back_is_received_before_it_is_credited() {
    let lab = Lab::start().await;
    let (_, order, _) = invoiced(&lab, "c").await;
    let (_, other, _) = lab.items();
    let step = async |path: &str, body: Value| {
        let reply = lab.post(&format!("{RECORDS}/{path}"), &body).await;
        if reply.status == 204 {
            return Ok(reply.saved());
        }
        Err(reply.error().1.to_owned())
    };
    let lines = |lines: Value| json!({ "item": { "items": lines } });
    let back = lines(json!([{ "orderLine": 1, "quantity": 3, "rate": 4, "amount": 12 }]));
    let authorize = format!("salesOrder/{order}/!transform/returnAuthorization");
    let returned = step(&authorize, back).await.unwrap();
    let record = lab.account().record("returnAuthorization", returned);
    assert_eq!(record.unwrap().number("total"), 12.into());
    let more = lines(json!([{ "orderLine": 1, "quantity": 2 }]));
    assert!(step(&authorize, more).await.is_err());
    let credit = format!("returnAuthorization/{returned}/!transform/creditMemo");
    assert!(step(&credit, json!({})).await.is_err());
    let receipt = format!("returnAuthorization/{returned}/!transform/itemReceipt");
    step(&receipt, json!({})).await.unwrap();
    assert!(step(&receipt, json!({})).await.is_err());
    let mut added = line(other, 1, "2.50");
    added["amount"] = json!(2.5);
    let credit = step(&credit, lines(json!([added]))).await.unwrap();
    let credit = lab.account().record("creditMemo", credit).unwrap();
    assert_eq!(credit.number("total"), Decimal::new(145, 1));
    assert_eq!(credit.lines.len(), 2);
}
