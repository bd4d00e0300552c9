//! Foolish and hostile expressions end in an error, soon, on a stack as small as a server's.

use std::fmt::Write as _;

use causeway_mapping::Mapped;
use commerce::Kind;
use rstest::rstest;

use crate::records::{an_order, compile, setting, with_source};

/// What a thread of the server has.
const STACK: usize = 2 * 1024 * 1024;

fn on_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(work)
        .unwrap();
    thread.join().expect("no panic")
}

/// Fills 4096 bytes with `open`, an innermost `1`, and `close`.
fn nested(open: &str, close: &str) -> String {
    let depth = 4_000 / (open.len() + close.len());
    format!("{}1{}", open.repeat(depth), close.repeat(depth))
}

fn chained(operator: &str) -> String {
    let mut text = "1".to_owned();
    while text.len() < 4_000 {
        write!(text, "{operator}1").unwrap();
    }
    text
}

#[rstest]
#[case::parentheses(nested("(", ")"))]
#[case::lists(nested("[", "]"))]
#[case::groups(nested("#{a:", "}"))]
#[case::indices(nested("order.tags[", "]"))]
#[case::minuses(nested("-", ""))]
#[case::nots(nested("!", ""))]
#[case::calls(nested("text(", ")"))]
#[case::branches(nested("if true {", "} else {2}"))]
#[case::switches(nested("switch 1 { 1 => ", ", _ => 2}"))]
#[case::closures(nested("|a| ", ""))]
#[case::maps(nested("[1].map(|a| ", ")"))]
#[case::interpolations(nested("`${", "}`"))]
#[case::sum(chained(" + "))]
#[case::product(chained(" * "))]
#[case::ors(chained(" || "))]
#[case::coalesces(chained(" ?? "))]
#[case::comparisons(chained(" == "))]
#[case::members(format!("order{}", ".number".repeat(570)))]
#[case::safe_members(format!("order{}", "?.number".repeat(500)))]
#[case::of_source(format!("source{}", ".a".repeat(2_000)))]
#[case::methods(format!("order.number{}", ".to_string()".repeat(330)))]
#[case::unclosed("(".repeat(4_000))]
#[case::unclosed_text(format!("\"{}", "a".repeat(4_000)))]
#[case::unclosed_comment(format!("1 /*{}", "/*".repeat(2_000)))]
#[case::too_long(" ".repeat(4_097))]
#[case::huge_number("9".repeat(4_000))]
#[case::tiny_number(format!("0.{}1", "0".repeat(4_000)))]
#[case::control_characters("\u{0}\u{1}\u{7f}".repeat(1_000))]
#[case::other_scripts("ℝ\u{202e}\u{1f600}".repeat(400))]
fn shapes(#[case] text: String) {
    on_a_small_stack(move || {
        // Either refused or harmless: what counts is that it comes back.
        if let Ok(mapping) = compile(&setting(&text), Kind::Order) {
            drop(mapping.apply(&with_source(an_order(), "{}")));
        }
    });
}

#[rstest]
#[case::growing_text(r#"replaced(replaced(replaced(replaced("aaaaaaaa", "a", "aaaaaaaaaaaaaaaa"), "a", "aaaaaaaaaaaaaaaa"), "a", "aaaaaaaaaaaaaaaa"), "a", "aaaaaaaaaaaaaaaa")"#)]
#[case::growing_power("2 ** 1000")]
#[case::growing_decimal("10.0 ** 100")]
#[case::overflow("9223372036854775807 + 1")]
#[case::negated_overflow("-9223372036854775807 - 2")]
#[case::decimal_overflow("79228162514264337593543950335.0 * 2")]
#[case::sum_overflow("[79228162514264337593543950335.0, 1].sum()")]
#[case::zero("1 / 0")]
#[case::decimal_zero("1.0 / 0.0")]
#[case::remainder("1 % 0")]
#[case::recursion("(|f| f.call(f)).call(|f| f.call(f))")]
#[case::deep_value("[1,1,1,1,1,1,1,1].reduce(|a, x| [a], 0)")]
#[case::padding(r#""a".pad(1000000, "b")"#)]
#[case::range("(0..1000000000).to_array()")]
#[case::huge_range("range(0, 1000000000).map(|x| x)")]
fn computations_are_refused_or_hold(#[case] expression: &'static str) {
    let outcome = on_a_small_stack(move || {
        compile(&setting(expression), Kind::Order).map(|mapping| mapping.apply(&an_order()))
    });
    assert!(
        matches!(outcome, Err(_) | Ok(Mapped::Hold { .. })),
        "{outcome:?}"
    );
}

#[test]
fn work_that_explodes_is_cut_off() {
    let lists = "[1,2,3,4,5,6,7,8,9,10]";
    let mut expression = "1".to_owned();
    for name in ["a", "b", "c", "d", "e", "f"] {
        expression = format!("{lists}.map(|{name}| {expression})");
    }
    let outcome = on_a_small_stack(move || {
        compile(&setting(&expression), Kind::Order).map(|mapping| mapping.apply(&an_order()))
    });
    assert!(
        matches!(outcome, Err(_) | Ok(Mapped::Hold { .. })),
        "{outcome:?}"
    );
}

#[test]
fn a_hostile_document_of_the_source_does_no_harm() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!("[{}1]", "1,".repeat(200_000));
    let number = format!(r#"{{"a": {}}}"#, "9".repeat(300));
    for body in [deep, wide, number] {
        on_a_small_stack(move || {
            let order = with_source(an_order(), &body);
            let mapping = compile(&setting("text(source)"), Kind::Order).unwrap();
            drop(mapping.apply(&order));
        });
    }
}
