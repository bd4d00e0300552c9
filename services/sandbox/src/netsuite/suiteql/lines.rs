//! The rows of `transactionline`.

use jiff::tz::TimeZone;
use rusqlite::types::Value as Sql;
use rust_decimal::Decimal;

use super::rows::{Row, flag, id, number};
use crate::netsuite::record::{Line, Record};
use crate::netsuite::value::Value;

/// Types whose lines take away from stock or are owed to us: their quantities and amounts are negative here.
const SALES: [&str; 4] = ["SalesOrd", "CustInvc", "CashSale", "ItemShip"];

pub(super) fn of(record: &Record, zone: &TimeZone) -> Vec<Row> {
    let sign = if SALES.contains(&record.kind.code) {
        Decimal::NEGATIVE_ONE
    } else {
        Decimal::ONE
    };
    let mut writer = Writer {
        record,
        zone,
        sign,
        rows: Vec::with_capacity(record.lines.len() + 3),
        last: record.next_line,
    };
    let main = writer
        .blank(0, true, false)
        .with("foreignamount", number(record.number("total")))
        .with(
            "location",
            record.reference("location").map_or(Sql::Null, Sql::Integer),
        );
    writer.rows.push(main);
    for line in &record.lines {
        writer.item(line);
    }
    if record.kind.code == "ItemShip" {
        // Each line is posted twice, out of stock and into cost: the second has the other sign and a number of its own.
        for line in record.lines.iter().filter(|line| line.members.is_empty()) {
            let number_of_posting = writer.next();
            let row = writer
                .blank(number_of_posting, false, false)
                .with("item", id(line.item))
                .with("quantity", number(line.quantity));
            writer.rows.push(row);
        }
        return writer.rows;
    }
    let (shipping, tax) = (record.number("shippingCost"), record.number("taxTotal"));
    if shipping != Decimal::ZERO {
        let place = writer.next();
        let row = writer
            .blank(place, false, false)
            .with("itemtype", "ShipItem".to_owned())
            .with("foreignamount", number(shipping * sign));
        let row = row.with(
            "item",
            record
                .reference("shipMethod")
                .map_or(Sql::Null, Sql::Integer),
        );
        writer.rows.push(row);
    }
    let discount = record.number("discountTotal");
    if discount != Decimal::ZERO {
        let place = writer.next();
        let row = writer
            .blank(place, false, false)
            .with("itemtype", "Discount".to_owned())
            .with(
                "item",
                record
                    .reference("discountItem")
                    .map_or(Sql::Null, Sql::Integer),
            )
            .with("foreignamount", number(discount * sign));
        writer.rows.push(row);
    }
    if tax != Decimal::ZERO {
        let place = writer.next();
        let row = writer
            .blank(place, false, true)
            .with("itemtype", "TaxItem".to_owned())
            .with("foreignamount", number(tax * sign));
        writer.rows.push(row);
    }
    writer.rows
}

struct Writer<'a> {
    record: &'a Record,
    zone: &'a TimeZone,
    sign: Decimal,
    rows: Vec<Row>,
    last: u32,
}

impl Writer<'_> {
    fn next(&mut self) -> u32 {
        self.last += 1;
        self.last - 1
    }

    fn blank(&self, line: u32, main: bool, tax: bool) -> Row {
        let record = self.record;
        let place = i64::try_from(self.rows.len()).unwrap_or_default();
        Row::new("transactionline")
            .with("transaction", id(record.id))
            .with("id", i64::from(line))
            .with("linesequencenumber", place)
            .with("uniquekey", id(record.id * 10_000 + u64::from(line)))
            .with("mainline", flag(main))
            .with("taxline", flag(tax))
            .with(
                "subsidiary",
                record
                    .reference("subsidiary")
                    .map_or(Sql::Null, Sql::Integer),
            )
            .with(
                "createdfrom",
                record
                    .reference("createdFrom")
                    .map_or(Sql::Null, Sql::Integer),
            )
    }

    fn item(&mut self, line: &Line) {
        let order = ["salesOrder", "returnAuthorization"].contains(&self.record.kind.name);
        let mut row = self
            .blank(line.number, false, false)
            .with("item", id(line.item))
            .with("quantity", number(line.quantity * self.sign))
            .with("rate", line.rate.map_or(Sql::Null, number))
            .with("netamount", number(line.amount * self.sign))
            .with("foreignamount", number(line.amount * self.sign))
            .with("location", line.location.map_or(Sql::Null, id))
            .with("isclosed", flag(line.closed))
            .with("isinventoryaffecting", flag(!order))
            .with(
                "kitmemberof",
                line.kit_member_of
                    .map_or(Sql::Null, |kit| Sql::Integer(i64::from(kit))),
            )
            .copy(&line.fields, self.zone, &["price", "department", "class"])
            .custom(&line.fields, self.zone, Some("custcol_"));
        if let Some(memo) = line.fields.get("description").and_then(Value::text) {
            row = row.with("memo", memo.to_owned());
        }
        if order {
            let committed: Decimal = line.commitments.iter().map(|taken| taken.committed).sum();
            row = row
                .with("quantityshiprecv", number(line.progress.shipped))
                .with("quantitybilled", number(line.progress.billed))
                .with("quantitypicked", number(line.progress.picked))
                .with("quantitycommitted", number(committed));
        }
        self.rows.push(row);
        if self.record.kind.code == "SalesOrd" {
            for (number_of_member, item, each) in &line.members {
                let quantity = number(line.quantity * each * self.sign);
                let row = self
                    .blank(*number_of_member, false, false)
                    .with("item", id(*item))
                    .with("quantity", quantity);
                self.rows
                    .push(row.with("kitmemberof", i64::from(line.number)));
            }
        }
    }
}
