//! Creating, changing and deleting records.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::apply;
use super::bank;
use super::books::{Books, already_exists};
use super::draft::{self, Draft, UnknownNames};
use super::lines;
use super::links;
use super::problem::Problem;
use super::progress::{self, Turn};
use super::record::Record;
use super::rules;
use super::schema::{RecordType, Space};
use super::totals;
use super::value::Value;

/// A save that happened.
#[derive(Debug)]
pub(super) struct Saved {
    pub(super) kind: &'static RecordType,
    pub(super) id: u64,
    /// Properties that were dropped because they do not exist.
    pub(super) unknown: Vec<String>,
}

/// How a request wants its body read.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub(super) unknown: UnknownNames,
    /// Sublists to replace as a whole.
    pub(super) replace: Vec<String>,
    pub(super) now: Timestamp,
}

pub(super) fn create(
    books: &mut Books,
    kind: &'static RecordType,
    body: &Map<String, Json>,
    manner: &Manner,
) -> Result<Saved, Problem> {
    if ["itemFulfillment", "itemReceipt"].contains(&kind.name) {
        let text = format!(
            "A record of the type {} can only be created by transforming another transaction.",
            kind.name
        );
        return Err(Problem::user_error(text));
    }
    let draft = draft::read(books, kind, body, manner.unknown)?;
    create_from(books, kind, draft, manner)
}

fn create_from(
    books: &mut Books,
    kind: &'static RecordType,
    mut draft: Draft,
    manner: &Manner,
) -> Result<Saved, Problem> {
    let unknown = std::mem::take(&mut draft.unknown);
    if let Some(external_id) = draft.fields.get("externalId").and_then(Value::text)
        && books.by_external(kind.space, external_id).is_some()
    {
        return Err(already_exists(kind));
    }
    let id = books.next_id(kind.space);
    let mut record = Record::new(kind, id, manner.now);
    apply(books, &mut record, draft, manner)?;
    finish(books, record, manner.now)?;
    Ok(Saved { kind, id, unknown })
}

pub(super) fn update(
    books: &mut Books,
    old: &Record,
    body: &Map<String, Json>,
    manner: &Manner,
) -> Result<Saved, Problem> {
    let (kind, id) = (old.kind, old.id);
    if books
        .settings
        .locked
        .contains(&format!("{}/{id}", kind.name))
    {
        return Err(Problem::user_error(
            "This record has been locked by a user defined workflow.",
        ));
    }
    let mut draft = draft::read(books, kind, body, manner.unknown)?;
    rules::changeable(old, &draft)?;
    let unknown = std::mem::take(&mut draft.unknown);
    let mut record = old.clone();
    record.modified = manner.now;
    forget_imposed_tax(books, &mut record, &draft);
    apply(books, &mut record, draft, manner)?;
    prepare(books, &mut record, manner.now)?;
    // What the old version did is taken back before the new one takes its place.
    progress::carry(books, old, Turn::Undo, manner.now);
    apply::carry(books, old, Turn::Undo, manner.now);
    progress::hand_over(books, old, Turn::Undo, manner.now);
    progress::release(books, &mut record, manner.now);
    store(books, record, manner.now);
    Ok(Saved { kind, id, unknown })
}

/// Lines that change have their tax reckoned anew: an override lasts only if the same request imposes it again.
fn forget_imposed_tax(books: &Books, record: &mut Record, draft: &Draft) {
    let touched = draft.sublists.iter().any(|(list, _)| list.name == "item");
    if touched && books.features.suite_tax && !draft.fields.contains_key("taxDetailsOverride") {
        record.fields.remove("taxDetailsOverride");
        record.sublists.remove("taxDetails");
    }
}

pub(super) fn upsert(
    books: &mut Books,
    kind: &'static RecordType,
    external_id: &str,
    body: &Map<String, Json>,
    manner: &Manner,
) -> Result<Saved, Problem> {
    if let Some(old) = books.by_external(kind.space, external_id).cloned() {
        if !std::ptr::eq(old.kind, kind) {
            return Err(already_exists(kind));
        }
        return update(books, &old, body, manner);
    }
    let mut draft = draft::read(books, kind, body, manner.unknown)?;
    draft
        .fields
        .insert("externalId".into(), Value::Text(external_id.to_owned()));
    create_from(books, kind, draft, manner)
}

pub(super) fn delete(books: &mut Books, old: &Record, now: Timestamp) -> Result<(), Problem> {
    let transaction = old.kind.is_transaction();
    let follows = |later: &Record| {
        links::of(later)
            .iter()
            .any(|link| link.previous.0 == old.id)
    };
    if transaction && books.transactions().any(|later| follows(later)) {
        return Err(Problem::user_error(
            "This record cannot be deleted because it has dependent records.",
        ));
    }
    if transaction {
        progress::carry(books, old, Turn::Undo, now);
        apply::carry(books, old, Turn::Undo, now);
        progress::hand_over(books, old, Turn::Undo, now);
        progress::release(books, &mut old.clone(), now);
    }
    books.remove(old.space(), old.id, now);
    Ok(())
}

/// Fills in, checks and stores a new record.
pub(super) fn finish(books: &mut Books, mut record: Record, now: Timestamp) -> Result<(), Problem> {
    prepare(books, &mut record, now)?;
    if record.kind.name == "inventoryAdjustment" {
        adjust_stock(books, &record, now);
    }
    progress::take_back(books, &record, now);
    store(books, record, now);
    Ok(())
}

/// Everything that can refuse the record; nothing is written yet.
fn prepare(books: &Books, record: &mut Record, now: Timestamp) -> Result<(), Problem> {
    rules::default(books, record, now);
    rules::check(books, record)?;
    if record.kind.name == "salesOrder" {
        lines::run_scripts(books, record)?;
    }
    apply::fill(books, record)?;
    totals::compute(books, record)?;
    apply::within(record)?;
    record.status = progress::status(books, record);
    books.check_unique(record)
}

fn store(books: &mut Books, mut record: Record, now: Timestamp) {
    progress::commit(books, &mut record, now);
    progress::hand_over(books, &record, Turn::Apply, now);
    let document = record
        .lines
        .iter()
        .any(|line| line.source.is_some())
        .then(|| record.clone());
    let banked: Vec<u64> = bank::ticked(&record).collect();
    apply::carry(books, &record, Turn::Apply, now);
    books.put(record);
    bank::deposited(books, &banked);
    if let Some(document) = document {
        progress::carry(books, &document, Turn::Apply, now);
    }
}

fn apply(
    books: &mut Books,
    record: &mut Record,
    draft: Draft,
    manner: &Manner,
) -> Result<(), Problem> {
    for name in draft.cleared {
        if name == "externalId" {
            record.external_id = None;
        }
        record.fields.remove(&name);
    }
    record.fields.extend(draft.fields);
    if let Some(Value::Text(external_id)) = record.fields.remove("externalId") {
        record.external_id = Some(external_id);
    }
    for (sublist, drafts) in draft.sublists {
        let replace = manner
            .replace
            .iter()
            .any(|name| name.eq_ignore_ascii_case(sublist.name));
        if sublist.name == "item" {
            lines::merge(books, record, drafts, replace)?;
            continue;
        }
        let lines = record.sublists.entry(sublist.name).or_default();
        if replace {
            lines.clear();
        }
        lines.extend(drafts);
    }
    Ok(())
}

fn adjust_stock(books: &mut Books, record: &Record, now: Timestamp) {
    for line in record.sublists.get("inventory").into_iter().flatten() {
        let place = progress::location(books, record, lines::reference(line, "location"));
        let by = line.get("adjustQtyBy").and_then(Value::number);
        if let (Some(item), Some(location), Some(by)) = (lines::item_of(line), place, by) {
            books.stock.adjust((item, location), by, now);
        }
    }
}

/// The quantity that is left of a line for a further document.
pub(super) fn remaining(record: &Record, number: u32, target: &str) -> Decimal {
    let Some(line) = record.line(number) else {
        return Decimal::ZERO;
    };
    let credited = ["creditMemo", "cashRefund"].contains(&target);
    if credited && record.kind.name == "returnAuthorization" {
        // What did not come back yet is not given back yet.
        return (line.progress.shipped - line.progress.billed).max(Decimal::ZERO);
    }
    let used = match target {
        "itemFulfillment" => return line.to_pick(),
        "itemReceipt" => line.progress.shipped,
        "returnAuthorization" => line.progress.returned,
        _ => line.progress.billed,
    };
    (line.quantity - used).max(Decimal::ZERO)
}

/// The record with this id, which has to be of this type.
pub(super) fn find<'a>(
    books: &'a Books,
    kind: &'static RecordType,
    id: &str,
    url: &str,
) -> Result<&'a std::sync::Arc<Record>, Problem> {
    let record = match id.strip_prefix("eid:") {
        Some(external_id) => books.by_external(kind.space, external_id),
        None => {
            let id: u64 = id
                .parse()
                .ok()
                .filter(|id| *id > 0)
                .ok_or_else(|| Problem::invalid_id(id))?;
            books.get(kind.space, id)
        }
    };
    match record {
        Some(record) if std::ptr::eq(record.kind, kind) => Ok(record),
        // Observed: a transaction of another type is a user error, not a 404.
        Some(_) if kind.space == Space::Transaction => Err(Problem::user_error(
            "Transaction type specified is incorrect.",
        )),
        _ => Err(Problem::no_such_record(url)),
    }
}
