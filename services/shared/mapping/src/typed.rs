//! What a rule came to, as the target's field wants it.

use jiff::civil::Date;
use ports::FieldType;
use rhai::Dynamic;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::compare::told;
use crate::convert::to_json;

/// The value for a field of that type; `None`: nothing is set. Decimals are texts.
///
/// # Errors
/// What the field takes, and what the rule gave instead.
pub(crate) fn typed(value: &Dynamic, holds: FieldType) -> Result<Option<Value>, String> {
    if value.is_unit() {
        return Ok(None);
    }
    let given = match holds {
        FieldType::Any => {
            return to_json(value).map_err(|kind| format!("a value of type {kind} cannot be set"));
        }
        FieldType::Text => text(value).map(Value::String),
        FieldType::Number => decimal(value).map(|number| json!(number.to_string())),
        FieldType::Bool => value.as_bool().ok().map(Value::Bool),
        FieldType::Date => date(value).map(|day| json!(day.to_string())),
        FieldType::Id(_) => return id(value),
    };
    given.map(Some).ok_or_else(|| refusal(value, holds))
}

/// Whether no record could give the field such a value. A text may be a number or a day in another record, and nothing may be something.
pub(crate) fn never_fits(value: &Dynamic, holds: FieldType) -> Option<String> {
    let could_be = value.is_unit() || value.is_string();
    let refused = || typed(value, holds).err();
    (!could_be).then(refused).flatten()
}

fn text(value: &Dynamic) -> Option<String> {
    if let Ok(text) = value.as_immutable_string_ref() {
        return Some(text.to_string());
    }
    let number = value.as_int().map(|whole| whole.to_string());
    number
        .or_else(|_| value.as_decimal().map(|number| number.to_string()))
        .ok()
}

fn decimal(value: &Dynamic) -> Option<Decimal> {
    if let Ok(text) = value.as_immutable_string_ref() {
        return Decimal::from_str_exact(text.trim()).ok();
    }
    let whole = value.as_int().map(Decimal::from);
    whole.or_else(|_| value.as_decimal()).ok()
}

fn date(value: &Dynamic) -> Option<Date> {
    let text = value.as_immutable_string_ref().ok()?;
    // Longer texts are instants, whose day depends on where one stands.
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// An id as the target's reference; a group of fields goes as it is, one without an id sets nothing.
fn id(value: &Dynamic) -> Result<Option<Value>, String> {
    if value.is_map() {
        let whole =
            to_json(value).map_err(|kind| format!("a value of type {kind} cannot be set"))?;
        let named = |whole: &Value| {
            let fields = whole.as_object();
            fields.is_some_and(|fields| fields.values().any(|value| !value.is_null()))
        };
        return Ok(whole.filter(named));
    }
    let id = text(value).filter(|_| value.as_decimal().is_err());
    match id.as_deref().map(str::trim) {
        Some("") => Ok(None),
        Some(id) => Ok(Some(json!({ "id": id }))),
        None => Err(refusal(value, FieldType::Id(""))),
    }
}

fn refusal(value: &Dynamic, holds: FieldType) -> String {
    let (wants, advice) = match holds {
        FieldType::Text => ("a text", "make one of it with text(…)"),
        FieldType::Number => ("a number", "make one of a text with dec(…)"),
        FieldType::Bool => ("true or false", "write a comparison, as in x == \"yes\""),
        FieldType::Date => (
            "a day like 2026-03-01",
            "take it from a time with sub_string(0, 10)",
        ),
        FieldType::Id(_) => ("an id", "give a text, or #{ id: … }"),
        FieldType::Any => ("any value", ""),
    };
    format!(
        "the field takes {wants}, and the rule gives {}: {advice}",
        told(value)
    )
}
