//! Between JSON and the expression language, without a float on the way.

use rhai::{Array, Dynamic, Map};
use rust_decimal::Decimal;
use serde_json::Value;

/// A JSON value as expressions see it: numbers are decimals by their own text, null is `()`.
pub(crate) fn from_json(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => from_number(&number.to_string()),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(from_json).collect::<Array>().into(),
        Value::Object(fields) => {
            let map: Map = fields
                .iter()
                .map(|(name, value)| (name.as_str().into(), from_json(value)))
                .collect();
            map.into()
        }
    }
}

fn from_number(text: &str) -> Dynamic {
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map_or_else(|_| text.into(), Dynamic::from_decimal)
}

/// What an expression came to, as JSON; decimals as texts. `None` for `()`: nothing is set.
///
/// # Errors
/// The name of a type that JSON cannot hold.
pub(crate) fn to_json(value: &Dynamic) -> Result<Option<Value>, String> {
    if value.is_unit() {
        return Ok(None);
    }
    if let Ok(flag) = value.as_bool() {
        return Ok(Some(Value::Bool(flag)));
    }
    if let Ok(whole) = value.as_int() {
        return Ok(Some(Value::from(whole)));
    }
    if let Ok(number) = value.as_decimal() {
        return Ok(Some(Value::String(number.to_string())));
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(Some(Value::String(text.to_string())));
    }
    if let Ok(items) = value.as_array_ref() {
        let items: Result<Vec<Value>, String> = items
            .iter()
            .map(|item| Ok(to_json(item)?.unwrap_or(Value::Null)))
            .collect();
        return Ok(Some(Value::Array(items?)));
    }
    if let Ok(map) = value.as_map_ref() {
        let mut fields = serde_json::Map::new();
        for (name, value) in map.iter() {
            fields.insert(name.to_string(), to_json(value)?.unwrap_or(Value::Null));
        }
        return Ok(Some(Value::Object(fields)));
    }
    Err(value.type_name().to_owned())
}
