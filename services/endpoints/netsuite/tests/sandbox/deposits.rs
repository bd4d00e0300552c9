//! What was captured for a sales order is one customer deposit of it per payment, once and to the cent.

use sandbox::netsuite::Record as Kept;

use super::*;

fn settings(payments: Value) -> Value {
    json!({"orders": {
        "record": {"point_of_sale": "cash_sale"},
        "customer": {"subsidiary": 1},
        "location": 1,
        "payments": payments,
    }})
}

fn deposits_to_the_bank() -> Value {
    settings(json!({
        "deposits": true, "account": 101, "methods": {"visa": 5, "paypal": 7}, "gift_cards": 102,
    }))
}

fn order(lab: &Lab, id: &str, change: Value) -> Write {
    let mut words = json!({
        "id": id, "customer": format!("7{id}"), "email": format!("{id}@b.example"), "first": "Ada", "last": format!("Byron {id}"),
        "lines": [[lab.skus[2].0, 2, "30.00"]],
        "paid": [["5001", "visa", "19.99"], ["5002", "paypal", "10.01"]],
    });
    for (name, value) in change.as_object().unwrap() {
        words[name] = value.clone();
    }
    common::order::write(&words)
}

fn kept(lab: &Lab) -> Vec<Arc<Kept>> {
    lab.account().records("customerDeposit")
}

fn bound(lab: &Lab, id: &str, change: Value) -> Write {
    let key = format!("shop-{id}");
    let twin = lab.account().by_external_id("salesOrder", &key).unwrap();
    let mut write = order(lab, id, change);
    write.bound = Some(ports::Twin {
        id: commerce::ExternalId::new(twin.id.to_string()).unwrap(),
        number: None,
    });
    write
}

#[tokio::test]
async fn each_captured_payment_is_one_deposit_of_its_order() {
    let lab = Lab::start(deposits_to_the_bank()).await;
    let first = order(
        &lab,
        "0",
        json!({"paid": [["1", "visa", "30.00", "authorized"]]}),
    );
    assert_eq!(lab.effects(&[first]).await, [Effect::Created]);
    assert!(kept(&lab).is_empty());
    let batch: Vec<Write> = (1..=20)
        .map(|number| order(&lab, &number.to_string(), json!({})))
        .collect();
    lab.account().meter().reset();
    assert_eq!(lab.effects(&batch).await, [Effect::Created; 20]);
    // Customers: one look, one each; sales orders: one each, one look; deposits: two each, one look.
    assert_eq!(lab.requests(), 83);
    assert_eq!(kept(&lab).len(), 40);
    for deposit in kept(&lab) {
        let key = deposit.external_id.as_deref().unwrap();
        let (order, payment) = key
            .strip_prefix("shop-deposit-")
            .unwrap()
            .split_once("__")
            .unwrap();
        let order = format!("shop-{order}");
        let order = lab.account().by_external_id("salesOrder", &order).unwrap();
        let id = |name: &str| deposit.reference(name);
        assert_eq!(id("salesOrder"), i64::try_from(order.id).ok());
        assert_eq!(id("customer"), order.reference("entity"));
        let (amount, option) = match payment {
            "5001" => ("19.99", 5),
            _ => ("10.01", 7),
        };
        assert_eq!(deposit.number("payment").to_string(), amount);
        assert_eq!(
            (id("paymentOption"), id("account")),
            (Some(option), Some(101))
        );
        assert!(deposit.text("memo").unwrap().contains(payment));
    }
    assert_eq!(lab.effects(&batch).await, [Effect::AlreadyThere; 20]);
    assert_eq!(kept(&lab).len(), 40);
}

#[tokio::test]
async fn what_is_captured_later_is_deposited_then() {
    let lab = Lab::start(deposits_to_the_bank()).await;
    let reserved = json!({"paid": [["5001", "visa", "30.00", "authorized"]]});
    lab.effects(&[order(&lab, "1", reserved)]).await;
    let taken =
        json!({"paid": [["5009", "visa", "12.34"], ["5010", "gift_card", "17.66", "gift_card"]]});
    let change = bound(&lab, "1", taken);
    assert_eq!(
        lab.effects(std::slice::from_ref(&change)).await,
        [Effect::Updated]
    );
    assert_eq!(lab.effects(&[change]).await, [Effect::Unchanged]);
    let amounts: Vec<_> = kept(&lab)
        .iter()
        .map(|one| (one.number("payment").to_string(), one.reference("account")))
        .collect();
    let expected = [("12.34", Some(101)), ("17.66", Some(102))];
    assert_eq!(
        amounts,
        expected.map(|(amount, account)| (amount.to_owned(), account))
    );
}

#[tokio::test]
async fn without_settings_the_money_waits_to_be_deposited_or_is_none() {
    for (payments, expected) in [(json!({}), 0), (json!({"deposits": true}), 2)] {
        let lab = Lab::start(settings(payments)).await;
        let card = json!({"paid": [["5001", "visa", "20.00"], ["5002", "x", "5.00"], ["5003", "gift_card", "5.00", "gift_card"]]});
        let counter = json!({"channel": "pos", "paid": [["5001", "cash", "30.00"]]});
        let writes = [order(&lab, "1", card), order(&lab, "2", counter)];
        assert_eq!(lab.effects(&writes).await, [Effect::Created; 2]);
        assert_eq!(lab.account().records("cashSale").len(), 1);
        assert_eq!(kept(&lab).len(), expected);
        for deposit in kept(&lab) {
            assert_eq!(deposit.status, "B");
            assert_eq!(deposit.get("paymentOption"), None);
        }
    }
}

#[tokio::test]
async fn unknown_means_hold_the_order_before_anything_is_written() {
    let lab = Lab::start(deposits_to_the_bank()).await;
    let write = order(&lab, "1", json!({"paid": [["5001", "wire", "30.00"]]}));
    let told = lab.write(&[write]).await.remove(0).unwrap_err().to_string();
    assert!(
        told.contains("'wire'") && told.contains("orders.payments.methods"),
        "{told}"
    );
    assert!(lab.account().records("salesOrder").is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_the_rest_goes_on() {
    for (mishap, landed) in [
        (Mishap::FailAfter, true),
        (Mishap::CutAfter, true),
        (Mishap::CutBefore, false),
        (Mishap::Refuse, false),
    ] {
        let lab = Lab::start(deposits_to_the_bank()).await;
        let rule = Rule::always(mishap)
            .method("POST")
            .target("/customerDeposit");
        lab.account().faults().set(vec![rule]);
        let write = order(&lab, "1", json!({}));
        let result = lab.write(std::slice::from_ref(&write)).await.remove(0);
        assert!(
            matches!(result, Err(Fault::Uncertain { .. })),
            "{mishap:?}: {result:?}"
        );
        lab.account().faults().set(Vec::new());
        let sink = lab.connected.sink.as_ref().unwrap();
        let found = sink
            .locate(std::slice::from_ref(&write))
            .await
            .remove(0)
            .unwrap()
            .unwrap();
        let effect = if landed {
            Effect::AlreadyThere
        } else {
            Effect::Unfinished
        };
        assert_eq!(
            (found.effect, found.discrepancy),
            (effect, None),
            "{mishap:?}"
        );
        // What landed in part goes on as a change.
        let again = bound(&lab, "1", json!({}));
        let located = sink
            .locate(std::slice::from_ref(&again))
            .await
            .remove(0)
            .unwrap();
        assert_eq!(located.is_some(), landed, "{mishap:?}");
        let effect = if landed {
            Effect::Unchanged
        } else {
            Effect::Updated
        };
        assert_eq!(lab.effects(&[again]).await, [effect], "{mishap:?}");
        assert_eq!(lab.account().records("salesOrder").len(), 1);
        assert_eq!(kept(&lab).len(), 2, "{mishap:?}");
    }
}

#[tokio::test]
async fn what_netsuite_refuses_wants_a_person_and_leaves_the_order_bound() {
    let lab = Lab::with(deposits_to_the_bank(), |options| {
        options.netsuite.settings.closed_before = "2026-03-01".parse().ok();
    })
    .await;
    let early = json!({"paid": [["5001", "visa", "19.99", "captured", "2026-02-01T12:00:00Z"], ["5002", "visa", "10.01"]]});
    let written = lab
        .write(&[order(&lab, "1", early.clone())])
        .await
        .remove(0)
        .unwrap();
    let told = written.discrepancy.unwrap();
    assert!(told.contains("a payment was not booked"), "{told}");
    assert_eq!(kept(&lab).len(), 1);
    let mut now = lab.account().settings();
    now.closed_before = None;
    lab.account().set(now);
    let again = bound(&lab, "1", early);
    assert_eq!(lab.effects(&[again]).await, [Effect::Updated]);
    assert_eq!(kept(&lab).len(), 2);
}
