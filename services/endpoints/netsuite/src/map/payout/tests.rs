use std::collections::BTreeSet;

use commerce::{ConnectionId, ExternalId, OrderRef, PayoutLineKind};
use serde_json::{Value, json};

use super::*;
use crate::wire::FundRow;

fn usd(text: &str) -> Money {
    Money::parse(text, "USD").unwrap()
}

fn id(text: &str) -> ExternalId {
    ExternalId::new(text).unwrap()
}

fn shop() -> ConnectionId {
    ConnectionId::new("shop").unwrap()
}

/// `["charge", "100.00", "3.20", {"order": "1", "transaction": "91", "refund": "501"}]`; its place from 1 is its id.
fn payout(lines: &Value) -> Payout {
    let line = |(place, line): (usize, &Value)| {
        let (gross, fee) = (
            usd(line[1].as_str().unwrap()),
            usd(line[2].as_str().unwrap()),
        );
        let part = |name: &str| line[3][name].as_str();
        PayoutLine {
            id: id(&(place + 1).to_string()),
            kind: PayoutLineKind::of(line[0].as_str().unwrap()),
            at: jiff::Timestamp::UNIX_EPOCH,
            gross,
            fee,
            net: gross.minus(fee).unwrap(),
            order: part("order").map(|order| OrderRef {
                id: id(order),
                key: None,
            }),
            order_number: part("order").map(|order| format!("#{order}")),
            transaction: part("transaction").map(id),
            refund: part("refund").map(id),
            reason: None,
        }
    };
    let all = lines.as_array().unwrap().iter().enumerate();
    let lines: Vec<PayoutLine> = all.map(line).collect();
    let net = lines
        .iter()
        .fold(usd("0"), |sum, line| sum.plus(line.net).unwrap());
    Payout {
        number: "TRACE-88".to_owned(),
        date: "2026-03-02".parse().unwrap(),
        status: "paid".to_owned(),
        net,
        lines,
    }
}

/// `["601", "CashSale", "shop-1", "100"]`, and what it was made of and what else its row says.
fn row(words: &Value) -> FundRow {
    let mut row = json!({ "id": words[0], "type": words[1], "tranid": format!("N{}", words[0].as_str().unwrap()),
        "externalid": words[2], "total": words[3], "currency": "1" });
    for (name, value) in words[4].as_object().into_iter().flatten() {
        row[name] = value.clone();
    }
    serde_json::from_value(row).unwrap()
}

fn funds(rows: &Value) -> Funds {
    let (mut funds, mut made) = (Funds::default(), Vec::new());
    let mut by_key = Vec::new();
    for row in rows.as_array().unwrap().iter().map(row) {
        if row.made_of.is_some() {
            made.push(row);
        } else {
            by_key.push(row);
        }
    }
    funds.take(by_key);
    funds.follow(made);
    funds
}

fn match_with(payout: &Payout, funds: &Funds, past_undeposited: bool) -> Matched {
    let from = shop();
    let matching = Matching {
        funds,
        from: &from,
        currency: Some("1"),
        past_undeposited,
    };
    matched(payout, matching)
}

fn settings(json: &Value) -> Payouts {
    serde_json::from_value(json.clone()).unwrap()
}

#[test]
fn each_line_is_the_payment_it_settles() {
    let charge =
        |order: &str, transaction: &str| json!({"order": order, "transaction": transaction});
    let refund =
        |order: &str, refund: &str| json!({"order": order, "transaction": "95", "refund": refund});
    let off = "is off";
    // (lines, what NetSuite has, payments, a part of the reason of the first line that is none)
    let cases = [
        // Its own customer deposit.
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([
                ["600", "SalesOrd", "shop-1", "100"],
                ["601", "CustDep", "shop-deposit-1__91", "100"]
            ]),
            &["601"][..],
            off,
        ),
        // The deposit under its key and no other of the same amount.
        (
            json!([
                ["charge", "50", "1", charge("1", "91")],
                ["charge", "50", "1", charge("1", "92")]
            ]),
            json!([
                ["601", "CustDep", "shop-deposit-1__92", "50"],
                ["602", "CustDep", "shop-deposit-1__91", "50"]
            ]),
            &["602", "601"],
            off,
        ),
        // A cash sale, paid at once or in parts.
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([["601", "CashSale", "shop-1", "100"]]),
            &["601"],
            off,
        ),
        (
            json!([
                ["charge", "60", "3", charge("1", "91")],
                ["charge", "40", "3", charge("1", "92")]
            ]),
            json!([["601", "CashSale", "shop-1", "100"]]),
            &["601"],
            off,
        ),
        // What was made of the order by hand: a cash sale, an invoice that was paid.
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([["600", "SalesOrd", "shop-1", "100"], ["601", "CashSale", null, "100", {"made_of": "600"}]]),
            &["601"],
            off,
        ),
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([["600", "SalesOrd", "shop-1", "100"], ["601", "CustInvc", null, "100", {"made_of": "600"}], ["602", "CustPymt", null, "100", {"made_of": "601"}]]),
            &["602"],
            off,
        ),
        // A refund: the cash refund under its key, the customer refund of its credit memo, one made by hand.
        (
            json!([["refund", "-20", "0", refund("1", "501")]]),
            json!([
                ["600", "CashSale", "shop-1", "100"],
                ["610", "CashRfnd", "shop-refund-501", "20"]
            ]),
            &["610"],
            off,
        ),
        (
            json!([["refund", "-20", "0", refund("1", "501")]]),
            json!([["600", "SalesOrd", "shop-1", "100"], ["610", "CustCred", "shop-refund-501", "20"], ["611", "CustRfnd", null, "20", {"made_of": "610"}]]),
            &["611"],
            off,
        ),
        (
            json!([["refund", "-20", "0", refund("1", "501")]]),
            json!([["600", "CashSale", "shop-1", "100"], ["611", "CashRfnd", null, "20", {"made_of": "600"}]]),
            &["611"],
            off,
        ),
        // What is none.
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([]),
            &[],
            "order #1 is not in NetSuite",
        ),
        (
            json!([["charge", "100", "3", {}]]),
            json!([]),
            &[],
            "belongs to no order",
        ),
        (
            json!([["adjustment", "-5", "0", charge("1", "91")]]),
            json!([["601", "CashSale", "shop-1", "5"]]),
            &[],
            "no payment of an order",
        ),
        (
            json!([["charge", "80", "3", charge("1", "91")]]),
            json!([["601", "CashSale", "shop-1", "100"]]),
            &[],
            "cash sale N601 comes to 100",
        ),
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([["600", "SalesOrd", "shop-1", "100"]]),
            &[],
            "no payment of order #1 (sales order N600)",
        ),
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([["601", "CashSale", "shop-1", "100", {"deposit": "900"}]]),
            &[],
            "is in deposit 900 already",
        ),
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([["601", "CashSale", "shop-1", "100", {"status": "C"}]]),
            &[],
            "does not lie in Undeposited Funds",
        ),
        (
            json!([["charge", "100", "3", charge("1", "91")]]),
            json!([["601", "CashSale", "shop-1", "100", {"currency": "2"}]]),
            &[],
            "another currency",
        ),
        (
            json!([["refund", "-20", "0", refund("1", "501")]]),
            json!([
                ["600", "SalesOrd", "shop-1", "100"],
                ["610", "CustCred", "shop-refund-501", "20"]
            ]),
            &[],
            "the refund is credit memo N610",
        ),
        (
            json!([["refund", "-20", "0", refund("1", "501")]]),
            json!([["600", "CashSale", "shop-1", "100"]]),
            &[],
            "no cash refund or customer refund of order #1",
        ),
    ];
    for (lines, rows, payments, why) in cases {
        let payout = payout(&lines);
        let matched = match_with(&payout, &funds(&rows), false);
        let wanted: BTreeSet<String> = payments.iter().map(|id| (*id).to_owned()).collect();
        let got: BTreeSet<String> = matched.payments.iter().cloned().collect();
        assert_eq!(got, wanted, "{lines} {rows}: {:?}", matched.unmatched);
        assert_eq!(matched.payments.len(), payments.len(), "{lines}: one twice");
        match matched.unmatched.first() {
            None => assert_eq!(why, off, "{lines}"),
            Some(unmatched) => assert!(unmatched.why.contains(why), "{}: {why}", unmatched.why),
        }
    }
}

#[test]
fn of_two_payments_that_look_alike_each_line_has_one() {
    let paid = |transaction: &str| json!({"order": "1", "transaction": transaction});
    let payout = payout(&json!([
        ["charge", "50", "1", paid("91")],
        ["charge", "50", "1", paid("92")]
    ]));
    let rows = json!([["600", "SalesOrd", "shop-1", "100"], ["601", "CashSale", null, "50", {"made_of": "600"}]]);
    let matched = match_with(&payout, &funds(&rows), false);
    assert_eq!(matched.payments, ["601"]);
    assert_eq!(matched.unmatched.len(), 1);
    assert!(matched.unmatched[0].why.contains("stands for another line"));
}

#[test]
fn payments_that_went_past_undeposited_funds_are_told() {
    let payout = payout(&json!([["charge", "100", "3", {"order": "1", "transaction": "91"}]]));
    let rows = json!([["601", "CashSale", "shop-1", "100"]]);
    let matched = match_with(&payout, &funds(&rows), true);
    assert!(matched.unmatched[0].why.contains("orders.payments.account"));
}

#[test]
fn money_is_looked_for_by_links_only_where_it_has_no_key() {
    let paid = |order: &str, transaction: &str| json!({"order": order, "transaction": transaction});
    let payout = payout(&json!([
        ["charge", "1", "0", paid("1", "91")],
        ["charge", "1", "0", paid("2", "92")],
        ["charge", "1", "0", paid("3", "93")],
        ["refund", "-1", "0", {"order": "4", "transaction": "94", "refund": "504"}],
        ["refund", "-1", "0", {"order": "5", "transaction": "95", "refund": "505"}],
        ["adjustment", "-1", "0", paid("6", "96")],
    ]));
    let rows = json!([
        ["1", "SalesOrd", "shop-1", "1"],
        ["11", "CustDep", "shop-deposit-1__91", "1"],
        ["2", "CashSale", "shop-2", "1"],
        ["3", "SalesOrd", "shop-3", "1"],
        ["4", "SalesOrd", "shop-4", "1"],
        ["14", "CustCred", "shop-refund-504", "1"],
        ["5", "CashSale", "shop-5", "1"],
        ["15", "CashRfnd", "shop-refund-505", "1"],
        ["6", "SalesOrd", "shop-6", "1"],
    ]);
    let roots = funds(&rows).roots(&payout, &shop());
    let roots: Vec<&str> = roots.iter().map(InternalId::as_str).collect();
    assert_eq!(roots, ["14", "3", "4"]);
}

fn draft(payout: &Payout, matched: &Matched, settings: &Payouts) -> Result<Value, Fault> {
    let key = TargetKey::of(&shop(), commerce::Kind::Payout, &id("88"));
    let draft = payout_draft(payout, &key, &Assignments::default(), matched, settings)?;
    assert_eq!((draft.record, draft.total), ("deposit", payout.net));
    Ok(serde_json::from_slice(&draft.body(None)?).unwrap())
}

fn unmatched(line: &str) -> matching::Unmatched {
    matching::Unmatched {
        line: id(line),
        why: "it is not there".to_owned(),
    }
}

#[test]
fn fees_and_unmatched_lines_have_accounts_and_all_comes_to_the_net() {
    let payout = payout(&json!([
        ["charge", "100", "3.20", {"order": "1"}],
        ["refund", "-20", "-0.30", {"order": "1"}],
        ["adjustment", "5", "0", {}],
        ["shipping_label", "-6.25", "0", {}],
        ["fee", "-15", "0", {}],
    ]));
    let matched = Matched {
        payments: vec!["601".to_owned(), "610".to_owned()],
        unmatched: ["3", "4", "5"].map(unmatched).to_vec(),
    };
    let settings = settings(&json!({
        "account": 111, "fee_account": 112, "accounts": { "shipping_label": 113, "unmatched": 114 },
    }));
    let body = draft(&payout, &matched, &settings).unwrap();
    assert_eq!(
        body,
        json!({
            "externalId": "shop-payout-88", "account": {"id": "111"}, "tranDate": "2026-03-02",
            "memo": "Payout TRACE-88 of 2026-03-02",
            "payment": {"items": [{"id": 601, "deposit": true}, {"id": 610, "deposit": true}]},
            "other": {"items": [{"account": {"id": "114"}, "amount": 5, "memo": "adjustment (line 3)"}]},
            "cashback": {"items": [
                {"account": {"id": "112"}, "amount": 2.9, "memo": "Fees"},
                {"account": {"id": "113"}, "amount": 6.25, "memo": "shipping_label (line 4)"},
                {"account": {"id": "112"}, "amount": 15, "memo": "fee (line 5)"},
            ]},
        })
    );
}

#[test]
fn what_has_no_account_is_named_with_its_amount() {
    let payout = payout(&json!([
        ["charge", "100", "3.20", {"order": "7"}],
        ["dispute", "-40", "0", {"order": "8"}],
    ]));
    let matched = Matched {
        payments: Vec::new(),
        unmatched: ["1", "2"].map(unmatched).to_vec(),
    };
    let all = json!({"account": 111, "fee_account": 112, "accounts": {"dispute": 115}});
    for (without, named) in [
        (
            "",
            &[
                "1 of the payout's 2 lines",
                "100",
                "charge of order #7 (line 1): it is not there",
                "payouts.accounts",
            ][..],
        ),
        (
            "accounts",
            &[
                "2 of the payout's 2 lines",
                "60.00 USD in all",
                "dispute of order #8",
            ],
        ),
        ("fee_account", &["3.20", "payouts.fee_account"]),
        ("account", &["payouts.account"]),
    ] {
        let mut some = all.clone();
        some.as_object_mut().unwrap().remove(without);
        let why = draft(&payout, &matched, &settings(&some))
            .unwrap_err()
            .to_string();
        for part in named {
            assert!(why.contains(part), "{why}: {part}");
        }
    }
}

#[test]
fn money_taken_from_the_bank_is_for_a_person() {
    let payout = payout(&json!([["refund", "-40", "0", {}]]));
    let settings = settings(&json!({"account": 111, "accounts": {"unmatched": 5}}));
    let why = draft(&payout, &Matched::default(), &settings).unwrap_err();
    assert!(matches!(why, Fault::Held { .. }));
}

#[test]
fn each_currency_has_its_bank_account() {
    let settings = settings(&json!({"account": 1, "account_by_currency": {"EUR": 2}}));
    for (currency, account) in [("EUR", "2"), ("USD", "1")] {
        let currency = commerce::Currency::from_code(currency).unwrap();
        assert_eq!(settings.bank(currency).unwrap().as_str(), account);
    }
}
