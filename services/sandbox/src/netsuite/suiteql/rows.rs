//! What a record puts into the query tables.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use rusqlite::types::Value as Sql;
use rust_decimal::Decimal;

use super::translate::LABEL;
use super::{masters, moment, transactions};
use crate::netsuite::record::Record;
use crate::netsuite::schema::Space;
use crate::netsuite::stock::{Level, Place};
use crate::netsuite::value::{Fields, Value};

/// A row to be: values by column. A column the account does not have is passed over.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) table: &'static str,
    pub(super) columns: Vec<(Cow<'static, str>, Sql)>,
}

impl Row {
    pub(super) fn new(table: &'static str) -> Self {
        Self {
            table,
            columns: Vec::with_capacity(24),
        }
    }

    pub(super) fn with(
        mut self,
        column: impl Into<Cow<'static, str>>,
        value: impl Into<Sql>,
    ) -> Self {
        self.columns.push((column.into(), value.into()));
        self
    }

    /// A property of the record under its own name in lower case.
    pub(super) fn copy(self, fields: &Fields, zone: &TimeZone, names: &[&'static str]) -> Self {
        names
            .iter()
            .fold(self, |row, name| match fields.get(*name) {
                Some(value) => row.with(name.to_lowercase(), cell(value, zone)),
                None => row,
            })
    }

    /// The custom fields.
    pub(super) fn custom(mut self, fields: &Fields, zone: &TimeZone, prefix: Option<&str>) -> Self {
        let Some(prefix) = prefix else { return self };
        for (name, value) in fields.iter().filter(|(name, _)| name.starts_with(prefix)) {
            // What `BUILTIN.DF` prints: of a list its entry's name, of all else the value itself.
            let shown = match label(fields, name) {
                Sql::Null => cell(value, zone),
                label => label,
            };
            self.columns.push((format!("{name}{LABEL}").into(), shown));
            self.columns.push((name.clone(), cell(value, zone)));
        }
        self
    }
}

/// Amounts become numbers where they have a fraction, and whole numbers where not.
pub(super) fn number(number: Decimal) -> Sql {
    let number = number.normalize();
    match i64::try_from(number) {
        Ok(whole) if number.is_integer() => Sql::Integer(whole),
        _ => number.to_string().parse().map_or(Sql::Null, Sql::Real),
    }
}

pub(super) fn id(id: u64) -> Sql {
    i64::try_from(id).map_or(Sql::Null, Sql::Integer)
}

pub(super) fn flag(set: bool) -> Sql {
    Sql::Text(if set { "T" } else { "F" }.to_owned())
}

pub(super) fn cell(value: &Value, zone: &TimeZone) -> Sql {
    match value {
        Value::Text(text) => Sql::Text(text.clone()),
        Value::Choice { id, .. } => Sql::Text(id.clone()),
        Value::Number(decimal) => number(*decimal),
        Value::Flag(set) => flag(*set),
        Value::Date(date) => Sql::Text(moment::store_date(*date)),
        Value::Instant(at) => Sql::Text(moment::store_instant(*at, zone)),
        Value::Reference(reference) => Sql::Integer(reference.id),
        Value::Subrecord(_) => Sql::Null,
    }
}

pub(super) fn label(fields: &Fields, name: &str) -> Sql {
    match fields.get(name) {
        Some(Value::Reference(reference)) => Sql::Text(reference.name.clone()),
        Some(Value::Choice { name, .. }) => Sql::Text(name.clone()),
        _ => Sql::Null,
    }
}

/// All rows of a record.
pub(super) fn of(record: &Record, zone: &TimeZone) -> Vec<Row> {
    match record.space() {
        Space::Transaction => transactions::of(record, zone),
        Space::Entity if record.kind.name == "contact" => vec![masters::contact(record, zone)],
        Space::Entity => masters::customer(record, zone),
        Space::Item => masters::item(record, zone),
        Space::List(_) => masters::list(record, zone).into_iter().collect(),
    }
}

/// `salesOrder` as a user reads it: Sales Order.
pub(super) fn words(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for (place, letter) in name.char_indices() {
        if letter.is_uppercase() {
            text.push(' ');
        }
        if place == 0 {
            text.extend(letter.to_uppercase())
        } else {
            text.push(letter)
        }
    }
    text
}

pub(super) fn stamped(row: Row, record: &Record, zone: &TimeZone) -> Row {
    row.with("id", id(record.id))
        .with("externalid", record.external_id.clone())
        .with(
            "lastmodifieddate",
            moment::store_instant(record.modified, zone),
        )
}

pub(super) fn address_row(table: &'static str, key: u64, address: &Fields, zone: &TimeZone) -> Row {
    let names = [
        "addressee",
        "attention",
        "addr1",
        "addr2",
        "addr3",
        "city",
        "state",
        "zip",
        "country",
        "addrPhone",
    ];
    Row::new(table)
        .with("nkey", id(key))
        .copy(address, zone, &names)
}

pub(super) fn stock((item, location): Place, level: &Level, zone: &TimeZone) -> Row {
    Row::new("aggregateitemlocation")
        .with("item", id(item))
        .with("location", id(location))
        .with("quantityonhand", number(level.on_hand))
        .with("quantityavailable", number(level.available()))
        .with("quantitycommitted", number(level.committed))
        .with("quantitybackordered", number(level.back_ordered))
        .with(
            "lastquantityavailablechange",
            moment::store_instant(level.changed, zone),
        )
}
