//! The expression engine with every limit set.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Position};
use rust_decimal::Decimal;

use crate::table::Table;

/// Longest expression, in bytes.
pub(crate) const LONGEST_SOURCE: usize = 4_096;
/// Prefix of the error by which an expression asks to hold the record.
pub(crate) const HOLD: &str = "hold: ";

type Fallible<T> = Result<T, Box<EvalAltResult>>;

/// An engine for expressions only: no statements, no loops, no modules, no clock, exact decimals.
pub(crate) fn engine(tables: &Arc<BTreeMap<String, Table>>) -> Engine {
    let mut engine = Engine::new();
    engine
        .set_strict_variables(true)
        // With the fast path on, "119.97" > 1000 is quietly false; off, our refusals below are heard.
        .set_fast_operators(false)
        .set_max_operations(20_000)
        .set_max_call_levels(8)
        .set_max_expr_depths(64, 32)
        .set_max_string_size(65_536)
        .set_max_array_size(10_000)
        .set_max_map_size(10_000)
        .set_max_variables(32);
    for symbol in [
        "eval", "import", "export", "print", "debug", "loop", "while", "do", "for", "fn",
    ] {
        engine.disable_symbol(symbol);
    }
    refuse_text_against_number(&mut engine);
    register_functions(&mut engine);
    let tables = Arc::clone(tables);
    engine.register_fn("lookup", move |name: ImmutableString, key: Dynamic| {
        look_up(&tables, &name, &key)
    });
    engine
}

fn look_up(
    tables: &BTreeMap<String, Table>,
    name: &str,
    key: &Dynamic,
) -> Fallible<ImmutableString> {
    let table = tables
        .get(name)
        .ok_or_else(|| runtime(format!("there is no table '{name}'")))?;
    let key = if key.is_unit() {
        String::new()
    } else {
        key.to_string()
    };
    table.find(&key).map(Into::into).ok_or_else(|| {
        runtime(format!(
            "{HOLD}table '{name}' has no entry for '{key}': add one, or give the table a default"
        ))
    })
}

/// Functions that give a new value; the language's own `trim` and `replace` change their receiver, which surprises.
fn register_functions(engine: &mut Engine) {
    engine
        .register_fn("dec", |text: ImmutableString| parse_decimal(&text))
        .register_fn("dec", |number: i64| Decimal::from(number))
        .register_fn("dec", |number: Decimal| number)
        .register_fn("rounded", |number: Decimal, digits: i64| {
            let digits = u32::try_from(digits).unwrap_or(0);
            number.round_dp_with_strategy(
                digits,
                rust_decimal::RoundingStrategy::MidpointAwayFromZero,
            )
        })
        .register_fn("text", |value: Dynamic| value.to_string())
        .register_fn("trimmed", |text: ImmutableString| text.trim().to_owned())
        .register_fn("upper", |text: ImmutableString| text.to_uppercase())
        .register_fn("lower", |text: ImmutableString| text.to_lowercase())
        .register_fn(
            "replaced",
            |text: ImmutableString, from: ImmutableString, to: ImmutableString| {
                text.replace(from.as_str(), to.as_str())
            },
        )
        .register_fn("shortened", |text: ImmutableString, most: i64| {
            text.chars()
                .take(usize::try_from(most).unwrap_or(0))
                .collect::<String>()
        })
        .register_fn("hold", |why: ImmutableString| -> Fallible<Dynamic> {
            Err(runtime(format!("{HOLD}{why}")))
        });
}

fn parse_decimal(text: &str) -> Fallible<Decimal> {
    Decimal::from_str_exact(text.trim()).map_err(|_| runtime(format!("'{text}' is not a number")))
}

/// Comparing a text with a number is always a mistake in a rule about money.
fn refuse_text_against_number(engine: &mut Engine) {
    for operator in ["==", "!=", "<", "<=", ">", ">="] {
        engine
            .register_fn(operator, |text: ImmutableString, number: Decimal| {
                refuse(&text, &number.to_string())
            })
            .register_fn(operator, |number: Decimal, text: ImmutableString| {
                refuse(&text, &number.to_string())
            })
            .register_fn(operator, |text: ImmutableString, number: i64| {
                refuse(&text, &number.to_string())
            })
            .register_fn(operator, |number: i64, text: ImmutableString| {
                refuse(&text, &number.to_string())
            });
    }
}

fn refuse(text: &str, number: &str) -> Fallible<bool> {
    Err(runtime(format!(
        "cannot compare the text '{text}' with the number {number}: use dec(…)"
    )))
}

fn runtime(message: String) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(message.into(), Position::NONE))
}
