//! Comparison, so strict that a rule about money cannot be wrong in silence: the language's own operators call a text and a
//! number, or nothing and a number, "not greater" and go on.

use std::cmp::Ordering;

use rhai::{Dynamic, Engine, EvalAltResult, Position};
use rust_decimal::Decimal;

/// How every refusal of this module begins.
pub(crate) const REFUSAL: &str = "cannot compare ";

type Fallible<T> = Result<T, Box<EvalAltResult>>;

/// Replaces the comparison operators for all types.
pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_fn("==", |left: Dynamic, right: Dynamic| equal(&left, &right))
        .register_fn("!=", |left: Dynamic, right: Dynamic| {
            equal(&left, &right).map(|same| !same)
        })
        .register_fn("<", |left: Dynamic, right: Dynamic| {
            ordered(&left, &right).map(Ordering::is_lt)
        })
        .register_fn("<=", |left: Dynamic, right: Dynamic| {
            ordered(&left, &right).map(Ordering::is_le)
        })
        .register_fn(">", |left: Dynamic, right: Dynamic| {
            ordered(&left, &right).map(Ordering::is_gt)
        })
        .register_fn(">=", |left: Dynamic, right: Dynamic| {
            ordered(&left, &right).map(Ordering::is_ge)
        });
}

/// Equality within a type. Nothing equals nothing and differs from everything else.
fn equal(left: &Dynamic, right: &Dynamic) -> Fallible<bool> {
    if left.is_unit() || right.is_unit() {
        return Ok(left.is_unit() && right.is_unit());
    }
    if let (Ok(left), Ok(right)) = (left.as_bool(), right.as_bool()) {
        return Ok(left == right);
    }
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok(left == right);
    }
    if let (Some(left), Some(right)) = (text(left), text(right)) {
        return Ok(left == right);
    }
    if let (Ok(left), Ok(right)) = (left.as_array_ref(), right.as_array_ref()) {
        return all_equal(left.len() == right.len(), left.iter().zip(right.iter()));
    }
    if let (Ok(left), Ok(right)) = (left.as_map_ref(), right.as_map_ref()) {
        let same_names = left.keys().eq(right.keys());
        return all_equal(same_names, left.values().zip(right.values()));
    }
    Err(refusal(left, right))
}

fn all_equal<'a>(
    alike: bool,
    mut pairs: impl Iterator<Item = (&'a Dynamic, &'a Dynamic)>,
) -> Fallible<bool> {
    if !alike {
        return Ok(false);
    }
    pairs.try_fold(true, |all, (left, right)| Ok(all && equal(left, right)?))
}

/// Order of numbers and of texts; nothing else has one.
fn ordered(left: &Dynamic, right: &Dynamic) -> Fallible<Ordering> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (text(left), text(right)) {
        return Ok(left.cmp(&right));
    }
    Err(refusal(left, right))
}

fn number(value: &Dynamic) -> Option<Decimal> {
    value
        .as_decimal()
        .or_else(|_| value.as_int().map(Decimal::from))
        .ok()
}

fn text(value: &Dynamic) -> Option<String> {
    value
        .as_immutable_string_ref()
        .map(|text| text.to_string())
        .or_else(|_| value.as_char().map(String::from))
        .ok()
}

fn refusal(left: &Dynamic, right: &Dynamic) -> Box<EvalAltResult> {
    let advice = if left.is_unit() || right.is_unit() {
        "say what counts when there is none, as in (x ?? 0)"
    } else if number(left).is_some() || number(right).is_some() {
        "make a number of a text with dec(…), a text of a number with text(…)"
    } else {
        "both sides must be of one type"
    };
    let why = format!("{REFUSAL}{} with {}: {advice}", told(left), told(right));
    Box::new(EvalAltResult::ErrorRuntime(why.into(), Position::NONE))
}

/// A value in an error: its type, and the value itself where it is short by nature.
pub(crate) fn told(value: &Dynamic) -> String {
    if value.is_unit() {
        return "nothing".to_owned();
    }
    if let Some(number) = number(value) {
        return format!("the number {number}");
    }
    if let Some(text) = text(value) {
        let shown: String = text.chars().take(60).collect();
        return format!("the text '{shown}'");
    }
    if let Ok(flag) = value.as_bool() {
        return flag.to_string();
    }
    if value.is_array() {
        return "a list".to_owned();
    }
    if value.is_map() {
        return "a group of fields".to_owned();
    }
    format!("a value of type {}", value.type_name())
}
