//! Deposits: what lies in Undeposited Funds goes to the bank, each payment once.

use rust_decimal::Decimal;

use super::books::Books;
use super::problem::Problem;
use super::record::Record;
use super::schema::Space;
use super::value::{Fields, Value};

/// Types of transactions that lie in Undeposited Funds unless an account is named.
const FUNDS: [&str; 5] = [
    "cashSale",
    "customerDeposit",
    "customerPayment",
    "cashRefund",
    "customerRefund",
];

/// Internal ids of the payments that a deposit ticks.
pub(super) fn ticked(record: &Record) -> impl Iterator<Item = u64> + '_ {
    let lines = record.sublists.get("payment").into_iter().flatten();
    let lines = lines.filter(|line| line.get("deposit") == Some(&Value::Flag(true)));
    lines.filter_map(|line| u64::try_from(line.get("id")?.number()?).ok())
}

/// Refuses a deposit of nothing, of what is not there to be deposited, and of less than nothing.
pub(super) fn check(books: &Books, record: &Record) -> Result<(), Problem> {
    let mut taken: Vec<u64> = books
        .transactions()
        .filter(|other| other.kind.name == "deposit" && other.id != record.id)
        .flat_map(|other| ticked(other).collect::<Vec<_>>())
        .collect();
    let parts = ["payment", "other", "cashback"];
    let parts = parts.map(|name| record.sublists.get(name).map_or(0, Vec::len));
    if parts.iter().sum::<usize>() == 0 {
        return Err(Problem::user_error(
            "You must enter at least one line item for this transaction.",
        ));
    }
    for id in ticked(record) {
        let payment = books.get(Space::Transaction, id);
        let payment = payment.filter(|payment| {
            let same = payment.reference("currency") == record.reference("currency");
            lies_there(payment) && same && !taken.contains(&id)
        });
        if payment.is_none() {
            return Err(Problem::user_error(format!(
                "Invalid deposit reference key {id}."
            )));
        }
        taken.push(id);
    }
    for name in ["other", "cashback"] {
        for line in record.sublists.get(name).into_iter().flatten() {
            if !line.contains_key("account") || !line.contains_key("amount") {
                return Err(Problem::missing(&["Account", "Amount"]));
            }
        }
    }
    if sum(books, record) < Decimal::ZERO {
        return Err(Problem::user_error(
            "The total of a deposit cannot be negative.",
        ));
    }
    Ok(())
}

/// Payments that are at the bank say so, where their type has a status for it.
pub(super) fn deposited(books: &mut Books, payments: &[u64]) {
    for id in payments {
        books.change(Space::Transaction, *id, |payment| {
            if payment.status == "B" {
                payment.status = "C";
            }
        });
    }
}

/// Payments and other lines add, cash back takes away.
pub(super) fn total(books: &Books, record: &mut Record) -> Result<(), Problem> {
    let total = sum(books, record);
    record.set("total", Value::Number(total));
    Ok(())
}

fn sum(books: &Books, record: &Record) -> Decimal {
    let payments: Decimal = ticked(record)
        .filter_map(|id| books.get(Space::Transaction, id))
        .map(|payment| worth(payment))
        .sum();
    let lines = |name: &str| -> Decimal {
        let lines = record.sublists.get(name).into_iter().flatten();
        let amount = |line: &Fields| line.get("amount").and_then(Value::number);
        lines.filter_map(amount).sum()
    };
    payments + lines("other") - lines("cashback")
}

/// What was paid back takes away.
fn worth(payment: &Record) -> Decimal {
    let total = payment.number("total");
    if ["cashRefund", "customerRefund"].contains(&payment.kind.name) {
        -total
    } else {
        total
    }
}

fn lies_there(payment: &Record) -> bool {
    let named = payment.reference("account").is_some() && payment.text("undepFunds") != Some("T");
    FUNDS.contains(&payment.kind.name) && !named
}
