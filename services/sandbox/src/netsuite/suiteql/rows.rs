//! What a record puts into the query tables.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use rusqlite::types::Value as Sql;
use rust_decimal::Decimal;

use super::lines;
use super::moment;
use crate::netsuite::links;
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
        let custom = fields.iter().filter(|(name, _)| name.starts_with(prefix));
        self.columns
            .extend(custom.map(|(name, value)| (name.clone(), cell(value, zone))));
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

fn cell(value: &Value, zone: &TimeZone) -> Sql {
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
        Space::Transaction => transaction(record, zone),
        Space::Entity => customer(record, zone),
        Space::Item => item(record, zone),
        Space::List(_) => list(record, zone).into_iter().collect(),
    }
}

fn transaction(record: &Record, zone: &TimeZone) -> Vec<Row> {
    let (code, fields) = (record.kind.code, &record.fields);
    let party = if fields.contains_key("entity") {
        "entity"
    } else {
        "customer"
    };
    let status = format!(
        "{} : {}",
        words(record.kind.name),
        record.kind.status_label(record.status)
    );
    let mut head = stamped(Row::new("transaction"), record, zone)
        .with("createddate", moment::store_instant(record.created, zone))
        .with("type", code.to_owned())
        .with("type__df", words(record.kind.name))
        .with("recordtype", record.kind.name.to_lowercase())
        .with("status", record.status.to_owned())
        .with("status__df", status)
        .with(
            "entity",
            record.reference(party).map_or(Sql::Null, Sql::Integer),
        )
        .with("entity__df", label(fields, party))
        .with("currency__df", label(fields, "currency"))
        .with("foreigntotal", number(record.number("total")))
        .with("voided", flag(false))
        .with("void", flag(false))
        .copy(
            fields,
            zone,
            &[
                "tranId",
                "transactionNumber",
                "otherRefNum",
                "memo",
                "tranDate",
                "currency",
                "exchangeRate",
                "shipDate",
                "terms",
                "postingPeriod",
                "source",
            ],
        )
        .custom(fields, zone, record.kind.custom);
    let mut rows = Vec::new();
    let kinds = [
        ("shippingAddress", "transactionshippingaddress", 1),
        ("billingAddress", "transactionbillingaddress", 2),
    ];
    for (name, table, place) in kinds {
        if let Some(Value::Subrecord(address)) = record.get(name) {
            head = head.with(name.to_lowercase(), id(record.id * 10 + place));
            rows.push(address_row(table, record.id * 10 + place, address, zone));
        }
    }
    rows.push(head);
    rows.extend(lines::of(record, zone));
    rows.extend(links::of(record).into_iter().map(|link| {
        Row::new("previoustransactionlinelink")
            .with("previousdoc", id(link.previous.0))
            .with("previousline", i64::from(link.previous.1))
            .with("previoustype", link.previous_code.to_owned())
            .with("nextdoc", id(record.id))
            .with("nextline", i64::from(link.line))
            .with("nexttype", code.to_owned())
            .with(
                "nextdate",
                record
                    .get("tranDate")
                    .map_or(Sql::Null, |date| cell(date, zone)),
            )
            .with("linktype", link.kind.to_owned())
            .with(
                "lastmodifieddate",
                moment::store_instant(record.modified, zone),
            )
    }));
    rows.extend(packages(record));
    rows
}

/// `salesOrder` as a user reads it: Sales Order.
fn words(name: &str) -> String {
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

fn stamped(row: Row, record: &Record, zone: &TimeZone) -> Row {
    row.with("id", id(record.id))
        .with("externalid", record.external_id.clone())
        .with(
            "lastmodifieddate",
            moment::store_instant(record.modified, zone),
        )
}

fn address_row(table: &'static str, key: u64, address: &Fields, zone: &TimeZone) -> Row {
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

/// Parcels: one row each, and their numbers once more in the tracking tables.
fn packages(record: &Record) -> Vec<Row> {
    let mut rows = Vec::new();
    for (sublist, suffix) in [
        ("package", ""),
        ("packageUps", "Ups"),
        ("packageFedEx", "FedEx"),
        ("packageUsps", "Usps"),
    ] {
        for package in record.sublists.get(sublist).into_iter().flatten() {
            let get = |name: &str| package.get(format!("{name}{suffix}").as_str());
            let tracking = get("packageTrackingNumber")
                .and_then(Value::text)
                .map(str::to_owned);
            rows.push(
                Row::new("itemfulfillmentpackage")
                    .with("itemfulfillment", id(record.id))
                    .with("packagetrackingnumber", tracking.clone())
                    .with(
                        "packageweight",
                        get("packageWeight")
                            .and_then(Value::number)
                            .map_or(Sql::Null, number),
                    )
                    .with(
                        "packagedescr",
                        package
                            .get("packageDescr")
                            .and_then(Value::text)
                            .map(str::to_owned),
                    ),
            );
            if let Some(tracking) = tracking {
                let key = id(record.id * 100 + u64::try_from(rows.len()).unwrap_or(0));
                rows.push(
                    Row::new("trackingnumber")
                        .with("id", key.clone())
                        .with("trackingnumber", tracking),
                );
                rows.push(
                    Row::new("trackingnumbermap")
                        .with("transaction", id(record.id))
                        .with("trackingnumber", key),
                );
            }
        }
    }
    rows
}

fn customer(record: &Record, zone: &TimeZone) -> Vec<Row> {
    let fields = &record.fields;
    let names = [
        "entityId",
        "isPerson",
        "companyName",
        "firstName",
        "lastName",
        "email",
        "phone",
        "isInactive",
        "priceLevel",
        "terms",
        "category",
        "parent",
        "subsidiary",
        "currency",
    ];
    let mut head = stamped(Row::new("customer"), record, zone)
        .with("datecreated", moment::store_instant(record.created, zone))
        .copy(fields, zone, &names)
        .custom(fields, zone, record.kind.custom);
    let mut rows = Vec::new();
    for (place, line) in (1u64..).zip(record.sublists.get("addressBook").into_iter().flatten()) {
        let key = record.id * 1000 + place;
        let set = |name: &str| line.get(name).is_some_and(Value::is_set);
        for (name, column) in [
            ("defaultShipping", "defaultshippingaddress"),
            ("defaultBilling", "defaultbillingaddress"),
        ] {
            if set(name) {
                head = head.with(column, id(key));
            }
        }
        rows.push(
            Row::new("customeraddressbook")
                .with("entity", id(record.id))
                .with("defaultshipping", flag(set("defaultShipping")))
                .with("defaultbilling", flag(set("defaultBilling")))
                .with("addressbookaddress", id(key))
                .copy(line, zone, &["internalId", "label"]),
        );
        if let Some(Value::Subrecord(address)) = line.get("addressBookAddress") {
            rows.push(address_row(
                "customeraddressbookentityaddress",
                key,
                address,
                zone,
            ));
        }
    }
    // The last default of two wins, as it does in the form.
    dedupe(&mut head.columns);
    rows.push(head);
    rows
}

fn dedupe(columns: &mut Vec<(Cow<'static, str>, Sql)>) {
    let mut seen = Vec::new();
    columns.reverse();
    columns.retain(|(name, _)| {
        let fresh = !seen.contains(name);
        seen.push(name.clone());
        fresh
    });
}

fn item(record: &Record, zone: &TimeZone) -> Vec<Row> {
    let fields = &record.fields;
    let names = [
        "itemId",
        "displayName",
        "description",
        "upcCode",
        "mpn",
        "isInactive",
        "isOnline",
        "weight",
        "cost",
    ];
    let mut rows = vec![
        stamped(Row::new("item"), record, zone)
            .with("createddate", moment::store_instant(record.created, zone))
            .with("fullname", record.label())
            .with("itemtype", record.kind.code.to_owned())
            .with("itemtype__df", words(record.kind.name))
            .copy(fields, zone, &names)
            .custom(fields, zone, record.kind.custom),
    ];
    for price in record.sublists.get("price").into_iter().flatten() {
        let amount = price
            .get("price")
            .and_then(Value::number)
            .map_or(Sql::Null, number);
        let row = Row::new("pricing")
            .with("item", id(record.id))
            .with("unitprice", amount.clone())
            .with("currency", 1)
            .with("pricelevel__df", label(price, "priceLevel"));
        rows.push(row.copy(price, zone, &["priceLevel", "quantity"]));
        let row = Row::new("itemprice")
            .with("item", id(record.id))
            .with("price", amount)
            .with("pricelevelname", label(price, "priceLevel"));
        rows.push(
            row.with("isinactive", flag(false))
                .copy(price, zone, &["priceLevel"]),
        );
    }
    for member in record.sublists.get("member").into_iter().flatten() {
        rows.push(
            Row::new("kititemmember")
                .with("parentitem", id(record.id))
                .copy(member, zone, &["item", "quantity", "lineNumber"]),
        );
    }
    rows
}

fn list(record: &Record, zone: &TimeZone) -> Option<Row> {
    let row = |table| {
        Row::new(table)
            .with("id", id(record.id))
            .with("isinactive", flag(false))
    };
    let fields = &record.fields;
    match record.kind.name {
        "location" => Some(
            row("location")
                .with("externalid", record.external_id.clone())
                .with("makeinventoryavailable", flag(true))
                .copy(fields, zone, &["name", "subsidiary"]),
        ),
        "subsidiary" => Some(row("subsidiary").copy(fields, zone, &["name", "currency"])),
        "currency" => Some(
            row("currency")
                .with("exchangerate", 1)
                .with("isbasecurrency", flag(record.id == 1))
                .copy(fields, zone, &["name", "symbol"]),
        ),
        "priceLevel" => Some(row("pricelevel").with("isonline", flag(true)).copy(
            fields,
            zone,
            &["name"],
        )),
        _ => None,
    }
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
