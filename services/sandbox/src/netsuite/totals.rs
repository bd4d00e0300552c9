use rust_decimal::{Decimal, RoundingStrategy};

use super::books::Books;
use super::problem::Problem;
use super::record::Record;
use super::value::Value;

/// Computes subtotal, discount, tax and total from the lines, as NetSuite does on every save.
pub(super) fn compute(books: &Books, record: &mut Record) -> Result<(), Problem> {
    let precision = books.precision(record);
    if record.kind.sublist("item").is_none() || record.kind.field("total").is_none() {
        return total_of_parts(books, record);
    }
    let subtotal: Decimal = record.lines.iter().map(|line| line.amount).sum();
    // A discount takes away, whichever sign it was entered with.
    let discount = match record.reference("discountItem") {
        Some(_) => -record.number("discountRate").abs(),
        None => Decimal::ZERO,
    };
    let tax = if books.features.suite_tax {
        imposed_tax(record)?
    } else {
        record.lines.iter().map(|line| line.tax).sum()
    };
    let total =
        subtotal + discount + tax + record.number("shippingCost") + record.number("handlingCost");
    for (name, amount) in [
        ("subtotal", subtotal),
        ("discountTotal", discount),
        ("taxTotal", tax),
        ("total", total),
    ] {
        record.set(name, Value::Number(round(amount, precision)));
    }
    if record.kind.name == "invoice" {
        let owed = record.number("total") - record.number("amountPaid");
        record.set("amountRemaining", Value::Number(owed));
    }
    Ok(())
}

/// Halves away from zero, as on paper.
pub(super) fn round(amount: Decimal, precision: u32) -> Decimal {
    amount.round_dp_with_strategy(precision, RoundingStrategy::MidpointAwayFromZero)
}

/// With SuiteTax only `taxDetailsOverride` imposes tax; the sandbox has no tax engine that would find another.
fn imposed_tax(record: &Record) -> Result<Decimal, Problem> {
    if !record.get("taxDetailsOverride").is_some_and(Value::is_set) {
        return Ok(Decimal::ZERO);
    }
    let mut tax = Decimal::ZERO;
    for (index, detail) in record
        .sublists
        .get("taxDetails")
        .into_iter()
        .flatten()
        .enumerate()
    {
        let reference = detail
            .get("taxDetailsReference")
            .and_then(Value::text)
            .unwrap_or("");
        let known = |line: &super::record::Line| {
            line.fields.get("taxDetailsReference").and_then(Value::text) == Some(reference)
        };
        if reference.is_empty() || !record.lines.iter().any(known) {
            let path = format!("taxDetails.items[{index}].taxDetailsReference");
            return Err(Problem::invalid_value(
                "taxDetailsReference",
                reference,
                &path,
            ));
        }
        tax += detail
            .get("taxAmount")
            .and_then(Value::number)
            .unwrap_or_default();
    }
    Ok(tax)
}

/// Deposits, payments and refunds have no item lines: what is paid counts, else what they apply adds up.
fn total_of_parts(books: &Books, record: &mut Record) -> Result<(), Problem> {
    if record.kind.field("total").is_none() {
        return Ok(());
    }
    if record.kind.name == "deposit" {
        return super::bank::total(books, record);
    }
    let applied = record
        .sublists
        .values()
        .flatten()
        .filter(|line| !matches!(line.get("apply"), Some(Value::Flag(false))));
    let applied: Decimal = applied
        .filter_map(|line| line.get("amount").and_then(Value::number))
        .sum();
    let total = match record.get("payment") {
        Some(_) => record.number("payment"),
        None => applied,
    };
    record.set("total", Value::Number(total));
    Ok(())
}
