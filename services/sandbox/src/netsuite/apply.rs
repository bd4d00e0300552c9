//! What credits, payments and refunds are applied to: never more than is open there, and only what is the same customer's in the same
//! currency.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::books::Books;
use super::problem::Problem;
use super::progress::{Turn, pointer};
use super::record::Record;
use super::schema::Space;
use super::value::{Fields, Value};

/// What the lines of a sublist may be applied to: the record, its sublist, the records there.
const PAIRS: [(&str, &str, &[&str]); 4] = [
    ("creditMemo", "apply", &["invoice"]),
    ("customerPayment", "apply", &["invoice"]),
    (
        "customerRefund",
        "apply",
        &["creditMemo", "customerPayment"],
    ),
    ("customerRefund", "deposit", &["customerDeposit"]),
];

/// What of a record can still be applied, or, of an invoice, paid.
pub(super) fn open(record: &Record) -> Decimal {
    match record.kind.name {
        "invoice" => record.number("amountRemaining"),
        _ => record.number("total") - record.used,
    }
}

/// Fills in what the lines leave open, and refuses what cannot be applied so.
pub(super) fn fill(books: &Books, record: &mut Record) -> Result<(), Problem> {
    let old = books.get(Space::Transaction, record.id).cloned();
    let old: Vec<(u64, Decimal)> = old.iter().flat_map(|old| applied(old)).collect();
    let before: Decimal = old.iter().map(|(_, amount)| *amount).sum();
    let mut sublists = std::mem::take(&mut record.sublists);
    for (kind, sublist, targets) in PAIRS {
        if kind != record.kind.name {
            continue;
        }
        for (index, line) in sublists.get_mut(sublist).into_iter().flatten().enumerate() {
            if !is_applied(line) {
                continue;
            }
            let path = format!("{sublist}.items[{index}]");
            let own = |doc: u64| old.iter().filter(move |(id, _)| *id == doc);
            let own = |doc| own(doc).map(|(_, amount)| *amount).sum::<Decimal>();
            check_line(books, record, line, (targets, &path), own)?;
        }
    }
    record.sublists = sublists;
    let now: Vec<(u64, Decimal)> = applied(record).collect();
    if record.kind.name == "customerRefund" && now.is_empty() {
        return Err(Problem::user_error(
            "You must choose at least one transaction that is refunded.",
        ));
    }
    if ["creditMemo", "customerPayment"].contains(&record.kind.name) {
        let sum: Decimal = now.iter().map(|(_, amount)| *amount).sum();
        record.used = record.used - before + sum;
    }
    Ok(())
}

/// Refuses to apply more than the record itself comes to.
pub(super) fn within(record: &Record) -> Result<(), Problem> {
    if record.used > Decimal::ZERO && record.used > record.number("total") {
        return Err(Problem::user_error(
            "You cannot apply more than your total payments/credits.",
        ));
    }
    Ok(())
}

fn check_line(
    books: &Books,
    record: &Record,
    line: &mut Fields,
    (targets, path): (&[&str], &str),
    own: impl Fn(u64) -> Decimal,
) -> Result<(), Problem> {
    let doc = super::lines::reference(line, "doc");
    let doc = doc.and_then(|id| books.get(Space::Transaction, id));
    let invalid = |id: String| Problem::invalid_value("doc", &id, &format!("{path}.doc"));
    let Some(doc) = doc else {
        return Err(invalid("null".to_owned()));
    };
    let party = |one: &Record| one.reference("entity").or(one.reference("customer"));
    let fits = targets.contains(&doc.kind.name)
        && party(doc) == party(record)
        && doc.reference("currency") == record.reference("currency");
    if !fits {
        return Err(invalid(doc.id.to_string()));
    }
    line.insert("doc".into(), pointer(doc));
    let most = open(doc) + own(doc.id);
    let amount = line.get("amount").and_then(Value::number).unwrap_or(most);
    if amount <= Decimal::ZERO {
        return Err(Problem::user_error(
            "The amount that is applied must be greater than zero.",
        ));
    }
    if amount > most {
        let label = doc.label();
        return Err(Problem::user_error(format!(
            "The amount {amount} is more than the {most} that is open of {label}."
        )));
    }
    line.insert("amount".into(), Value::Number(amount));
    Ok(())
}

/// A line that is there is applied, unless it says that it is not.
fn is_applied(line: &Fields) -> bool {
    line.get("apply") != Some(&Value::Flag(false))
}

fn applied(record: &Record) -> impl Iterator<Item = (u64, Decimal)> {
    let lists = PAIRS
        .iter()
        .filter(|(kind, ..)| *kind == record.kind.name)
        .filter_map(|(_, sublist, _)| record.sublists.get(sublist));
    let lines = lists.flatten().filter(|line| is_applied(line));
    lines.filter_map(|line| {
        let doc = super::lines::reference(line, "doc")?;
        Some((doc, line.get("amount")?.number()?))
    })
}

/// Carries over what the document is applied to.
pub(super) fn carry(books: &mut Books, document: &Record, turn: Turn, at: Timestamp) {
    let applied: Vec<(u64, Decimal)> = applied(document).collect();
    for (doc, amount) in applied {
        let amount = turn.sign(amount);
        books.change(Space::Transaction, doc, |target| {
            target.modified = at;
            if target.kind.name == "invoice" {
                let paid = target.number("amountPaid") + amount;
                let owed = target.number("total") - paid;
                target.set("amountPaid", Value::Number(paid));
                target.set("amountRemaining", Value::Number(owed));
                target.status = if owed.is_zero() { "B" } else { "A" };
                return;
            }
            target.used += amount;
            if target.kind.name == "creditMemo" {
                target.status = status(target);
            }
        });
    }
}

/// Whether a credit memo is open or applied in full.
pub(super) fn status(memo: &Record) -> &'static str {
    let total = memo.number("total");
    if total > Decimal::ZERO && memo.used >= total {
        "B"
    } else {
        "A"
    }
}
