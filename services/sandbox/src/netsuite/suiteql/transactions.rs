//! What a transaction puts into the query tables.

use jiff::tz::TimeZone;
use rusqlite::types::Value as Sql;

use super::rows::{Row, address_row, cell, flag, id, label, number, stamped, words};
use super::{lines, moment};
use crate::netsuite::record::Record;
use crate::netsuite::value::Value;
use crate::netsuite::{apply, links};

pub(super) fn of(record: &Record, zone: &TimeZone) -> Vec<Row> {
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
    let of_invoice = |name: &str| match code {
        "CustInvc" => number(record.number(name)),
        _ => Sql::Null,
    };
    let is_money = ["CustDep", "CustPymt", "CustCred"].contains(&code);
    let of_money = |amount| match is_money {
        true => number(amount),
        false => Sql::Null,
    };
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
        .with("foreignamountpaid", of_invoice("amountPaid"))
        .with("foreignamountunpaid", of_invoice("amountRemaining"))
        .with("foreignpaymentamountused", of_money(record.used))
        .with("foreignpaymentamountunused", of_money(apply::open(record)))
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
