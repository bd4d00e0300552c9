//! Item lines: numbering, prices, and how a request's lines merge with those that are there.

use rust_decimal::Decimal;

use super::books::Books;
use super::options::Script;
use super::problem::Problem;
use super::record::{Line, Record};
use super::totals::round;
use super::value::{Fields, Value};

const CUSTOM_LEVEL: i64 = -1;

/// Merges lines by `line`; a line without it is appended, so the same request twice doubles the lines. With `replace`, the
/// lines that were there go first.
pub(super) fn merge(
    books: &mut Books,
    record: &mut Record,
    drafts: Vec<Fields>,
    replace: bool,
) -> Result<(), Problem> {
    if replace {
        if record
            .lines
            .iter()
            .any(|line| line.progress.picked.max(line.progress.billed) > Decimal::ZERO)
        {
            return Err(Problem::user_error(
                "Lines of this transaction have been fulfilled or billed and cannot be removed.",
            ));
        }
        record.lines.clear();
    }
    let creating = record.lines.is_empty();
    for (index, draft) in drafts.into_iter().enumerate() {
        let number = draft
            .get("line")
            .and_then(Value::number)
            .and_then(|number| u32::try_from(number).ok());
        match number.filter(|_| !creating) {
            Some(number) => update(books, record, number, draft, index)?,
            None => append(books, record, draft, index)?,
        }
    }
    Ok(())
}

fn append(
    books: &mut Books,
    record: &mut Record,
    draft: Fields,
    index: usize,
) -> Result<(), Problem> {
    let item = item_of(&draft).ok_or_else(|| Problem::missing(&["Item"]))?;
    let number = record.next_line;
    let members = books.members(item);
    let mut line = Line::new(number, books.next_unique(), item);
    line.quantity = Decimal::ONE;
    line.members = (number + 1..)
        .zip(members)
        .map(|(number, (item, quantity))| (number, item, quantity))
        .collect();
    // Members take the numbers after their kit; a discount's counterpart takes one as well.
    let extra =
        u32::try_from(line.members.len()).unwrap_or(0) + u32::from(is_discount(books, item));
    record.next_line = number + 1 + extra;
    fill(books, record, &mut line, draft, index)?;
    record.lines.push(line);
    Ok(())
}

fn update(
    books: &Books,
    record: &mut Record,
    number: u32,
    draft: Fields,
    index: usize,
) -> Result<(), Problem> {
    let path = format!("item.items[{index}].line");
    let mut line = record
        .line(number)
        .cloned()
        .ok_or_else(|| Problem::invalid_value("line", &number.to_string(), &path))?;
    if let Some(item) = item_of(&draft).filter(|item| *item != line.item) {
        if line.progress.picked > Decimal::ZERO {
            return Err(Problem::user_error(
                "The item of a fulfilled line cannot be changed.",
            ));
        }
        line.item = item;
    }
    fill(books, record, &mut line, draft, index)?;
    if line.quantity < line.progress.picked {
        return Err(Problem::user_error(
            "The quantity cannot be less than the quantity that has been fulfilled.",
        ));
    }
    if line.quantity < line.progress.billed {
        return Err(Problem::user_error(
            "The quantity cannot be less than the quantity that has been billed.",
        ));
    }
    if let Some(stored) = record.line_mut(number) {
        *stored = line;
    }
    Ok(())
}

fn fill(
    books: &Books,
    record: &Record,
    line: &mut Line,
    draft: Fields,
    index: usize,
) -> Result<(), Problem> {
    let number = |name: &str| draft.get(name).and_then(Value::number);
    let precision = books.precision(record);
    if let Some(quantity) = number("quantity") {
        if quantity < Decimal::ZERO {
            return Err(Problem::invalid_value(
                "quantity",
                &quantity.to_string(),
                &format!("item.items[{index}].quantity"),
            ));
        }
        line.quantity = quantity;
    }
    let base = books.base_price(line.item);
    let custom = draft
        .get("price")
        .or_else(|| line.fields.get("price"))
        .and_then(Value::reference)
        == Some(CUSTOM_LEVEL);
    let priced = if custom || base.is_none() || !books.settings.price_level_wins {
        (number("rate"), number("amount"))
    } else {
        (None, None)
    };
    match priced {
        (rate, Some(amount)) => {
            line.rate = rate.or(line.rate);
            line.amount = round(amount, precision);
        }
        (Some(rate), None) => {
            line.rate = Some(rate);
            line.amount = round(rate * line.quantity, precision);
        }
        (None, None) => {
            line.rate = line.rate.filter(|_| custom || base.is_none()).or(base);
            line.amount = round(line.rate.unwrap_or_default() * line.quantity, precision);
        }
    }
    line.closed = draft.get("isClosed").map_or(line.closed, Value::is_set);
    line.location = reference(&draft, "location").or(line.location);
    line.fields.extend(
        draft
            .into_iter()
            .filter(|(name, _)| !TYPED.contains(&name.as_ref())),
    );
    line.tax = line_tax(line, precision);
    Ok(())
}

/// Kept in the line itself.
const TYPED: [&str; 8] = [
    "line",
    "orderLine",
    "item",
    "quantity",
    "rate",
    "amount",
    "isClosed",
    "location",
];

/// The amount where one was given, else by rate.
fn line_tax(line: &Line, precision: u32) -> Decimal {
    let number = |name: &str| line.fields.get(name).and_then(Value::number);
    number("tax1Amt")
        .or_else(|| {
            number("taxRate1")
                .map(|rate| round(line.amount * rate / Decimal::ONE_HUNDRED, precision))
        })
        .unwrap_or_default()
}

/// What the account's own scripts do to an order after it was submitted.
pub(super) fn run_scripts(books: &Books, record: &mut Record) -> Result<(), Problem> {
    let precision = books.precision(record);
    for script in &books.settings.scripts {
        match script {
            Script::Veto(text) => return Err(Problem::user_error(text)),
            Script::Memo(text) => record.set("memo", Value::Text(text.clone())),
            Script::RoundRates(places) => reprice(record, precision, |line| {
                line.rate.map(|rate| round(rate, *places))
            }),
            Script::BasePrice => reprice(record, precision, |line| books.base_price(line.item)),
        }
    }
    Ok(())
}

fn reprice(record: &mut Record, precision: u32, price: impl Fn(&Line) -> Option<Decimal>) {
    for line in &mut record.lines {
        if let Some(rate) = price(line) {
            line.rate = Some(rate);
            line.amount = round(rate * line.quantity, precision);
            line.tax = line_tax(line, precision);
        }
    }
}

pub(super) fn item_of(fields: &Fields) -> Option<u64> {
    reference(fields, "item")
}

pub(super) fn reference(fields: &Fields, name: &str) -> Option<u64> {
    fields
        .get(name)
        .and_then(Value::reference)
        .and_then(|id| u64::try_from(id).ok())
}

fn is_discount(books: &Books, item: u64) -> bool {
    books
        .get(super::schema::Space::Item, item)
        .is_some_and(|record| record.kind.name == "discountItem")
}
