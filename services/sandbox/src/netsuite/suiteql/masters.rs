//! What customers, items and lists put into the query tables.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use rusqlite::types::Value as Sql;

use super::moment;
use super::rows::{Row, address_row, flag, id, label, number, stamped, words};
use crate::netsuite::record::Record;
use crate::netsuite::value::Value;

pub(super) fn customer(record: &Record, zone: &TimeZone) -> Vec<Row> {
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

pub(super) fn contact(record: &Record, zone: &TimeZone) -> Row {
    let names = [
        "entityId",
        "firstName",
        "lastName",
        "title",
        "email",
        "phone",
        "company",
        "subsidiary",
        "isInactive",
    ];
    stamped(Row::new("contact"), record, zone)
        .copy(&record.fields, zone, &names)
        .custom(&record.fields, zone, record.kind.custom)
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

pub(super) fn item(record: &Record, zone: &TimeZone) -> Vec<Row> {
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
        "weightUnit",
        "parent",
        "matrixType",
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
        let currency = price.get("currencyPage").and_then(Value::reference);
        let currency = currency.map_or(Sql::Null, Sql::Integer);
        let row = Row::new("pricing")
            .with("item", id(record.id))
            .with("unitprice", amount.clone())
            .with("currency", currency)
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

pub(super) fn list(record: &Record, zone: &TimeZone) -> Option<Row> {
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
        "shipItem" => Some(row("shipitem").copy(fields, zone, &["itemId"])),
        _ => None,
    }
}
