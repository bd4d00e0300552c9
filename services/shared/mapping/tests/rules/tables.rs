//! Look-ups.

use causeway_mapping::{Mapped, Mapping, OnUnmapped, Rules, Table};
use commerce::Kind;
use serde_json::json;

use crate::records::{Tables, an_order, filtering, setting};

fn tables(unmapped: OnUnmapped) -> Tables {
    let entries = [("standard".to_owned(), "11".to_owned())].into();
    [("ship_methods".to_owned(), Table { entries, unmapped })].into()
}

fn mapped(rules: &Rules, tables: &Tables) -> Mapped {
    Mapping::compile(rules, tables, Kind::Order)
        .unwrap()
        .apply(&an_order())
}

fn set(mapped: Mapped) -> serde_json::Value {
    match mapped {
        Mapped::Write(mut set) => set.header.remove("field").unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_entry_gives_the_targets_value() {
    let rules = setting(r#"lookup("ship_methods", "standard")"#);
    assert_eq!(set(mapped(&rules, &tables(OnUnmapped::Hold))), json!("11"));
}

#[test]
fn a_value_without_an_entry_holds_the_order_and_says_what_to_add() {
    let rules = setting(r#"lookup("ship_methods", order.shipping_method)"#);
    let Mapped::Hold { why } = mapped(&rules, &tables(OnUnmapped::Hold)) else {
        panic!("not held")
    };
    assert!(
        why.starts_with("set.field: table 'ship_methods' has no entry for 'express'"),
        "{why}"
    );
}

#[test]
fn a_table_with_a_default_never_holds() {
    let tables = tables(OnUnmapped::Default("99".into()));
    let unknown = setting(r#"lookup("ship_methods", order.shipping_method)"#);
    assert_eq!(set(mapped(&unknown, &tables)), json!("99"));
    let nothing = setting(r#"lookup("ship_methods", order.note)"#);
    assert_eq!(set(mapped(&nothing, &tables)), json!("99"));
}

#[test]
fn a_table_that_does_not_exist_is_refused_however_the_call_is_written() {
    for expression in [
        r#"lookup("ship_method", order.shipping_method)"#,
        r#"lookup ( "ship_method" , order.shipping_method)"#,
        r#"order.lines.map(|l| lookup("ship_method", l.sku))"#,
    ] {
        let error = Mapping::compile(&setting(expression), &tables(OnUnmapped::Hold), Kind::Order)
            .err()
            .unwrap();
        assert_eq!(error.place, "set.field");
        let expected = "there is no table 'ship_method'; did you mean 'ship_methods'?";
        assert_eq!(error.why, expected);
    }
}

#[test]
fn a_text_that_looks_like_a_look_up_is_a_text() {
    let rules = filtering(r#"order.number != "lookup(\"none\", 1)""#);
    let taken = mapped(&rules, &Tables::new());
    assert!(matches!(taken, Mapped::Write(_)), "{taken:?}");
}
