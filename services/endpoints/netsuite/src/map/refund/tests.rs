use commerce::{Amount, ExternalId, Money, OrderRef, Repayment, Restock, TargetKey as Key};
use serde_json::{Value, json};

mod returns;

use super::*;
use crate::map::order::{Article, Articles, Currencies};
use crate::map::settings::Unbilled;
use crate::wire::BillRow;

fn eur(text: &str) -> Amount {
    Amount::same(Money::parse(text, "EUR").unwrap())
}

fn id(text: &str) -> ExternalId {
    ExternalId::new(text).unwrap()
}

fn line(kind: LineKind, amount: &str, tax: &str, restock: Restock) -> RefundLine {
    RefundLine {
        id: id("71"),
        order_line: id("11"),
        kind,
        title: "Tea".to_owned(),
        quantity: Decimal::ONE,
        amount: eur(amount),
        taxes: vec![TaxLine {
            title: "VAT".to_owned(),
            rate: Some("0.1".parse().unwrap()),
            amount: eur(tax),
            remitted_by_channel: false,
        }],
        restock,
        location: Some(id("61")),
    }
}

fn tea() -> LineKind {
    LineKind::Item {
        sku: Sku::new("TEA-1").unwrap(),
    }
}

fn refund(taxes_included: bool) -> Refund {
    let method = "STD".to_owned();
    let mut refund = Refund {
        number: "#1001-R1".to_owned(),
        key: None,
        order: OrderRef {
            id: id("1001"),
            key: None,
        },
        order_number: "#1001".to_owned(),
        at: "2026-03-03T02:00:00Z".parse().unwrap(),
        test: false,
        taxes_included,
        lines: vec![
            line(tea(), "22.00", "2.00", Restock::Returned),
            line(tea(), "11.00", "1.00", Restock::No),
            line(LineKind::Shipping { method }, "5.50", "0.50", Restock::No),
        ],
        adjustments: vec![Adjustment {
            id: id("91"),
            reason: None,
            amount: eur("-3.00"),
            tax: eur("0"),
        }],
        transactions: Vec::new(),
        total: eur("0"),
        order_total: eur("100"),
        refunded_before: eur("0"),
        note: Some("cold".to_owned()),
    };
    for (place, line) in refund.lines.iter_mut().enumerate() {
        line.id = id(&(71 + place).to_string());
    }
    refund.total = Amount::same(refund.total_check(Side::Shop).unwrap().computed);
    refund
}

fn sold() -> SoldRow {
    let row = json!({"id": "901", "tranid": "SO901", "foreigntotal": "100", "entity": "55"});
    serde_json::from_value(row).unwrap()
}

fn mapped(refund: &Refund, orders: Value, refunds: Value) -> Result<Value, Fault> {
    given(refund, (orders, refunds), (Credit::Memo, &[]), json!({}))
}

/// The body of what the refund becomes: taken from these deposits, or applied to these invoices.
fn given(
    refund: &Refund,
    (orders, refunds): (Value, Value),
    (credit, applied): (Credit, &[Applied]),
    set: Value,
) -> Result<Value, Fault> {
    let orders: Orders = serde_json::from_value(orders).unwrap();
    let refunds: Refunds = serde_json::from_value(refunds).unwrap();
    let tea = Sku::new("TEA-1").unwrap();
    let articles = Articles::from([(tea, Article::One("201".to_owned()))]);
    let currencies = Currencies::ByCode([("EUR".to_owned(), "4".to_owned())].into());
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let terms = Terms {
        orders: &orders,
        articles: &articles,
        currencies: &currencies,
        zone: &zone,
    };
    let shop = commerce::ConnectionId::new("shop").unwrap();
    let key = Key::of(&shop, commerce::Kind::Refund, &id("501"));
    let giving = Giving {
        refunds: &refunds,
        order: &sold(),
        credit,
        applied,
        returned: false,
    };
    let set = Assignments {
        header: serde_json::from_value(set).unwrap(),
        ..Assignments::default()
    };
    let draft = refund_draft(refund, &key, &set, terms, giving)?;
    Ok(serde_json::from_slice(&draft.body(None)?).unwrap())
}

fn applied(amounts: &[&str]) -> Vec<Applied> {
    let one = |(place, amount): (usize, &&str)| Applied {
        doc: (950 + place).to_string(),
        amount: amount.parse().unwrap(),
    };
    amounts.iter().enumerate().map(one).collect()
}

fn memo(refund: &Refund, applied: &[Applied]) -> Value {
    let orders = json!({"tax": {"line": {"item": 902}}});
    let credit = (Credit::Memo, applied);
    given(refund, (orders, everything()), credit, json!({})).unwrap()
}

fn orders_with_deposits() -> Value {
    json!({"payments": {"deposits": true, "account": 101, "methods": {"visa": 5, "paypal": 7}}})
}

/// A refund that went back by these means, taken from deposits of these amounts.
fn paid_back(
    means: &[(&str, &str, &str)],
    orders: Value,
    deposits: &[&str],
) -> Result<Value, Fault> {
    let repayment = |(number, method, amount): &(&str, &str, &str)| Repayment {
        id: id(number),
        method: (*method).to_owned(),
        amount: eur(amount),
        at: "2026-03-03T02:00:00Z".parse().unwrap(),
    };
    let mut refund = refund(false);
    refund.transactions = means.iter().map(repayment).collect();
    let set = json!({"memo": "ours", "otherRefNum": "PO", "custbody_x": "y"});
    let credit = (Credit::CustomerRefund, &applied(deposits)[..]);
    given(&refund, (orders, json!({})), credit, set)
}

#[test]
fn what_was_deposited_is_given_back_of_the_deposits() {
    let means = [("1", "visa", "10.00"), ("2", "paypal", "29.00")];
    let body = paid_back(&means, orders_with_deposits(), &["20", "19"]).unwrap();
    let expected = json!({
        "externalId": "shop-refund-501", "tranDate": "2026-03-02", "memo": "ours", "custbody_x": "y",
        "customer": {"id": "55"}, "currency": {"id": "4"}, "account": {"id": "101"}, "paymentOption": {"id": "7"},
        "deposit": {"items": [
            {"doc": {"id": "950"}, "apply": true, "amount": 20},
            {"doc": {"id": "951"}, "apply": true, "amount": 19},
        ]},
    });
    assert_eq!(body, expected);
}

#[test]
fn no_more_is_given_back_than_the_deposits_have_left() {
    let cards = |account: Value| {
        let mut orders = orders_with_deposits();
        orders["payments"]["gift_cards"] = account;
        orders
    };
    let (none, own) = (cards(Value::Null), cards(json!(102)));
    let both: &[_] = &[("1", "visa", "30.00"), ("2", "gift_card", "9.00")];
    let card: &[_] = &[("2", "gift_card", "39.00")];
    let wire: &[_] = &[("1", "wire", "39.00")];
    // (means, settings, deposits) -> the account, or the words of why it is held
    for (means, orders, deposits, expected) in [
        (both, &none, &["30.00"][..], Ok("101")),
        (both, &none, &["29.99"], Err("29.99 EUR are left")),
        (both, &own, &["39.00"], Err("different accounts")),
        (card, &own, &["39.00"], Ok("102")),
        (wire, &own, &["39.00"], Err("'wire'")),
        (&[], &own, &["39.00"], Ok("101")),
        (&[], &own, &[], Err("0 EUR are left")),
    ] {
        let got = paid_back(means, orders.clone(), deposits);
        match (got, expected) {
            (Ok(body), Ok(account)) => assert_eq!(body["account"]["id"], account),
            (Err(fault), Err(why)) => assert!(fault.to_string().contains(why), "{fault}"),
            (got, expected) => panic!("{got:?} {expected:?}"),
        }
    }
}

#[test]
fn a_credit_memo_lessens_the_invoices_it_is_applied_to() {
    let body = memo(&refund(false), &applied(&["20", "3.25"]));
    let lines = body["apply"]["items"].as_array().unwrap();
    assert_eq!(
        lines[1],
        json!({"doc": {"id": "951"}, "apply": true, "amount": 3.25})
    );
    assert_eq!(memo(&refund(false), &[])["apply"], Value::Null);
}

fn everything() -> Value {
    json!({"adjustment_item": 903, "locations": {"61": 7}})
}

#[test]
fn every_part_stands_for_itself_and_all_come_to_the_total() {
    for included in [false, true] {
        let orders = json!({"tax": {"line": {"item": 902}}, "shipping": {"item": 904}});
        let refund = refund(included);
        let body = mapped(&refund, orders, everything()).unwrap();
        assert_eq!(body["externalId"], "shop-refund-501");
        assert_eq!(body["tranDate"], "2026-03-02");
        assert_eq!(body["entity"]["id"], "55");
        assert_eq!(body["memo"], "Refund #1001-R1 of #1001 (SO901): cold");
        let lines = body["item"]["items"].as_array().unwrap();
        let items: Vec<&str> = lines
            .iter()
            .map(|line| line["item"]["id"].as_str().unwrap())
            .collect();
        assert_eq!(items, ["201", "903", "904", "903", "902"]);
        assert_eq!(lines[0]["location"]["id"], "7");
        assert_eq!(lines[1]["location"], Value::Null);
        let sum: Decimal = lines
            .iter()
            .map(|line| line["amount"].to_string().parse::<Decimal>().unwrap())
            .sum();
        assert_eq!(sum, refund.total.shop.amount, "included: {included}");
    }
}

#[test]
fn delivery_may_be_a_cost_of_its_own() {
    let body = mapped(
        &refund(false),
        json!({"tax": {"line": {"item": 902}}}),
        everything(),
    );
    let body = body.unwrap();
    assert_eq!(body["shippingCost"].to_string(), "5.5");
    assert_eq!(body["item"]["items"].as_array().unwrap().len(), 4);
}

#[test]
fn what_billing_asks_for() {
    use Unbilled::{CreditMemo, Hold};
    let memo = Ok(Some(Credit::Memo));
    let cash = Ok(Some(Credit::CashRefund));
    let back = Ok(Some(Credit::CustomerRefund));
    // (billed by, deposits are there, called off, setting) -> record, nothing, or held
    for (billing, deposited, off, unbilled, expected) in [
        (Billing::Nothing, false, false, CreditMemo, memo),
        (Billing::Nothing, false, false, Hold, Err(())),
        (Billing::Nothing, false, true, CreditMemo, Ok(None)),
        (Billing::Nothing, false, true, Hold, Ok(None)),
        (Billing::Nothing, true, false, CreditMemo, back),
        (Billing::Nothing, true, false, Hold, back),
        (Billing::Nothing, true, true, CreditMemo, back),
        (Billing::Nothing, true, true, Hold, back),
        (Billing::Invoices, false, false, CreditMemo, memo),
        (Billing::Invoices, true, false, Hold, memo),
        (Billing::Invoices, true, true, Hold, memo),
        (Billing::CashSales, false, false, CreditMemo, cash),
        (Billing::CashSales, true, true, Hold, cash),
        (Billing::Both, false, false, CreditMemo, Err(())),
        (Billing::Both, true, true, Hold, Err(())),
    ] {
        let standing = Standing {
            billing,
            off,
            deposited,
        };
        let got = credit(standing, unbilled).map_err(drop);
        assert_eq!(got, expected, "{standing:?} {unbilled:?}");
    }
}

#[test]
fn billing_follows_from_the_bills_of_the_order_itself() {
    let bill = |order: &str, kind: &str| BillRow {
        order_id: order.to_owned(),
        id: "950".to_owned(),
        unpaid: None,
        r#type: kind.to_owned(),
    };
    for (bills, expected) in [
        (vec![], Billing::Nothing),
        (vec![bill("2", "CustInvc")], Billing::Nothing),
        (
            vec![bill("1", "CustInvc"), bill("1", "CustInvc")],
            Billing::Invoices,
        ),
        (
            vec![bill("1", "CashSale"), bill("2", "CustInvc")],
            Billing::CashSales,
        ),
        (
            vec![bill("1", "CashSale"), bill("1", "CustInvc")],
            Billing::Both,
        ),
    ] {
        let order = SoldRow {
            id: "1".to_owned(),
            ..sold()
        };
        assert_eq!(Billing::of(&order, &bills), expected, "{bills:?}");
    }
    // What became a bill at once is its own.
    for (kind, expected) in [
        ("SalesOrd", Billing::Nothing),
        ("CashSale", Billing::CashSales),
        ("CustInvc", Billing::Invoices),
    ] {
        let order = SoldRow {
            r#type: Some(kind.to_owned()),
            ..sold()
        };
        assert_eq!(Billing::of(&order, &[]), expected, "{kind}");
    }
}

#[test]
fn never_more_than_the_order_came_to_and_nothing_twice() {
    // (sales order, order before refunds, given back before, tolerance) -> the words of why it is held
    let line = json!({"line": {"item": 902}});
    for (order, whole, before, tolerance, tax, why) in [
        ("100", "100", "0", "0", &line, None),
        ("100", "100", "59.50", "0", &line, None),
        ("100", "100", "60.00", "0", &line, Some("more than the")),
        ("100", "100", "60.00", "1", &line, None),
        // Changed after its import, or imported without what was refunded before.
        ("64.50", "100", "0", "0", &line, Some("were taken off it")),
        ("120", "100", "0", "0", &line, None),
        // NetSuite adds the tax itself: its total is no evidence.
        ("90", "100", "0", "0", &json!("none"), None),
        (
            "90",
            "100",
            "70",
            "0",
            &json!("none"),
            Some("more than the"),
        ),
    ] {
        let mut refund = refund(false);
        refund.total = eur("40.50");
        refund.order_total = eur(whole);
        refund.refunded_before = eur(before);
        let orders = json!({"tax": tax, "tolerance": tolerance});
        let orders: Orders = serde_json::from_value(orders).unwrap();
        let sold = SoldRow {
            foreigntotal: Some(order.to_owned()),
            ..sold()
        };
        let told = allowed(&refund, &sold, &orders)
            .err()
            .map(|fault| fault.to_string());
        match (why, &told) {
            (Some(why), Some(told)) => assert!(told.contains(why), "{told}"),
            (why, told) => assert_eq!(why.is_some(), told.is_some(), "{order} {before}: {told:?}"),
        }
    }
    let blind = SoldRow {
        foreigntotal: None,
        ..sold()
    };
    assert!(allowed(&refund(false), &blind, &Orders::default()).is_err());
}

#[test]
fn bodies_use_fields_that_exist() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let file = contracts.join("netsuite/facts/rest-fields-2026.1.json");
    let facts: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let orders = json!({"tax": {"line": {"item": 902, "untaxed_code": -8}}, "subsidiary": 1, "location": 1,
        "shipping": {"default_method": 4}});
    let body = mapped(&refund(false), orders, everything()).unwrap();
    let back = paid_back(&[("1", "visa", "39.00")], orders_with_deposits(), &["50"]);
    let applied = memo(&refund(false), &applied(&["20"]));
    let is_ours = |name: &String| !name.starts_with("cust") || name == "customer";
    for (record, body) in [
        ("creditMemo", &body),
        ("cashRefund", &body),
        ("creditMemo", &applied),
        ("customerRefund", &back.unwrap()),
    ] {
        let fields = body.as_object().unwrap().iter();
        for (name, value) in fields.filter(|(name, _)| is_ours(name)) {
            let known = &facts[record];
            let list = known.get(format!("{name}.items[]"));
            assert!(list.or(known.get(name)).is_some(), "{record}.{name}");
            for field in value["items"].as_array().into_iter().flatten() {
                for name in field.as_object().unwrap().keys() {
                    assert!(list.unwrap().get(name).is_some(), "{record}.{name}");
                }
            }
        }
    }
}
