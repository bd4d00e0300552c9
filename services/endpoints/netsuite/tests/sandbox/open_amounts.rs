//! What is given back comes out of what is open: of the deposits of what is not billed, of the invoices of what is. Never more.

use sandbox::netsuite::Bill;

use super::refunds::{held, kept, refund};
use super::*;

/// An order of 30.00, of which a card and another means paid a part each.
fn order(lab: &Lab, id: &str, paid: Value) -> Write {
    let words = json!({
        "id": id, "customer": format!("7{id}"), "email": format!("{id}@b.example"), "first": "Ada", "last": format!("Byron {id}"),
        "lines": [[lab.skus[2].0, 2, "30.00"]],
        "paid": paid,
    });
    common::order::write(&words)
}

/// So much of an order back.
fn back(lab: &Lab, order: &Write, id: &str, amount: &str, before: &str) -> Write {
    let sku = &lab.skus[2].0;
    let words = json!({
        "lines": [[sku, 1, amount, "returned"]], "before": before, "paid_back": [["visa", amount]],
    });
    refund(lab, order, id, words)
}

fn with_deposits(refunds: Value) -> Value {
    json!({
        "orders": {
            "customer": {"subsidiary": 1}, "location": 1,
            "payments": {"deposits": true, "account": 101, "methods": {"visa": 5, "paypal": 7}},
        },
        "refunds": refunds,
    })
}

fn paid() -> Value {
    json!([["5001", "visa", "19.99"], ["5002", "paypal", "10.01"]])
}

async fn sold(lab: &Lab, order: &Write) -> u64 {
    let written = lab.write(std::slice::from_ref(order)).await.remove(0);
    written.unwrap().twin.id.as_str().parse().unwrap()
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[tokio::test]
async fn what_is_not_billed_is_given_back_of_its_deposits_and_no_more() {
    for off in [false, true] {
        let lab = Lab::start(with_deposits(json!({}))).await;
        let order = order(&lab, "1001", paid());
        let id = sold(&lab, &order).await;
        assert!(!off || lab.account().call_off(id));
        let batch = [
            back(&lab, &order, "501", "12.00", "0"),
            back(&lab, &order, "502", "17.50", "12.00"),
            back(&lab, &order, "503", "0.50", "29.50"),
        ];
        lab.account().meter().reset();
        assert_eq!(lab.effects(&batch).await, [Effect::Created; 3]);
        // Orders, bills, deposits, what is there, totals; one each.
        assert_eq!(lab.requests(), 8);
        assert!(kept(&lab, "creditMemo").is_empty());
        let given: Vec<_> = kept(&lab, "customerRefund")
            .iter()
            .map(|one| {
                let means = (one.reference("account"), one.reference("paymentOption"));
                assert_eq!(means, (Some(101), Some(5)));
                one.number("total").normalize().to_string()
            })
            .collect();
        assert_eq!(given, ["12", "17.5", "0.5"]);
        let used = kept(&lab, "customerDeposit");
        let used: Vec<_> = used
            .iter()
            .map(|one| one.used.normalize().to_string())
            .collect();
        assert_eq!(used, ["19.99", "10.01"]);
        assert_eq!(lab.effects(&batch).await, [Effect::AlreadyThere; 3]);
    }
}

#[tokio::test]
async fn more_than_the_deposits_have_left_is_held_and_what_is_billed_is_credited() {
    let lab = Lab::start(with_deposits(json!({}))).await;
    let [part, billed, none] = ["1001", "1002", "1003"].map(|id| {
        let all = if id == "1001" {
            json!([["5001", "visa", "20.00"]])
        } else if id == "1002" {
            paid()
        } else {
            json!([])
        };
        order(&lab, id, all)
    });
    for order in [&part, &none] {
        sold(&lab, order).await;
    }
    let id = sold(&lab, &billed).await;
    lab.account().bill(id, Bill::Invoice).unwrap();
    let batch = [
        back(&lab, &part, "501", "15.00", "0"),
        back(&lab, &part, "502", "6.00", "15.00"),
        back(&lab, &billed, "503", "15.00", "0"),
        back(&lab, &none, "504", "15.00", "0"),
    ];
    let results = lab.write(&batch).await;
    assert!(
        held(&results[1]).contains("5.00 USD are left"),
        "{results:?}"
    );
    for (place, kind) in [(0, "customerRefund"), (2, "creditMemo"), (3, "creditMemo")] {
        assert!(results[place].is_ok(), "{results:?}");
        let key = batch[place].key.as_str();
        assert!(lab.account().by_external_id(kind, key).is_some(), "{key}");
    }
}

#[tokio::test]
async fn what_lies_in_no_deposit_and_was_called_off_is_left_out() {
    let lab = Lab::start(with_deposits(json!({}))).await;
    let card = json!([["5001", "gift_card", "30.00", "gift_card"]]);
    let order = order(&lab, "1001", card);
    let id = sold(&lab, &order).await;
    assert!(lab.account().call_off(id));
    let back = back(&lab, &order, "501", "30.00", "0");
    let written = lab.write(&[back]).await.remove(0).unwrap();
    assert_eq!(written.effect, Effect::NotOurs);
}

#[tokio::test]
async fn a_lost_answer_about_a_deposit_is_looked_up() {
    for (mishap, landed) in [(Mishap::CutAfter, true), (Mishap::CutBefore, false)] {
        let lab = Lab::start(with_deposits(json!({}))).await;
        let order = order(&lab, "1001", paid());
        sold(&lab, &order).await;
        let rule = Rule::always(mishap)
            .method("POST")
            .target("/customerRefund");
        lab.account().faults().set(vec![rule]);
        let back = back(&lab, &order, "501", "30.00", "0");
        let result = lab.write(std::slice::from_ref(&back)).await.remove(0);
        assert!(matches!(result, Err(Fault::Uncertain { .. })), "{result:?}");
        lab.account().faults().set(Vec::new());
        let sink = lab.connected.sink.as_ref().unwrap();
        let found = sink.locate(std::slice::from_ref(&back)).await.remove(0);
        assert_eq!(found.unwrap().is_some(), landed);
        // Once it has landed, nothing of the deposits is left, and it is never written again: it was found.
        if !landed {
            lab.write(&[back]).await.remove(0).unwrap();
        }
        assert_eq!(kept(&lab, "customerRefund").len(), 1);
    }
}

#[tokio::test]
async fn credits_are_applied_to_invoices_as_far_as_these_are_open() {
    for apply in [true, false] {
        let lab = Lab::start(json!({
            "orders": {"customer": {"subsidiary": 1}, "location": 1},
            "refunds": {"apply": apply},
        }))
        .await;
        let order = order(&lab, "1001", json!([]));
        let id = sold(&lab, &order).await;
        let invoice = lab.account().bill(id, Bill::Invoice).unwrap();
        assert!(lab.account().take_payment(invoice, amount("10.00")));
        let batch = [
            back(&lab, &order, "501", "15.00", "0"),
            back(&lab, &order, "502", "9.00", "15.00"),
            back(&lab, &order, "503", "2.00", "24.00"),
        ];
        assert_eq!(lab.effects(&batch[..2]).await, [Effect::Created; 2]);
        // Nothing is open any more.
        assert_eq!(lab.effects(&batch[2..]).await, [Effect::Created]);
        let memos = kept(&lab, "creditMemo");
        let used: Vec<_> = memos
            .iter()
            .map(|one| one.used.normalize().to_string())
            .collect();
        let all: Decimal = memos.iter().map(|one| one.number("total")).sum();
        assert_eq!(all, amount("26.00"));
        let invoice = lab.account().record("invoice", invoice).unwrap();
        let open = invoice.number("amountRemaining").normalize().to_string();
        if apply {
            assert_eq!(used, ["15", "5", "0"]);
            assert_eq!((open.as_str(), invoice.status), ("0", "B"));
        } else {
            assert_eq!(used, ["0", "0", "0"]);
            assert_eq!((open.as_str(), invoice.status), ("20", "A"));
        }
        assert_eq!(lab.effects(&batch).await, [Effect::AlreadyThere; 3]);
    }
}

#[tokio::test]
async fn a_sale_that_is_an_invoice_itself_is_lessened_too() {
    let lab = Lab::start(json!({
        "orders": {"record": {"default": "invoice"}, "customer": {"subsidiary": 1}, "location": 1},
        "refunds": {"apply": true},
    }))
    .await;
    let order = order(&lab, "1001", json!([]));
    let id = sold(&lab, &order).await;
    let back = back(&lab, &order, "501", "15.00", "0");
    assert_eq!(lab.effects(&[back]).await, [Effect::Created]);
    let invoice = lab.account().record("invoice", id).unwrap();
    assert_eq!(invoice.number("amountRemaining"), amount("15.00"));
    assert_eq!(kept(&lab, "creditMemo")[0].status, "B");
}
