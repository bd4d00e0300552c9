//! Oracle's functions that SQLite does not have.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

use super::moment;
use crate::clock::Clock;

/// What `TO_CHAR` and `TO_DATE` use without a format model.
const PLAIN: &str = "YYYY-MM-DD HH24:MI:SS";

pub(super) fn register(connection: &Connection, clock: &Clock, zone: &TimeZone) -> Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let session = FunctionFlags::SQLITE_UTF8;
    let (now, here) = (clock.clone(), zone.clone());
    connection.create_scalar_function("SYSDATE", 0, session, move |_| {
        Ok(moment::store_instant(now.now(), &here))
    })?;
    let here = zone.clone();
    connection.create_scalar_function("SYS_EXTRACT_UTC", 1, pure, move |context| {
        let utc = date(context, 0)?
            .map(|local| moment::to_utc(local, &here).ok_or_else(|| refuse("no such time")));
        Ok(utc.transpose()?.map(moment::store))
    })?;
    connection.create_scalar_function("TO_CHAR", 1, pure, |context| to_char(context, None))?;
    connection.create_scalar_function("TO_CHAR", 2, pure, |context| {
        to_char(context, Some(context.get(1)?))
    })?;
    for name in ["TO_DATE", "TO_TIMESTAMP"] {
        connection.create_scalar_function(name, 1, pure, |context| to_date(context, PLAIN))?;
        connection.create_scalar_function(name, 2, pure, |context| {
            to_date(context, &context.get::<String>(1)?)
        })?;
    }
    connection.create_scalar_function("TRUNC", 1, pure, |context| {
        let day = date(context, 0)?.map(|at| moment::store_date(at.date()));
        day.map_or_else(|| context.get::<Value>(0), |day| Ok(Value::Text(day)))
    })?;
    connection.create_scalar_function("NVL", 2, pure, |context| {
        pick(context, !is_null(context, 0), 0, 1)
    })?;
    connection.create_scalar_function("NVL2", 3, pure, |context| {
        pick(context, !is_null(context, 0), 1, 2)
    })?;
    connection.create_scalar_function("TO_NUMBER", 1, pure, real)?;
    connection.create_scalar_function("FLOOR", 1, pure, |context| {
        Ok(real(context)?.map(f64::floor))
    })?;
    connection
        .create_scalar_function("CEIL", 1, pure, |context| Ok(real(context)?.map(f64::ceil)))?;
    connection.create_scalar_function("DECODE", -1, pure, decode)
}

fn refuse(text: &str) -> Error {
    Error::UserFunctionError(text.into())
}

fn is_null(context: &Context<'_>, index: usize) -> bool {
    matches!(context.get_raw(index), ValueRef::Null)
}

fn pick(context: &Context<'_>, first: bool, one: usize, other: usize) -> Result<Value> {
    context.get(if first { one } else { other })
}

fn text(context: &Context<'_>, index: usize) -> Option<String> {
    match context.get_raw(index) {
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

/// Quantities only: no amount is rounded through these.
fn real(context: &Context<'_>) -> Result<Option<f64>> {
    let number = |text: String| text.trim().parse().map_err(|_| refuse("not a number"));
    text(context, 0).map(number).transpose()
}

fn date(context: &Context<'_>, index: usize) -> Result<Option<DateTime>> {
    Ok(text(context, index).and_then(|text| moment::load(&text)))
}

fn to_char(context: &Context<'_>, mask: Option<String>) -> Result<Option<String>> {
    match date(context, 0)? {
        Some(at) => moment::print(at, mask.as_deref().unwrap_or(PLAIN))
            .map(Some)
            .ok_or_else(|| refuse("date format not recognized")),
        None => Ok(text(context, 0)),
    }
}

fn to_date(context: &Context<'_>, mask: &str) -> Result<Option<String>> {
    let Some(text) = text(context, 0) else {
        return Ok(None);
    };
    let at = moment::load(&text).or_else(|| moment::parse(&text, mask));
    at.map(|at| Some(moment::store(at)))
        .ok_or_else(|| refuse("literal does not match format string"))
}

/// `DECODE(value, search, result, …, default)`.
fn decode(context: &Context<'_>) -> Result<Value> {
    let wanted: Value = context.get(0)?;
    let mut index = 1;
    while index + 1 < context.len() {
        if context.get::<Value>(index)? == wanted {
            return context.get(index + 1);
        }
        index += 2;
    }
    if index < context.len() {
        context.get(index)
    } else {
        Ok(Value::Null)
    }
}
