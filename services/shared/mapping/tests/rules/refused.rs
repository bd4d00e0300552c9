//! What is refused when rules are saved, and in which words.

use commerce::Kind;
use rstest::rstest;

use crate::records::{compile, filtering, refused, setting, setting_on_lines};

#[rstest]
#[case("order.totl > 5", "order has no field 'totl'; did you mean 'total'?")]
#[case("order.total > 5 || order.totl > 5", "order has no field 'totl'")]
#[case(
    "if order.test { order.totl > 5 } else { true }",
    "order has no field 'totl'"
)]
#[case("order?.totl == ()", "order has no field 'totl'")]
#[case(r#"order["totl"] == 5"#, "order has no field 'totl'")]
#[case("`${order.totl}` == \"\"", "order has no field 'totl'")]
#[case(
    r#"order.customer.emial == """#,
    "order.customer has no field 'emial'; did you mean 'email'?"
)]
#[case(
    r#"order.shipping?.town == "Berlin""#,
    "order.shipping has no field 'town'"
)]
#[case(
    r#"order.lines[0].skuu == "A""#,
    "order.lines has no field 'skuu'; did you mean 'sku'?"
)]
#[case(
    r#"order.lines.some(|l| l.skuu == "A")"#,
    "nothing here has a field 'skuu'; did you mean 'sku'?"
)]
#[case(
    r#"(order.shipping ?? order.billing).contry == "DE""#,
    "nothing here has a field 'contry'"
)]
#[case("order.lines[order.linez].sku == ()", "order has no field 'linez'")]
#[case("order.tags.vip", "order.tags is a list and has no field 'vip'")]
#[case(
    "order.total.cents > 5",
    "order.total is a single value and has no field 'cents'"
)]
#[case("ordr.total > 5", "ordr")]
#[case("line.quantity > 5", "line")]
#[case("fulfilment.number == ()", "fulfilment")]
#[case("stock.available > 0", "stock")]
fn names_that_do_not_exist(#[case] filter: &str, #[case] why: &str) {
    let error = refused(&filtering(filter), Kind::Order);
    assert!(error.starts_with("filter: "), "{error}");
    assert!(error.contains(why), "{error}");
}

#[rstest]
#[case(Kind::Fulfilment, "fulfilment.numbr")]
#[case(Kind::Fulfilment, "fulfilment.lines[0].title")]
#[case(Kind::Stock, "stock.avialable")]
#[case(Kind::Stock, "order.number")]
fn names_of_other_kinds(#[case] kind: Kind, #[case] expression: &str) {
    assert!(refused(&setting(expression), kind).starts_with("set.field: "));
}

#[rstest]
#[case(
    "order.total > \"5\"",
    "cannot compare the number 1 with the text '5': make a number of a text with dec(…)"
)]
#[case("order.total == \"5\"", "cannot compare")]
#[case("order.test == \"true\"", "cannot compare")]
#[case("order.customer > 5", "cannot compare")]
#[case("order.total", "a filter is true or false")]
#[case("order.number", "a filter is true or false")]
#[case("order.total + true", "+")]
#[case("order.number * 2", "*")]
#[case("upper(order.total) == \"A\"", "upper")]
fn types_that_cannot_be_right(#[case] filter: &str, #[case] why: &str) {
    let error = refused(&filtering(filter), Kind::Order);
    assert!(error.contains(why), "{error}");
}

#[rstest]
#[case(
    "uper(order.number)",
    "there is no function 'uper'; did you mean 'upper'?"
)]
#[case(
    "order.number.trim()",
    "trim(…) changes its text and gives nothing: use trimmed(…)"
)]
#[case("order.tags.push(1)", "there is no function 'push'")]
#[case("timestamp()", "there is no function 'timestamp'")]
#[case("Fn(\"upper\")", "")]
#[case("eval(\"1\")", "")]
#[case("|x| x", "cannot be set")]
#[case("0..5", "cannot be set")]
fn functions_that_are_not_for_rules(#[case] expression: &str, #[case] why: &str) {
    let error = refused(&setting(expression), Kind::Order);
    assert!(error.contains(why), "{error}");
}

#[rstest]
#[case("")]
#[case("order.total >")]
#[case("let a = 1")]
#[case("let a = 1; a")]
#[case("order.total = 0")]
#[case("while true { }")]
#[case("loop { }")]
#[case("for x in order.lines { x }")]
#[case("fn f() { 1 }")]
#[case("import \"os\" as os")]
#[case("throw 1")]
#[case("return 1")]
#[case("print(1)")]
#[case("{ 1 }")]
#[case("order.lines.map(|l| { let a = l; a })")]
fn what_is_no_expression(#[case] expression: &str) {
    assert!(refused(&setting(expression), Kind::Order).starts_with("set.field: "));
}

#[test]
fn lines_where_there_are_none() {
    let error = refused(&setting_on_lines("1"), Kind::Stock);
    assert_eq!(error, "set_lines: a stock has no lines to set");
}

#[test]
fn the_line_is_known_in_line_expressions_only() {
    assert!(compile(&setting_on_lines("line.sku"), Kind::Order).is_ok());
    let error = refused(&setting_on_lines("line.skuu"), Kind::Order);
    assert_eq!(
        error,
        "set_lines.field: line has no field 'skuu'; did you mean 'sku'?"
    );
}

#[test]
fn what_depends_on_the_record_is_not_refused() {
    for expression in [
        "dec(order.note)",
        "order.tags[3]",
        "order.lines[1].sku",
        r#"hold("no")"#,
        "order.total / (order.total - 1)",
        "source.anything.at[0].all",
        "order.lines.map(|l| source.lines[l.id].weight)",
    ] {
        assert!(
            compile(&setting(expression), Kind::Order).is_ok(),
            "{expression}"
        );
    }
}
