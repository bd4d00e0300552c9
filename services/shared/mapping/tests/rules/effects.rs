//! What rules do to records.

use causeway_mapping::{Mapped, Rules};
use commerce::{Event, Record};
use ports::Assignments;
use rstest::rstest;
use serde_json::{Value, json};

use crate::records::{
    a_stock_level, an_order, apply, eur, event, filtering, held_by, order, setting,
    setting_on_lines, value_of, with_source,
};

#[test]
fn no_rules_change_nothing() {
    let written = Mapped::Write(Assignments::default());
    assert_eq!(apply(&Rules::default(), &an_order()), written);
}

#[rstest]
#[case("order.total > 0 && !order.test")]
#[case("order.total == 43.880")]
#[case("order.total >= 43 && 44 > order.total")]
#[case(r#""vip" in order.tags"#)]
#[case(r#"order.tags.contains("gift")"#)]
#[case(r#"order.channel != "pos""#)]
#[case(r#"order.shipping?.country == "DE""#)]
#[case("order.billing == ()")]
#[case("order.note == ()")]
#[case("order.shipping != order.billing")]
#[case(r#"order.tags == ["vip", "gift"]"#)]
#[case(r#"order.lines.some(|l| l.sku == "AB-12" && l.quantity >= 2)"#)]
#[case("order.lines.all(|l| l.amount > 0)")]
#[case(
    "order.lines.all(|l| l.amount < order.total) && order.lines.some(|l| l.amount < order.total)"
)]
#[case("order.lines.map(|l| l.amount).sum() - 1 == order.total")]
#[case(r##"order.number.starts_with("#")"##)]
#[case(r#"upper(order.channel) == "WEB""#)]
#[case("0.1 + 0.2 == 0.3")]
#[case(r#"dec("119.97") > 100"#)]
#[case("order.total * 3 == 131.64")]
fn a_filter_that_is_true_takes_the_order(#[case] filter: &str) {
    let written = Mapped::Write(Assignments::default());
    assert_eq!(apply(&filtering(filter), &an_order()), written, "{filter}");
}

#[test]
fn a_filter_that_is_false_skips_the_record_and_names_itself() {
    let skipped = |rule: &str| Mapped::Skip { rule: rule.into() };
    let filter = "order.total > 43.88";
    assert_eq!(apply(&filtering(filter), &an_order()), skipped(filter));
    let filter = "stock.available >= 0";
    assert_eq!(apply(&filtering(filter), &a_stock_level()), skipped(filter));
}

#[rstest]
#[case("rounded(order.total / 3, 2)", json!("14.63"))]
#[case("rounded(2.345, 2)", json!("2.35"))]
#[case("rounded(-2.345, 2)", json!("-2.35"))]
#[case("0.1 + 0.2", json!("0.3"))]
#[case("7", json!(7))]
#[case("dec(7)", json!("7"))]
#[case("true", json!(true))]
#[case(r#"if order.total > 40 { "large" } else { "small" }"#, json!("large"))]
#[case(r#"switch order.channel { "web" => 1, "pos" => 2, _ => 3 }"#, json!(1))]
#[case(r#"order.note ?? "no note""#, json!("no note"))]
#[case(r##"replaced(order.number, "#", "S")"##, json!("S1001"))]
#[case(r#"shortened("äöü-cup", 3)"#, json!("äöü"))]
#[case(r#"trimmed("  a b ")"#, json!("a b"))]
#[case("text(order.total)", json!("43.88"))]
#[case("order.lines.filter(|l| l.kind == \"item\").map(|l| l.sku)", json!(["AB-12"]))]
#[case("order.lines.filter(|l| l.amount < order.total).len", json!(2))]
#[case("#{id: order.channel}", json!({"id": "web"}))]
#[case("#{id: order.note}", json!({"id": null}))]
fn an_expression_sets_its_value(#[case] expression: &str, #[case] expected: Value) {
    assert_eq!(value_of(expression, &an_order()), Some(expected));
}

#[test]
fn each_field_has_its_own_expression_and_nothing_sets_nothing() {
    let rules = Rules {
        set: [("memo", "order.number"), ("note", "order.note")]
            .map(|(name, expression)| (name.to_owned(), expression.into()))
            .into(),
        ..Rules::default()
    };
    let Mapped::Write(set) = apply(&rules, &an_order()) else {
        panic!("not written")
    };
    assert_eq!(set.header, [("memo".to_owned(), json!("#1001"))].into());
}

#[test]
fn line_expressions_are_evaluated_for_each_line() {
    let expression = r#"if line.kind == "item" { `${order.number}/${line.sku}` } else { () }"#;
    let Mapped::Write(set) = apply(&setting_on_lines(expression), &an_order()) else {
        panic!("not written")
    };
    let of = |line: &str| set.lines[&crate::records::id(line)].get("field").cloned();
    assert_eq!(of("1"), Some(json!("#1001/AB-12")));
    assert_eq!(of("2"), None);
    assert!(set.header.is_empty());
}

#[rstest]
#[case::misspelt("source.totl_price > 5", "cannot compare nothing with the number 5")]
#[case::a_text(
    "source.total_price > 5",
    "cannot compare the text '43.88' with the number 5"
)]
#[case::equality("source.total_price == 43.88", "cannot compare the text '43.88'")]
#[case::no_flag("source.total_price", "filter: ")]
#[case::absent_in_this_order("order.note > \"a\"", "cannot compare nothing with the text 'a'")]
fn what_cannot_be_decided_holds_the_order_instead_of_skipping_it(
    #[case] filter: &str,
    #[case] why: &str,
) {
    let order = with_source(an_order(), r#"{"total_price": "43.88"}"#);
    let held = held_by(&filtering(filter), &order);
    assert!(held.contains(why), "{held}");
}

#[rstest]
#[case::asked_for(r#"hold("ask Ada")"#, "set.field: ask Ada")]
#[case::not_a_number("dec(order.channel)", "'web' is not a number")]
#[case::division("order.total / (order.total - 43.88)", "set.field: ")]
#[case::overflow("order.total * 9999999999999999999999999999", "set.field: ")]
#[case::no_such_line("order.lines[7].sku", "set.field: ")]
#[case::part_of_nothing("order.billing.city", "set.field: ")]
fn what_cannot_be_computed_holds_the_order_and_says_where(
    #[case] expression: &str,
    #[case] why: &str,
) {
    let held = held_by(&setting(expression), &an_order());
    assert!(held.contains(why), "{held}");
}

#[test]
fn amounts_too_large_to_add_up_hold_the_order() {
    let mut huge = order();
    let discount = huge.lines[0].discounts[0].clone();
    huge.lines[0].discounts = vec![discount.clone(), discount];
    for one in &mut huge.lines[0].discounts {
        one.amount = eur("79228162514264337593543950335");
    }
    let huge: Event = event(Record::Order(Box::new(huge)));
    let held = held_by(&filtering("order.lines[0].discount > 5"), &huge);
    assert!(held.contains("cannot compare nothing"), "{held}");
}
