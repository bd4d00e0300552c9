//! What was captured for an order that became an invoice is one customer payment of it per payment, never more than is open.

use super::refunds::kept;
use super::*;

fn settings(payments: Value) -> Value {
    json!({"orders": {
        "record": {"terms": "invoice"},
        "customer": {"subsidiary": 1},
        "location": 1,
        "payments": payments,
    }})
}

fn to_the_bank() -> Value {
    settings(json!({
        "invoices": true, "account": 101, "methods": {"manual": 5, "visa": 7}, "gift_cards": 102,
    }))
}

/// An order of 30.00 on terms.
fn order(lab: &Lab, paid: Value) -> Write {
    let words = json!({
        "id": "1", "customer": "71", "email": "a@b.example", "first": "Ada", "last": "Byron",
        "lines": [[lab.skus[2].0, 2, "30.00"]], "terms": "Net 30",
        "paid": paid,
    });
    common::order::write(&words)
}

fn bound(lab: &Lab, paid: Value) -> Write {
    let mut write = order(lab, paid);
    let twin = lab.account().by_external_id("invoice", "shop-1").unwrap();
    write.bound = Some(ports::Twin {
        id: commerce::ExternalId::new(twin.id.to_string()).unwrap(),
        number: None,
    });
    write
}

fn open(lab: &Lab) -> (String, &'static str) {
    let invoice = lab.account().by_external_id("invoice", "shop-1").unwrap();
    (
        invoice.number("amountRemaining").normalize().to_string(),
        invoice.status,
    )
}

#[tokio::test]
async fn each_payment_that_comes_later_settles_its_invoice() {
    let lab = Lab::start(to_the_bank()).await;
    assert_eq!(
        lab.effects(&[order(&lab, json!([]))]).await,
        [Effect::Created]
    );
    let first = json!([["5001", "manual", "12.00"]]);
    let all = json!([
        ["5001", "manual", "12.00"],
        ["5002", "gift_card", "18.00", "gift_card"]
    ]);
    for (paid, left) in [(first, ("18", "A")), (all, ("0", "B"))] {
        let change = bound(&lab, paid);
        lab.account().meter().reset();
        assert_eq!(
            lab.effects(std::slice::from_ref(&change)).await,
            [Effect::Updated]
        );
        // How it stands, its lines unless it is settled, payments that are there, the payment, its total.
        assert!(lab.requests() <= 5, "{}", lab.requests());
        assert_eq!(open(&lab), (left.0.to_owned(), left.1));
        assert_eq!(lab.effects(&[change]).await, [Effect::Unchanged]);
    }
    let payments = kept(&lab, "customerPayment");
    let told: Vec<_> = payments
        .iter()
        .map(|one| {
            let key = one.external_id.clone().unwrap();
            (
                key,
                one.number("total").normalize().to_string(),
                one.reference("account"),
            )
        })
        .collect();
    let expected = [
        ("shop-payment-1__5001", "12", Some(101)),
        ("shop-payment-1__5002", "18", Some(102)),
    ];
    let expected = expected.map(|(key, total, to)| (key.to_owned(), total.to_owned(), to));
    assert_eq!(told, expected);
    assert!(kept(&lab, "customerDeposit").is_empty());
}

#[tokio::test]
async fn more_than_is_open_is_held_with_what_is() {
    let lab = Lab::start(to_the_bank()).await;
    lab.effects(&[order(&lab, json!([]))]).await;
    let invoice = lab.account().by_external_id("invoice", "shop-1").unwrap();
    assert!(lab.account().take_payment(invoice.id, Decimal::TEN));
    let paid = json!([["5001", "visa", "15.00"], ["5002", "visa", "15.00"]]);
    let written = lab.write(&[bound(&lab, paid)]).await.remove(0).unwrap();
    let why = written.discrepancy.unwrap();
    assert!(
        why.contains("15.00 USD were paid, and 5.00 USD of the invoice are open"),
        "{why}"
    );
    assert_eq!(kept(&lab, "customerPayment").len(), 2, "by hand, and ours");
    assert_eq!(open(&lab), ("5".to_owned(), "A"));
}

#[tokio::test]
async fn unless_it_is_set_no_payment_is_booked() {
    for payments in [json!({}), json!({"deposits": true})] {
        let lab = Lab::start(settings(payments)).await;
        lab.effects(&[order(&lab, json!([]))]).await;
        let change = bound(&lab, json!([["5001", "visa", "30.00"]]));
        assert_eq!(lab.effects(&[change]).await, [Effect::Unchanged]);
        assert!(kept(&lab, "customerPayment").is_empty());
    }
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_the_rest_goes_on() {
    for (mishap, landed) in [(Mishap::CutAfter, true), (Mishap::CutBefore, false)] {
        let mut settings = to_the_bank();
        settings["orders"]["record"] = json!({"default": "invoice"});
        let lab = Lab::start(settings).await;
        let rule = Rule::always(mishap)
            .method("POST")
            .target("/customerPayment");
        lab.account().faults().set(vec![rule]);
        let write = order(&lab, json!([["5001", "visa", "30.00"]]));
        let result = lab.write(std::slice::from_ref(&write)).await.remove(0);
        assert!(matches!(result, Err(Fault::Uncertain { .. })), "{result:?}");
        lab.account().faults().set(Vec::new());
        let sink = lab.connected.sink.as_ref().unwrap();
        let found = sink.locate(std::slice::from_ref(&write)).await.remove(0);
        let found = found.unwrap().unwrap();
        assert_eq!(found.effect == Effect::Unfinished, !landed);
        let rest = bound(&lab, json!([["5001", "visa", "30.00"]]));
        lab.write(&[rest]).await.remove(0).unwrap();
        assert_eq!(kept(&lab, "customerPayment").len(), 1);
        assert_eq!(open(&lab), ("0".to_owned(), "B"));
    }
}
