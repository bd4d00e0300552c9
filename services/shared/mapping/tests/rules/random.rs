//! Nothing anybody types can bring the process down.

use commerce::Kind;
use proptest::prelude::*;
use proptest::sample::select;

use crate::records::{an_order, compile, setting, setting_on_lines, with_source};

/// Pieces of the language, put together at random: mostly nonsense that still gets past the parser's first steps.
fn nearly_expressions() -> impl Strategy<Value = String> {
    let pieces = vec![
        "order", ".", "?.", "total", "lines", "[", "]", "(", ")", "0", "1", "0.1", "\"a\"", "`${",
        "}`", "|x|", "x", " + ", " - ", " * ", " / ", " % ", " ** ", " == ", " > ", " && ", " || ",
        " ?? ", "!", "#{a:", "}", "{", "if ", " else ", "switch ", " => ", "_", ",", "map",
        "filter", "text", "dec", "lookup", "source", "line", "len", "()", "..", "in ", "this",
        "'c'", "-", ";", "//", "/*", "tags",
    ];
    prop::collection::vec(select(pieces), 0..40).prop_map(|pieces| pieces.concat())
}

fn survive(text: &str) {
    for rules in [setting(text), setting_on_lines(text)] {
        if let Ok(mapping) = compile(&rules, Kind::Order) {
            drop(mapping.apply(&an_order()));
            drop(mapping.apply(&with_source(
                an_order(),
                r#"{"a": [1, null, {"b": 1e300}]}"#,
            )));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused_or_usable(text in ".{0,200}") {
        survive(&text);
    }

    #[test]
    fn anything_like_an_expression_is_refused_or_usable(text in nearly_expressions()) {
        survive(&text);
    }
}
