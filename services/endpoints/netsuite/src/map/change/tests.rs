use std::collections::HashMap;

use commerce::{Amount, ExternalId, LineKind, Money, Order, OrderLine, OrderState, Sku};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::*;
use crate::map::order::{Article, Articles, Currencies, aim};
use crate::map::settings::Orders;
use crate::wire::{OrderLineRow, StandingRow};

fn money(text: &str) -> Amount {
    Amount::same(Money::parse(text, "USD").unwrap())
}

/// Lines as `(id, SKU, units, amount, discount)`.
type Told<'a> = (&'a str, &'a str, i64, &'a str, &'a str);

fn order(lines: &[Told<'_>]) -> Order {
    let line = |(id, sku, units, amount, off): &Told<'_>| OrderLine {
        id: ExternalId::new(*id).unwrap(),
        kind: LineKind::Item {
            sku: Sku::new(*sku).unwrap(),
        },
        title: (*sku).to_owned(),
        quantity: Decimal::from(*units),
        unit_price: money("0"),
        amount: money(amount),
        discounts: vec![commerce::Discount {
            code: None,
            title: None,
            amount: money(off),
        }],
        taxes: Vec::new(),
    };
    let mut order = Order {
        number: "#1".to_owned(),
        placed_at: "2026-03-02T18:00:00Z".parse().unwrap(),
        state: OrderState::Open,
        test: false,
        customer: None,
        billing: None,
        shipping: None,
        shop_currency: commerce::Currency::USD,
        presentment_currency: commerce::Currency::USD,
        taxes_included: false,
        lines: lines.iter().map(line).collect(),
        payments: Vec::new(),
        total: money("0"),
        channel: None,
        note: None,
        tags: Vec::new(),
        company: None,
        payment_terms: None,
        fulfilled: false,
        sold_at: None,
        on_hold: false,
        high_risk: false,
    };
    order.total = Amount::same(order.total_check(commerce::Side::Shop).unwrap().computed);
    order
}

/// Lines as `(item, units, amount, done, closed, shop's line)`.
type There<'a> = (&'a str, i64, &'a str, i64, &'a str, Option<&'a str>);

fn standing(status: &str, lines: &[There<'_>]) -> SaleThere {
    let head = json!({"id": "1", "foreigntotal": "0", "status": status});
    let head: StandingRow = serde_json::from_value(head).unwrap();
    let rows: Vec<OrderLineRow> = lines
        .iter()
        .enumerate()
        .map(|(place, (item, units, amount, done, closed, source))| {
            let amount: Decimal = amount.parse().unwrap();
            serde_json::from_value(json!({
                "sales_order": "1", "line": (place + 1).to_string(), "item": item, "quantity": (-units).to_string(),
                "amount": (-amount).to_string(), "shipped": done, "closed": closed, "shop_line": source,
            }))
            .unwrap()
        })
        .collect();
    SaleThere::read(&head, &rows).unwrap()
}

fn plan(settings: Value, lines: &[Told<'_>], there: &SaleThere) -> Plan {
    let orders: Orders = serde_json::from_value(settings).unwrap();
    let one = |(sku, id): (&str, &str)| (Sku::new(sku).unwrap(), Article::One(id.to_owned()));
    let articles: Articles = [("A", "10"), ("B", "20")].map(one).into();
    let terms = Terms {
        orders: &orders,
        articles: &articles,
        currencies: &Currencies::ByCode(HashMap::from([("USD".to_owned(), "1".to_owned())])),
        zone: &TimeZone::UTC,
    };
    let aim = aim(&order(lines), None, terms).unwrap();
    amend(&aim, there, &Assignments::default(), terms).unwrap()
}

fn written(plan: Plan) -> (Vec<Value>, Option<String>) {
    let Plan::Write(patch) = plan else {
        panic!("{plan:?}")
    };
    let body: Value = serde_json::from_slice(&patch.body().unwrap()).unwrap();
    let items = body["item"]["items"].as_array();
    (items.cloned().unwrap_or_default(), patch.replace)
}

fn why(plan: Plan) -> String {
    match plan {
        Plan::Hold(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_of_one_article_are_told_apart_by_what_they_say() {
    let there = standing(
        "B",
        &[("10", 2, "20", 0, "F", None), ("10", 3, "27", 0, "F", None)],
    );
    let same = [("x", "A", 3, "27", "0"), ("y", "A", 2, "20", "0")];
    assert_eq!(plan(json!({}), &same, &there), Plan::Same);
    let one_more = [("x", "A", 2, "20", "0"), ("y", "A", 4, "36", "0")];
    let (lines, _) = written(plan(json!({}), &one_more, &there));
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (&lines[0]["line"], &lines[0]["quantity"]),
        (&json!(2), &json!(4))
    );
}

#[test]
fn a_line_that_is_there_twice_is_taken_away_once() {
    let told = [("x", "A", 2, "20", "0")];
    for source in [None, Some("x")] {
        let line = ("10", 2, "20", 0, "F", source);
        let settings = json!({"line_field": source.map(|_| "custcol_line")});
        let (lines, _) = written(plan(settings, &told, &standing("B", &[line, line])));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["isClosed"], json!(true));
    }
}

#[test]
fn nothing_is_guessed_where_something_is_done() {
    let both = [("x", "A", 1, "10", "0"), ("y", "A", 4, "36", "0")];
    let untouched = [("10", 2, "20", 0, "F", None), ("10", 3, "27", 0, "F", None)];
    assert_eq!(
        written(plan(json!({}), &both, &standing("B", &untouched)))
            .0
            .len(),
        2
    );
    let begun = [("10", 2, "20", 1, "F", None), ("10", 3, "27", 0, "F", None)];
    let text = why(plan(json!({}), &both, &standing("D", &begun)));
    assert!(text.contains("nothing tells which line is which"), "{text}");
    // The shop's line ids tell.
    let known = [
        ("10", 3, "27", 0, "F", Some("y")),
        ("10", 2, "20", 1, "F", Some("x")),
    ];
    let settings = json!({"line_field": "custcol_line"});
    let (lines, _) = written(plan(settings, &both, &standing("D", &known)));
    assert_eq!(
        (&lines[0]["line"], &lines[0]["quantity"]),
        (&json!(2), &json!(1))
    );
}

#[test]
fn what_people_put_in_stays() {
    let lines = [
        ("10", 1, "10", 0, "F", Some("x")),
        ("20", 1, "0", 0, "F", None),
    ];
    let there = standing("B", &lines);
    let told = [("x", "A", 1, "10", "0")];
    assert_eq!(
        plan(json!({"line_field": "custcol_line"}), &told, &there),
        Plan::Same
    );
}

#[test]
fn a_discount_behind_a_line_has_all_lines_written_anew() {
    let settings = || json!({"items": {"discount": 901}});
    let told = [("x", "A", 1, "10", "2"), ("y", "B", 1, "10", "0")];
    let fresh = [("10", 1, "10", 0, "F", None), ("20", 1, "10", 0, "F", None)];
    let (lines, replace) = written(plan(settings(), &told, &standing("B", &fresh)));
    let items: Vec<&Value> = lines.iter().map(|line| &line["item"]["id"]).collect();
    assert_eq!(items, ["10", "901", "20"]);
    assert!(lines.iter().all(|line| line.get("line").is_none()));
    assert_eq!(replace.as_deref(), Some("item"));
    let begun = [("10", 1, "10", 0, "F", None), ("20", 2, "20", 1, "F", None)];
    let text = why(plan(settings(), &told, &standing("D", &begun)));
    assert!(text.contains("cannot be written anew"), "{text}");
}

#[test]
fn discounts_stay_with_their_lines() {
    let settings = json!({"items": {"discount": 901}});
    let there = [
        ("10", 1, "10", 0, "F", None),
        ("901", 0, "-5", 0, "F", None),
        ("20", 1, "10", 0, "F", None),
        ("901", 0, "-3", 0, "F", None),
    ];
    let told = [("y", "B", 1, "10", "4")];
    let (lines, replace) = written(plan(settings, &told, &standing("B", &there)));
    assert_eq!(replace, None);
    let mut amounts: Vec<(u64, i64)> = lines
        .iter()
        .map(|line| {
            (
                line["line"].as_u64().unwrap(),
                line["amount"].as_i64().unwrap(),
            )
        })
        .collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [(1, 0), (2, 0), (4, -4)]);
}

#[test]
fn a_line_that_people_closed_takes_no_more_units() {
    let there = standing(
        "B",
        &[("10", 2, "20", 0, "T", None), ("20", 1, "5", 0, "F", None)],
    );
    let told = [("x", "A", 3, "30", "0"), ("y", "B", 1, "5", "0")];
    let text = why(plan(json!({}), &told, &there));
    assert!(text.contains("closed in NetSuite"), "{text}");
    let there = standing(
        "B",
        &[("10", 0, "0", 0, "T", None), ("20", 1, "5", 0, "F", None)],
    );
    let (lines, _) = written(plan(json!({}), &told, &there));
    assert_eq!(
        lines[0]["isClosed"],
        json!(false),
        "taken away by us, and back"
    );
}

#[test]
fn an_order_that_has_begun_is_not_called_off() {
    let begun = standing("E", &[("10", 2, "20", 1, "F", None)]);
    assert!(why(call_off(&begun, &Orders::default())).contains("Choices: close what is open"));
    let (lines, _) = written(call_off(
        &standing("A", &[("10", 2, "20", 0, "F", None)]),
        &Orders::default(),
    ));
    assert_eq!(lines, [json!({"line": 1, "isClosed": true})]);
    assert_eq!(
        call_off(&standing("H", &[]), &Orders::default()),
        Plan::Same
    );
}
