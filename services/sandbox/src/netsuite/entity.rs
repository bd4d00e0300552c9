//! Customers and contacts: what they are called, and what NetSuite fills in.

use rust_decimal::Decimal;

use super::books::Books;
use super::problem::Problem;
use super::record::Record;
use super::schema::Space;
use super::value::{Reference, Value};

/// Fills in defaults.
pub(super) fn default(books: &Books, record: &mut Record) {
    record
        .fields
        .entry("isInactive".into())
        .or_insert(Value::Flag(false));
    if record.kind.name == "contact" {
        if record.get("entityId").is_none()
            && let Some(name) = person(record)
        {
            record.set("entityId", Value::Text(name));
        }
        return;
    }
    record
        .fields
        .entry("isPerson".into())
        .or_insert(Value::Flag(false));
    name(books, record);
    let closed_won = Reference {
        target: "customerStatus",
        id: 13,
        name: "CUSTOMER-Closed Won".to_owned(),
    };
    record
        .fields
        .entry("entityStatus".into())
        .or_insert(Value::Reference(closed_won));
    number_addresses(record);
}

/// A customer who was not named by hand is called by a number, or after the person or company, whatever they are called later.
fn name(books: &Books, record: &mut Record) {
    let given = record.get("entityId").is_some();
    let automatic = record.get("autoName").map_or(!given, Value::is_set);
    record.set("autoName", Value::Flag(automatic));
    if !automatic {
        return;
    }
    let after = if books.settings.numbers_customers {
        (!given).then(|| format!("CUS{}", record.id))
    } else if record.get("isPerson").is_some_and(Value::is_set) {
        person(record)
    } else {
        record.text("companyName").map(str::to_owned)
    };
    if let Some(after) = after {
        record.set("entityId", Value::Text(after));
    }
}

fn person(record: &Record) -> Option<String> {
    let names: Vec<&str> = ["firstName", "lastName"]
        .into_iter()
        .filter_map(|name| record.text(name))
        .collect();
    (!names.is_empty()).then(|| names.join(" "))
}

fn number_addresses(record: &mut Record) {
    let owner = record.id;
    for (id, line) in
        (owner * 100 + 1..).zip(record.sublists.get_mut("addressBook").into_iter().flatten())
    {
        let id = Value::Number(Decimal::from(id));
        line.entry("id".into()).or_insert_with(|| id.clone());
        line.entry("internalId".into()).or_insert(id);
    }
}

/// A contact belongs to the subsidiary of its company.
pub(super) fn works_there(books: &Books, contact: &Record) -> Result<(), Problem> {
    let company = contact
        .reference("company")
        .and_then(|id| u64::try_from(id).ok());
    let company = company.and_then(|id| books.get(Space::Entity, id));
    let theirs = company.and_then(|company| company.reference("subsidiary"));
    match (contact.reference("subsidiary"), theirs) {
        (Some(ours), Some(theirs)) if ours != theirs => Err(Problem::invalid_value(
            "subsidiary",
            &ours.to_string(),
            "subsidiary",
        )),
        _ => Ok(()),
    }
}

/// What no other record may be called: customers in the account, contacts at their company.
pub(super) fn unique_name(record: &Record) -> Option<String> {
    let name = record.text("entityId")?.to_lowercase();
    Some(match record.kind.name {
        "contact" => format!("{} at {:?}", name, record.reference("company")),
        _ => name,
    })
}
