//! Rules at every place of a record, in every form, for a target whose fields are known.

use std::collections::BTreeMap;

use causeway_mapping::{
    Choice, Mapped, Mapping, OnUnmapped, Origin, Rule, RuleError, Rules, Table,
};
use commerce::Kind;
use ports::{Assignments, Fields, Place};
use serde_json::{Value, json};

use crate::records::{Tables, a_customer, an_order};

const RECORD: Fields = Fields {
    text: &["memo", "email"],
    number: &["shippingCost"],
    bool: &["toBeEmailed"],
    date: &["shipDate"],
    id: &[
        ("department", "departments"),
        ("shipMethod", "ship_methods"),
    ],
    group: &[],
    custom: Some("custbody"),
};
const CUSTOMER: Fields = Fields {
    text: &["comments"],
    custom: Some("custentity"),
    ..NOTHING
};
const NOTHING: Fields = Fields {
    text: &[],
    number: &[],
    bool: &[],
    date: &[],
    id: &[],
    group: &[],
    custom: None,
};
const ADDRESS: Fields = Fields {
    text: &["attention"],
    ..NOTHING
};

pub(crate) fn fields(place: Place) -> Option<&'static Fields> {
    match place {
        Place::Record => Some(&RECORD),
        Place::Customer => Some(&CUSTOMER),
        Place::ShippingAddress | Place::Address => Some(&ADDRESS),
        Place::Payment => Some(&RECORD),
        Place::Line | Place::BillingAddress => None,
    }
}

fn rules(json: Value) -> Rules {
    serde_json::from_value(json).unwrap()
}

fn compiled(json: Value, tables: &Tables) -> Result<Mapping, RuleError> {
    Mapping::compile_for(&rules(json), tables, Kind::Order, &fields)
}

fn mapped(json: Value) -> Mapped {
    let mapping = compiled(json, &Tables::new()).unwrap_or_else(|error| panic!("{error}"));
    mapping.apply(&an_order())
}

fn set(json: Value) -> Assignments {
    match mapped(json) {
        Mapped::Write(set) => set,
        other => panic!("{other:?}"),
    }
}

/// What a rule sets in that field of the record.
fn value(field: &str, rule: Value) -> Option<Value> {
    set(json!({"set": {field: rule}})).header.remove(field)
}

fn refused(json: Value) -> String {
    match compiled(json, &Tables::new()) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("accepted"),
    }
}

fn held(field: &str, rule: Value) -> String {
    match mapped(json!({"set": {field: rule}})) {
        Mapped::Hold { why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rule_is_an_expression_a_value_a_field_or_a_choice() {
    for (rule, expected) in [
        (json!("order.number"), Some(json!("#1001"))),
        (json!({"expression": "order.number"}), Some(json!("#1001"))),
        (json!({"field": "order.number"}), Some(json!("#1001"))),
        (json!({"field": "source.nowhere.to.be.found"}), None),
        (json!({"value": "web"}), Some(json!("web"))),
        (json!({"value": "web", "when": "order.total < 0"}), None),
        (
            json!([
                {"value": "cheap", "when": "order.total < 0"},
                {"value": "dear", "when": "order.total >= 0"},
                {"value": "none"},
            ]),
            Some(json!("dear")),
        ),
    ] {
        assert_eq!(value("memo", rule.clone()), expected, "{rule}");
    }
}

#[test]
fn each_payment_and_each_address_of_a_book_is_a_place() {
    let paid =
        set(json!({"set_on": {"payment": {"memo": "payment.method + \" \" + order.number"}}}));
    let memos: Vec<_> = paid
        .payments
        .values()
        .map(|fields| &fields["memo"])
        .collect();
    assert_eq!(memos, [&json!("visa #1001")]);
    assert!(paid.lines.is_empty());

    let customer = |json: Value| {
        let rules = rules(json);
        Mapping::compile_for(&rules, &Tables::new(), Kind::Customer, &fields)
    };
    let words = json!({
        "filter": "customer.email_consent != \"invalid\"",
        "set": {"memo": "customer.note ?? customer.tags[0]"},
        "set_on": {"address": {"attention": "address.city"}},
    });
    let Mapped::Write(set) = customer(words).unwrap().apply(&a_customer()) else {
        panic!("not written");
    };
    assert_eq!(set.header["memo"], "vip");
    let towns: Vec<_> = set
        .lines
        .values()
        .map(|fields| &fields["attention"])
        .collect();
    assert_eq!(towns, [&json!("Austin"), &json!("Oslo")]);
    let refused = customer(json!({"set_on": {"payment": {"memo": "1"}}}));
    let why = refused.err().unwrap().to_string();
    assert!(why.contains("a customer has no payment"), "{why}");
}

#[test]
fn only_totals_of_orders_and_refunds_are_rounded() {
    let rounding = |kind: Kind, most: &str, lines: bool| {
        let has = |place: Place| (lines || place != Place::Line).then_some(&RECORD);
        let rules = rules(json!({ "rounding": most }));
        let mapping = Mapping::compile_for(&rules, &Tables::new(), kind, &has);
        mapping.map(|mapping| mapping.rounding().unwrap().to_string())
    };
    assert_eq!(rounding(Kind::Order, "0.05", true).unwrap(), "0.05");
    for (kind, most, lines, told) in [
        (Kind::Stock, "0.05", true, "a stock has no total"),
        (Kind::Refund, "0.05", false, "makes no lines"),
        (Kind::Refund, "-1", true, "negative"),
    ] {
        let why = rounding(kind, most, lines).unwrap_err().to_string();
        assert!(why.contains(told), "{why}");
    }
    let mapping = compiled(json!({}), &Tables::new()).unwrap();
    assert_eq!(mapping.rounding(), None);
}

#[test]
fn a_table_gives_a_field_its_value() {
    let entries = BTreeMap::from([("express".to_owned(), "7".to_owned())]);
    let unmapped = OnUnmapped::Hold;
    let tables: Tables = [("ship".to_owned(), Table { entries, unmapped })].into();
    let rule = json!({"set": {"shipMethod": {"table": "ship", "of": "order.shipping_method"}}});
    let Mapped::Write(set) = compiled(rule, &tables).unwrap().apply(&an_order()) else {
        panic!("not written");
    };
    assert_eq!(set.header.get("shipMethod"), Some(&json!({"id": "7"})));
}

#[test]
fn values_take_the_form_that_the_field_wants() {
    for (field, rule, expected) in [
        ("memo", json!("7"), json!("7")),
        (
            "shippingCost",
            json!("order.total - order.total"),
            json!("0.00"),
        ),
        ("shippingCost", json!("\"7.50\""), json!("7.50")),
        ("toBeEmailed", json!(true), json!(true)),
        (
            "shipDate",
            json!("order.placed_at.sub_string(0, 10)"),
            json!("2026-03-01"),
        ),
        ("department", json!("\"5\""), json!({"id": "5"})),
        ("department", json!({"value": 5}), json!({"id": "5"})),
        (
            "department",
            json!("#{ externalId: \"d\" }"),
            json!({"externalId": "d"}),
        ),
        ("department.id", json!("5"), json!("5")),
        (
            "custbody_any",
            json!({"value": {"id": "3"}}),
            json!({"id": "3"}),
        ),
    ] {
        assert_eq!(
            value(field, rule.clone()),
            Some(expected),
            "{field}: {rule}"
        );
    }
    assert_eq!(value("department", json!("#{ id: () }")), None);
}

#[test]
fn what_no_record_could_give_is_refused_before_one_comes() {
    for (field, rule, told) in [
        ("shippingCost", json!("order.test"), "takes a number"),
        ("toBeEmailed", json!("order.total"), "takes true or false"),
        ("memo", json!("order.lines"), "takes a text"),
        ("shipDate", json!({"value": "soon"}), "takes a day"),
        ("shippingCost", json!({"value": 7.5}), "write it in quotes"),
        ("memo", json!({"field": "order number"}), "is no field"),
        (
            "memo",
            json!({"field": "order.numbr"}),
            "did you mean 'number'",
        ),
        (
            "memo",
            json!({"table": "ship", "of": "order.number"}),
            "there is no table 'ship'",
        ),
        ("memo", json!({"table": "ship"}), "needs 'of'"),
        (
            "memo",
            json!({"value": "a", "field": "order.number"}),
            "exactly one of",
        ),
        (
            "memo",
            json!({"value": "a", "when": "order.totl > 1"}),
            "did you mean 'total'",
        ),
    ] {
        let why = refused(json!({"set": {field: rule}}));
        assert!(why.starts_with(&format!("set.{field}: ")), "{why}");
        assert!(why.contains(told), "{why}");
    }
}

#[test]
fn what_only_this_record_gives_holds_it() {
    for (field, rule, told) in [
        (
            "shippingCost",
            json!("order.number"),
            "set.shippingCost: the field takes a number, and the rule gives the text '#1001'",
        ),
        (
            "shipDate",
            json!("order.number"),
            "takes a day like 2026-03-01",
        ),
        ("toBeEmailed", json!("order.number"), "takes true or false"),
    ] {
        let why = held(field, rule);
        assert!(why.contains(told), "{why}");
    }
}

#[test]
fn a_field_that_the_target_does_not_have_is_refused_with_the_likely_one() {
    for (rules, told) in [
        (
            json!({"set": {"memmo": "order.number"}}),
            "set.memmo: the target has no field 'memmo' here; custom fields begin with 'custbody' here; did you mean 'memo'?",
        ),
        (
            json!({"set": {"custcol_x": "order.number"}}),
            "custom fields begin with 'custbody'",
        ),
        (
            json!({"set": {"department.name": "1"}}),
            "no field 'department.name'",
        ),
        (
            json!({"set_lines": {"memo": "line.title"}}),
            "set_lines.memo: the target takes no field of a line",
        ),
        (
            json!({"set_on": {"billing_address": {"attention": "address.city"}}}),
            "takes no billing_address",
        ),
        (
            json!({"set_on": {"customer": {"attention": "1"}}}),
            "set_on.customer.attention: the target has no field 'attention'",
        ),
        (
            json!({"set_on": {"record": {"memo": "1"}}}),
            "set_on.record: write these rules under 'set'",
        ),
    ] {
        let why = refused(rules);
        assert!(why.contains(told), "{why}");
    }
}

#[test]
fn customers_and_addresses_have_rules_and_variables_of_their_own() {
    let set = set(json!({"set_on": {
        "customer": {"comments": "customer.email", "custentity_shop": {"value": "web"}},
        "shipping_address": {"attention": "address.city"},
    }}));
    assert_eq!(
        set.part(Place::Customer)
            .map(|fields| fields.keys().collect::<Vec<_>>()),
        Some(vec![&"comments".to_owned(), &"custentity_shop".to_owned()])
    );
    assert!(set.part(Place::ShippingAddress).is_some());
    assert!(set.part(Place::BillingAddress).is_none());
}

#[test]
fn values_without_an_entry_are_noted_until_somebody_looks() {
    let policies = [
        OnUnmapped::Hold,
        OnUnmapped::Default("9".to_owned()),
        OnUnmapped::PostWithout,
    ];
    for unmapped in policies {
        let table = Table {
            entries: BTreeMap::new(),
            unmapped: unmapped.clone(),
        };
        let tables: Tables = [("ship".to_owned(), table)].into();
        let rule = Rule::One(Choice {
            table: Some("ship".to_owned()),
            of: Some("order.shipping_method".to_owned()),
            ..Choice::default()
        });
        let rules = Rules {
            set: [("memo".to_owned(), rule)].into(),
            ..Rules::default()
        };
        let mapping = Mapping::compile(&rules, &tables, Kind::Order).unwrap();
        assert!(
            mapping.take_unmapped().is_empty(),
            "the check itself asks nothing"
        );
        let outcomes = [mapping.apply(&an_order()), mapping.apply(&an_order())];
        let expected = match unmapped {
            OnUnmapped::Hold => None,
            OnUnmapped::Default(value) => Some(BTreeMap::from([("memo".to_owned(), json!(value))])),
            OnUnmapped::PostWithout => Some(BTreeMap::new()),
        };
        for outcome in outcomes {
            let header = match outcome {
                Mapped::Write(set) => Some(set.header),
                Mapped::Hold { why } => {
                    assert!(why.contains("no entry for 'express'"), "{why}");
                    None
                }
                other @ Mapped::Skip { .. } => panic!("{other:?}"),
            };
            assert_eq!(header, expected);
        }
        let noted = mapping.take_unmapped();
        let noted: Vec<_> = noted
            .iter()
            .map(|one| (one.table.as_str(), one.value.as_str(), one.times))
            .collect();
        assert_eq!(noted, [("ship", "express", 2)]);
        assert!(mapping.take_unmapped().is_empty());
    }
}

#[test]
fn the_ids_that_rules_may_set_are_known_beforehand() {
    let table = |entries: Value, unmapped: OnUnmapped| Table {
        entries: serde_json::from_value(entries).unwrap(),
        unmapped,
    };
    let tables: Tables = [
        (
            "ship".to_owned(),
            table(json!({"Express": "7"}), OnUnmapped::Default("4".into())),
        ),
        (
            "other".to_owned(),
            table(json!({"x": "99"}), OnUnmapped::Hold),
        ),
    ]
    .into();
    let rules = json!({"set": {
        "shipMethod": "#{ id: lookup(\"ship\", order.shipping_method) }",
        "department": [{"value": "5", "when": "order.test"}, {"value": {"id": 6}}],
        "memo": {"table": "other", "of": "order.number"},
    }});
    let found = compiled(rules, &tables).unwrap().references();
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.list, one.id.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("departments", "5"),
            ("ship_methods", "4"),
            ("ship_methods", "7")
        ]
    );
    assert_eq!(
        found[2].place,
        Origin::Table("ship".to_owned(), Some("Express".to_owned()))
    );
}
