//! What lies in Undeposited Funds goes to the bank once.

use serde_json::{Value, json};

use crate::lab::{Lab, RECORDS};

/// Takes money from a customer: into Undeposited Funds, or straight to an account. Returns the deposit's internal id.
async fn take(lab: &Lab, buyer: u64, key: &str, account: Option<&str>) -> u64 {
    let mut body =
        json!({"externalId": key, "customer": {"id": buyer.to_string()}, "payment": 19.99});
    if let Some(account) = account {
        body["undepFunds"] = json!({"id": "F"});
        body["account"] = json!({"id": account});
    }
    let reply = lab.post(&format!("{RECORDS}/customerDeposit"), &body).await;
    reply.saved()
}

fn deposit(payments: &[u64], other: &Value, cash_back: &Value) -> Value {
    let ticked = payments.iter().map(|id| json!({"id": id, "deposit": true}));
    json!({
        "account": {"id": "111"},
        "payment": {"items": ticked.collect::<Vec<_>>()},
        "other": {"items": other},
        "cashback": {"items": cash_back},
    })
}

#[tokio::test]
async fn a_deposit_is_reckoned_from_its_lines_and_takes_each_payment_once() {
    let lab = Lab::start().await;
    let buyer = lab.customer("a").await;
    let first = take(&lab, buyer, "d1", None).await;
    let straight = take(&lab, buyer, "d2", Some("101")).await;
    let url = format!("{RECORDS}/deposit");
    let line = |amount: f64| json!([{"account": {"id": "112"}, "amount": amount}]);
    let none = json!([]);
    for (body, why) in [
        (
            deposit(&[straight], &none, &none),
            "Invalid deposit reference key",
        ),
        (
            deposit(&[first, first], &none, &none),
            "Invalid deposit reference key",
        ),
        (
            deposit(&[buyer], &none, &none),
            "Invalid deposit reference key",
        ),
        (deposit(&[first], &none, &line(20.0)), "cannot be negative"),
        (deposit(&[], &none, &none), "at least one line item"),
        (deposit(&[first], &json!([{"amount": 1}]), &none), "Account"),
    ] {
        let refused = lab.post(&url, &body).await;
        assert!(refused.error().1.contains(why), "{refused:?}: {why}");
    }
    let body = deposit(&[first], &line(0.5), &line(1.24));
    let banked = lab.post(&url, &body).await.saved();
    let stored = lab.get(&format!("{url}/{banked}")).await.body;
    assert_eq!(stored["total"].to_string(), "19.25");
    let again = lab.post(&url, &deposit(&[first], &none, &none)).await;
    assert!(again.error().1.contains("Invalid deposit reference key"));
    assert!(
        !lab.account().delete(first),
        "a payment at the bank is there"
    );
    let links = "SELECT l.previousdoc AS payment FROM previoustransactionlinelink l JOIN transaction t ON t.id = l.nextdoc WHERE t.type = 'Deposit'";
    let linked = lab.query(links, &[]).await;
    assert_eq!(linked.len(), 1, "{banked}");
    assert_eq!(linked[0]["payment"], json!(first.to_string()));
}
