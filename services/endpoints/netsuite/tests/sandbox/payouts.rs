//! A payout becomes one deposit, to the cent, of the payments that it brings to the bank.

use sandbox::netsuite::{Bill, Record as Kept};

use super::*;

fn settings(payments: Value, payouts: Value) -> Value {
    json!({
        "orders": {
            "record": {"point_of_sale": "cash_sale"},
            "customer": {"subsidiary": 1},
            "location": 1,
            "shipping": {"item": 904},
            "payments": payments,
        },
        "payouts": payouts,
    })
}

fn accounts() -> Value {
    json!({"account": 111, "fee_account": 112, "accounts": {"unmatched": 113}})
}

async fn lab() -> Lab {
    Lab::start(settings(json!({"deposits": true}), accounts())).await
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

fn deposits(lab: &Lab) -> Vec<Arc<Kept>> {
    lab.account().records("deposit")
}

fn held(result: &Result<ports::Written, Fault>) -> &str {
    match result {
        Err(Fault::Held { why }) => why,
        other => panic!("{other:?}"),
    }
}

/// The records that a deposit brings to the bank, by type.
fn brought(lab: &Lab, deposit: &Kept) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    for line in &deposit.sublists["payment"] {
        let id = u64::try_from(line["id"].number().unwrap()).unwrap();
        let kind = [
            "cashSale",
            "customerDeposit",
            "customerPayment",
            "cashRefund",
            "customerRefund",
        ]
        .into_iter()
        .find(|kind| lab.account().record(kind, id).is_some());
        *kinds.entry(kind.unwrap()).or_default() += 1;
    }
    kinds
}

#[tokio::test]
async fn payments_of_every_kind_come_to_the_bank_in_one_deposit() {
    let lab = lab().await;
    let counter = json!({"channel": "pos", "paid": [["5003", "cash", "30.00"]]});
    let unpaid = json!({"paid": []});
    let orders = [
        order(&lab, "1", json!({})),
        order(&lab, "2", counter),
        order(&lab, "3", unpaid.clone()),
        order(&lab, "4", unpaid),
    ];
    let sold = lab.write(&orders).await;
    let sold: Vec<u64> = sold
        .into_iter()
        .map(|one| one.unwrap().twin.id.as_str().parse().unwrap())
        .collect();
    // By hand: one is billed by a cash sale, one by an invoice that is paid.
    let account = lab.account();
    account.bill(sold[2], Bill::CashSale).unwrap();
    let invoice = account.bill(sold[3], Bill::Invoice).unwrap();
    assert!(account.take_payment(invoice, "30.00".parse().unwrap()));
    let back = common::refund::write(
        &json!({"id": "501", "order": "2", "order_total": "30.00", "lines": [[lab.skus[2].0, 1, "15.00", "returned"]]}),
    );
    assert_eq!(lab.effects(&[back]).await, [Effect::Created]);
    let payout = common::payout::write(&json!({"id": "88", "lines": [
        ["charge", "19.99", "0.88", "1", "5001"],
        ["charge", "10.01", "0.59", "1", "5002"],
        ["charge", "30.00", "1.17", "2", "5003"],
        ["charge", "30.00", "1.17", "3", "5004"],
        ["charge", "30.00", "1.17", "4", "5005"],
        ["refund", "-15.00", "0", "2", "5006", "501"],
        ["shipping_label", "-6.20", "0"],
        ["adjustment", "2.00", "0"],
    ]}));
    account.meter().reset();
    assert_eq!(
        lab.effects(std::slice::from_ref(&payout)).await,
        [Effect::Created]
    );
    // What they became, what hangs on those by two links, the deposit itself, and how much it came to.
    assert_eq!(lab.requests(), 5);
    let all = deposits(&lab);
    let [deposit] = &all[..] else {
        panic!("{all:?}")
    };
    assert_eq!(deposit.number("total").to_string(), "95.82");
    assert_eq!(deposit.reference("account"), Some(111));
    let kinds = brought(&lab, deposit);
    let expected = [
        ("cashRefund", 1),
        ("cashSale", 2),
        ("customerDeposit", 2),
        ("customerPayment", 1),
    ];
    assert_eq!(kinds, BTreeMap::from(expected));
    // It is recognised however it comes again: unknown, looked up, or bound.
    assert_eq!(
        lab.effects(std::slice::from_ref(&payout)).await,
        [Effect::AlreadyThere]
    );
    let sink = lab.connected.sink.as_ref().unwrap();
    let found = sink.locate(std::slice::from_ref(&payout)).await.remove(0);
    assert_eq!(found.unwrap().unwrap().discrepancy, None);
    let mut bound = payout.clone();
    let id = deposit.id.to_string();
    bound.bound = Some(ports::Twin {
        id: commerce::ExternalId::new(id).unwrap(),
        number: None,
    });
    assert_eq!(lab.effects(&[bound]).await, [Effect::Unchanged]);
    assert_eq!(deposits(&lab).len(), 1);
}

#[tokio::test]
async fn what_is_in_the_bank_is_not_brought_there_twice() {
    let lab = lab().await;
    lab.effects(&[order(&lab, "1", json!({}))]).await;
    let words = |id: &str| json!({"id": id, "lines": [["charge", "19.99", "0.88", "1", "5001"]]});
    let [first, second] = ["88", "89"].map(|id| common::payout::write(&words(id)));
    // In one batch the second waits until it is known what the first took.
    let results = lab.write(&[first, second.clone()]).await;
    assert!(results[0].is_ok(), "{results:?}");
    assert!(
        matches!(results[1], Err(Fault::Unavailable { .. })),
        "{results:?}"
    );
    assert_eq!(lab.effects(&[second]).await, [Effect::Created]);
    let all = deposits(&lab);
    assert!(!all[1].sublists.contains_key("payment"), "{all:?}");
    assert_eq!(all[1].number("total").to_string(), "19.11");
}

#[tokio::test]
async fn without_an_account_for_them_unmatched_lines_hold_the_payout() {
    let accounts = json!({"account": 111, "fee_account": 112});
    let lab = Lab::start(settings(json!({"deposits": true}), accounts)).await;
    lab.effects(&[order(&lab, "1", json!({}))]).await;
    let payout = common::payout::write(&json!({"id": "88", "lines": [
        ["charge", "19.99", "0.88", "1", "5001"],
        ["charge", "12.00", "0.65", "9", "5901"],
        ["dispute", "-7.00", "0", "1"],
    ]}));
    let result = lab.write(std::slice::from_ref(&payout)).await.remove(0);
    let why = held(&result);
    for part in [
        "2 of the payout's 3 lines",
        "charge of order #9",
        "12",
        "order #9 is not in NetSuite",
        "dispute of order #1",
    ] {
        assert!(why.contains(part), "{why}: {part}");
    }
    assert!(deposits(&lab).is_empty());
    // The order arrives after all, and what is in dispute gets an account.
    lab.effects(&[order(
        &lab,
        "9",
        json!({"paid": [["5901", "visa", "12.00"]]}),
    )])
    .await;
    let connected = lab.reconnected(settings(
        json!({"deposits": true}),
        json!({"account": 111, "fee_account": 112, "accounts": {"dispute": 115}}),
    ));
    let attempt = connected.sink.unwrap().write(&[payout]).await.remove(0);
    assert_eq!(attempt.result.unwrap().effect, Effect::Created);
    assert_eq!(deposits(&lab)[0].number("total").to_string(), "23.46");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_the_deposit_made_once() {
    for (mishap, landed) in [
        (Mishap::FailAfter, true),
        (Mishap::CutAfter, true),
        (Mishap::CutBefore, false),
    ] {
        let lab = lab().await;
        lab.effects(&[order(&lab, "1", json!({}))]).await;
        let payout = common::payout::write(
            &json!({"id": "88", "lines": [["charge", "19.99", "0.88", "1", "5001"]]}),
        );
        let rule = Rule::always(mishap).method("POST").target("/deposit");
        lab.account().faults().set(vec![rule]);
        let result = lab.write(std::slice::from_ref(&payout)).await.remove(0);
        assert!(
            matches!(result, Err(Fault::Uncertain { .. })),
            "{mishap:?}: {result:?}"
        );
        lab.account().faults().set(Vec::new());
        let sink = lab.connected.sink.as_ref().unwrap();
        let found = sink.locate(std::slice::from_ref(&payout)).await.remove(0);
        assert_eq!(found.unwrap().is_some(), landed, "{mishap:?}");
        let effect = if landed {
            Effect::AlreadyThere
        } else {
            Effect::Created
        };
        assert_eq!(lab.effects(&[payout]).await, [effect], "{mishap:?}");
        assert_eq!(deposits(&lab).len(), 1, "{mishap:?}");
    }
}
