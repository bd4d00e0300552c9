//! `!transform`: one transaction made from another.

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::apply;
use super::books::Books;
use super::draft;
use super::lines;
use super::problem::Problem;
use super::progress::{is_shippable, location, pointer};
use super::record::{Line, Record};
use super::save::{self, Manner, Saved, remaining};
use super::schema::{self, RecordType};
use super::value::{Fields, Value};

const PAIRS: [(&str, &str); 13] = [
    ("salesOrder", "itemFulfillment"),
    ("salesOrder", "invoice"),
    ("salesOrder", "cashSale"),
    ("salesOrder", "returnAuthorization"),
    ("invoice", "creditMemo"),
    ("invoice", "returnAuthorization"),
    ("cashSale", "cashRefund"),
    ("cashSale", "returnAuthorization"),
    ("returnAuthorization", "itemReceipt"),
    ("returnAuthorization", "creditMemo"),
    ("returnAuthorization", "cashRefund"),
    ("customerDeposit", "customerRefund"),
    ("customer", "salesOrder"),
];

/// Makes a `target` from `source`. The body is the target's; its lines name the source's by `orderLine`.
///
/// A line that is not mentioned defaults to all that remains of it (NetSuite help, "Transform Records").
pub(super) fn transform(
    books: &mut Books,
    source: &Record,
    target: &'static RecordType,
    body: &Map<String, Json>,
    manner: &Manner,
) -> Result<Saved, Problem> {
    if !PAIRS.contains(&(source.kind.name, target.name)) {
        let text = format!(
            "The record type {} cannot be transformed to {}.",
            source.kind.name, target.name
        );
        return Err(Problem::user_error(text));
    }
    if source.status == "A" && ["salesOrder", "returnAuthorization"].contains(&source.kind.name) {
        return Err(Problem::user_error(
            "The transaction is pending approval and cannot be processed yet.",
        ));
    }
    let mut draft = draft::read(books, target, body, manner.unknown)?;
    let id = books.next_id(target.space);
    let mut record = Record::new(target, id, manner.now);
    inherit(books, source, &mut record);
    for name in std::mem::take(&mut draft.cleared) {
        record.fields.remove(&name);
    }
    record.fields.extend(std::mem::take(&mut draft.fields));
    if let Some(Value::Text(external_id)) = record.fields.remove("externalId") {
        record.external_id = Some(external_id);
    }
    let mut wanted = Vec::new();
    let mut added = Vec::new();
    for (sublist, drafts) in draft.sublists {
        if sublist.name == "item" {
            let credit = ["creditMemo", "cashRefund"].contains(&target.name);
            let is_new = |line: &Fields| credit && !line.contains_key("orderLine");
            (added, wanted) = drafts.into_iter().partition(is_new);
        } else {
            record.sublists.insert(sublist.name, drafts);
        }
    }
    match target.name {
        "customerRefund" => refund_deposit(source, &mut record),
        "salesOrder" => lines::merge(books, &mut record, wanted, false)?,
        _ => {
            take_lines(books, source, &mut record, wanted)?;
            lines::merge(books, &mut record, added, false)?;
        }
    }
    let bill = target.name == "itemFulfillment" && !books.features.advanced_shipping;
    save::finish(books, record, manner.now)?;
    if bill {
        bill_what_was_shipped(books, source.id, manner)?;
    }
    Ok(Saved {
        kind: target,
        id,
        unknown: draft.unknown,
    })
}

/// The header goes over to the target, where it has such properties.
fn inherit(books: &Books, source: &Record, record: &mut Record) {
    let own = [
        "tranId",
        "transactionNumber",
        "tranDate",
        "status",
        "orderStatus",
        "memo",
        "total",
        "payment",
    ];
    for (name, value) in &source.fields {
        let fits = record
            .kind
            .field(name)
            .is_some_and(|field| field.needs.met(&books.features));
        if fits && !own.contains(&name.as_ref()) {
            record.fields.insert(name.clone(), value.clone());
        }
    }
    if source.kind.is_transaction() {
        record.set("createdFrom", pointer(source));
    } else {
        record.set("entity", pointer(source));
    }
    if record.kind.name == "returnAuthorization" {
        record.set(
            "orderStatus",
            Value::Choice {
                id: "B".to_owned(),
                name: "Pending Receipt".to_owned(),
            },
        );
    }
    if ["itemFulfillment", "itemReceipt", "invoice", "cashSale"].contains(&record.kind.name) {
        return;
    }
    // Shipping is not given back unless somebody says so.
    record.fields.remove("shippingCost");
}

fn take_lines(
    books: &mut Books,
    source: &Record,
    record: &mut Record,
    wanted: Vec<Fields>,
) -> Result<(), Problem> {
    let mut by_line: Vec<(u32, Fields)> = Vec::new();
    for (index, draft) in wanted.into_iter().enumerate() {
        let number = draft
            .get("orderLine")
            .and_then(Value::number)
            .and_then(|number| u32::try_from(number).ok());
        let number = number.ok_or_else(|| Problem::missing(&["Order Line"]))?;
        if source.line(number).is_none() {
            let path = format!("item.items[{index}].orderLine");
            return Err(Problem::invalid_value(
                "orderLine",
                &number.to_string(),
                &path,
            ));
        }
        by_line.push((number, draft));
    }
    let shipping = record.kind.name == "itemFulfillment";
    for line in &source.lines {
        if shipping && !is_shippable(books, line.item) {
            continue;
        }
        let draft = by_line
            .iter()
            .find(|(number, _)| *number == line.number)
            .map(|(_, draft)| draft);
        if draft.is_some_and(|draft| draft.get("itemReceive") == Some(&Value::Flag(false))) {
            continue;
        }
        let left = remaining(source, line.number, record.kind.name);
        let quantity = draft
            .and_then(|draft| draft.get("quantity"))
            .and_then(Value::number)
            .unwrap_or(left);
        if quantity > left {
            let text = format!(
                "The quantity {quantity} of line {} is more than the {left} that remain.",
                line.number
            );
            return Err(Problem::user_error(text));
        }
        if quantity > Decimal::ZERO {
            take_line(books, source, record, line, quantity, draft)?;
        }
    }
    if record.lines.is_empty() {
        return Err(Problem::user_error(
            "You must enter at least one line item for this transaction.",
        ));
    }
    let mut places: Vec<_> = record
        .lines
        .iter()
        .filter_map(|line| line.location)
        .collect();
    places.dedup();
    if shipping && places.len() > 1 {
        return Err(Problem::user_error(
            "All items of a fulfillment must ship from the same location.",
        ));
    }
    Ok(())
}

/// Kept in the line itself, or said of the request alone.
const TYPED: [&str; 7] = [
    "orderLine",
    "item",
    "quantity",
    "rate",
    "amount",
    "itemReceive",
    "location",
];

/// Whether lines of the record have prices of their own.
fn prices(kind: &str) -> bool {
    !["itemFulfillment", "itemReceipt"].contains(&kind)
}

fn take_line(
    books: &mut Books,
    source: &Record,
    record: &mut Record,
    from: &Line,
    quantity: Decimal,
    draft: Option<&Fields>,
) -> Result<(), Problem> {
    let mut line = Line::new(record.next_line, books.next_unique(), from.item);
    line.quantity = quantity;
    line.rate = from.rate;
    line.amount = if quantity == from.quantity {
        from.amount
    } else {
        share(from.amount, quantity, from.quantity)
    };
    line.tax = if quantity == from.quantity {
        from.tax
    } else {
        share(from.tax, quantity, from.quantity)
    };
    line.source = Some((source.id, from.number));
    line.fields.clone_from(&from.fields);
    let own = draft.into_iter().flatten();
    let own = own.filter(|(name, _)| !TYPED.contains(&name.as_ref()));
    line.fields
        .extend(own.map(|(name, value)| (name.clone(), value.clone())));
    if prices(record.kind.name) {
        let number = |name: &str| draft.and_then(|draft| draft.get(name)?.number());
        line.rate = number("rate").or(line.rate);
        line.amount = number("amount").unwrap_or(line.amount);
    }
    let named = draft.and_then(|draft| lines::reference(draft, "location"));
    let chosen = named
        .or_else(|| lines::reference(&record.fields, "inventoryLocation"))
        .or(from.location);
    line.location = location(books, source, chosen);
    if record.kind.name == "itemFulfillment" && line.location.is_none() {
        return Err(Problem::missing(&["Location"]));
    }
    record.next_line += 1;
    let members = from
        .members
        .iter()
        .filter(|_| record.kind.name == "itemFulfillment");
    let mut parts = Vec::new();
    for (_, item, each) in members {
        let mut part = Line::new(record.next_line, books.next_unique(), *item);
        record.next_line += 1;
        part.quantity = quantity * each;
        part.location = line.location;
        part.kit_member_of = Some(line.number);
        parts.push(part);
    }
    record.lines.push(line);
    record.lines.extend(parts);
    Ok(())
}

/// The part of an amount that falls to part of a quantity, to the cent.
fn share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal {
    super::totals::round(amount * part / whole, 2)
}

fn refund_deposit(source: &Record, record: &mut Record) {
    let line = Fields::from([
        ("doc".into(), pointer(source)),
        ("apply".into(), Value::Flag(true)),
        ("amount".into(), Value::Number(apply::open(source))),
    ]);
    record
        .sublists
        .entry("deposit")
        .or_insert_with(|| vec![line]);
}

/// Without Advanced Shipping a fulfilment bills itself.
fn bill_what_was_shipped(books: &mut Books, order: u64, manner: &Manner) -> Result<(), Problem> {
    let (Some(order), Some(invoice)) = (
        books.get(schema::Space::Transaction, order).cloned(),
        schema::record_type("invoice"),
    ) else {
        return Ok(());
    };
    let unbilled = |line: &Line| line.progress.shipped - line.progress.billed;
    let items: Vec<Json> =
        order.lines.iter().map(|line| serde_json::json!({ "orderLine": line.number, "quantity": super::value::json_number(unbilled(line).max(Decimal::ZERO)) })).collect();
    let body = Map::from_iter([("item".to_owned(), serde_json::json!({ "items": items }))]);
    transform(books, &order, invoice, &body, manner).map(drop)
}
