//! The functions that rules may call: those registered here and a chosen few of the language's own.

use std::sync::Arc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Position};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::check::with_suggestion;
use crate::table::{Found, Tables};

/// Prefix of the error by which an expression asks to hold the record.
pub(crate) const HOLD: &str = "hold: ";

/// Longest text a function gives, in characters: what the language holds its own functions to.
const LONGEST_TEXT: usize = 65_536;

/// Functions of ours. Each gives a new value.
const OURS: [&str; 11] = [
    "dec",
    "rounded",
    "sum",
    "text",
    "trimmed",
    "upper",
    "lower",
    "replaced",
    "shortened",
    "lookup",
    "hold",
];

/// Functions of the language that give a new value and cannot grow one without bound. `curry` is what a closure over an outer
/// name turns into.
const OF_THE_LANGUAGE: [&str; 20] = [
    "abs",
    "all",
    "ceiling",
    "contains",
    "curry",
    "ends_with",
    "filter",
    "find",
    "floor",
    "index_of",
    "is_empty",
    "keys",
    "len",
    "map",
    "some",
    "split",
    "starts_with",
    "sub_string",
    "to_string",
    "type_of",
];

/// What to write instead of functions of the language that change their receiver and give nothing.
const INSTEAD: [(&str, &str); 5] = [
    ("trim", "trimmed"),
    ("replace", "replaced"),
    ("make_upper", "upper"),
    ("make_lower", "lower"),
    ("truncate", "shortened"),
];

type Fallible<T> = Result<T, Box<EvalAltResult>>;

/// Every function that rules may call.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    OURS.into_iter().chain(OF_THE_LANGUAGE)
}

/// The function that does what somebody wanted of one that is not for rules.
pub(crate) fn instead_of(name: &str) -> Option<&'static str> {
    INSTEAD
        .into_iter()
        .find(|(wanted, _)| *wanted == name)
        .map(|(_, ours)| ours)
}

/// Makes our functions known.
pub(crate) fn register(engine: &mut Engine, tables: &Arc<Tables>) {
    register_numbers(engine);
    register_texts(engine);
    let tables = Arc::clone(tables);
    engine
        .register_fn("lookup", move |name: ImmutableString, key: Dynamic| {
            look_up(&tables, &name, &key)
        })
        .register_fn("hold", |why: ImmutableString| -> Fallible<Dynamic> {
            Err(runtime(format!("{HOLD}{why}")))
        });
}

fn register_numbers(engine: &mut Engine) {
    engine
        .register_fn("dec", |text: ImmutableString| parse_decimal(&text))
        .register_fn("dec", |number: i64| Decimal::from(number))
        .register_fn("dec", |number: Decimal| number)
        .register_fn("rounded", |number: Decimal, digits: i64| {
            let digits = u32::try_from(digits).unwrap_or(0);
            number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
        })
        .register_fn("rounded", |number: i64, _: i64| Decimal::from(number))
        .register_fn("sum", |numbers: Array| sum(&numbers));
}

fn register_texts(engine: &mut Engine) {
    engine
        .register_fn("text", |value: Dynamic| value.to_string())
        .register_fn("trimmed", |text: ImmutableString| text.trim().to_owned())
        .register_fn("upper", |text: ImmutableString| text.to_uppercase())
        .register_fn("lower", |text: ImmutableString| text.to_lowercase())
        .register_fn(
            "replaced",
            |text: ImmutableString, from: ImmutableString, to: ImmutableString| {
                replaced(&text, &from, &to)
            },
        )
        .register_fn("shortened", |text: ImmutableString, most: i64| {
            text.chars()
                .take(usize::try_from(most).unwrap_or(0))
                .collect::<String>()
        });
}

/// What a table has for a value; `()` where it says to go without.
///
/// # Errors
/// That the record is to be held, and what may have been meant.
pub(crate) fn look_up(tables: &Tables, name: &str, key: &Dynamic) -> Fallible<Dynamic> {
    let key = if key.is_unit() {
        String::new()
    } else {
        key.to_string()
    };
    match tables.look_up(name, &key) {
        Some(Found::Value(found)) => Ok(found.into()),
        Some(Found::Nothing) => Ok(Dynamic::UNIT),
        Some(Found::Hold) => {
            let problem = format!(
                "table '{name}' has no entry for '{key}': add one, or give the table a default (`causeway unmapped` lists what else is missing)"
            );
            let entries = tables.get(name).into_iter();
            let entries = entries.flat_map(|table| table.entries.keys().map(String::as_str));
            Err(runtime(format!(
                "{HOLD}{}",
                with_suggestion(problem, &key, entries)
            )))
        }
        None => Err(runtime(format!("there is no table '{name}'"))),
    }
}

/// The language checks the size of what its own functions give only after they gave it.
fn replaced(text: &str, from: &str, to: &str) -> Fallible<String> {
    let times = text.matches(from).count();
    if times.saturating_mul(to.len()) > LONGEST_TEXT {
        return Err(runtime(format!(
            "replaced(…): the text would grow beyond {LONGEST_TEXT} characters"
        )));
    }
    Ok(text.replace(from, to))
}

fn sum(numbers: &[Dynamic]) -> Fallible<Decimal> {
    numbers.iter().try_fold(Decimal::ZERO, |total, number| {
        let number = number
            .as_decimal()
            .or_else(|_| number.as_int().map(Decimal::from))
            .map_err(|kind| runtime(format!("sum(…): {kind} is not a number")))?;
        total
            .checked_add(number)
            .ok_or_else(|| runtime("sum(…): the sum is too large".to_owned()))
    })
}

fn parse_decimal(text: &str) -> Fallible<Decimal> {
    Decimal::from_str_exact(text.trim()).map_err(|_| runtime(format!("'{text}' is not a number")))
}

fn runtime(message: String) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(message.into(), Position::NONE))
}
