//! Customers who are there: what a record adds to them.

use std::collections::{BTreeMap, HashMap};

use futures_util::StreamExt as _;
use futures_util::stream;
use ports::{Effect, Exchange, Fault};

use super::{AT_ONCE, Desk, Regular, first};
use crate::client::Trouble;
use crate::map::settings::{Addresses, InternalId};
use crate::map::{Facts, Other, Patron, entries, kept_up, query, row_marks};
use crate::wire::{AddressRow, Object};

/// Entries beyond which an address book is left alone: at a thousand the record becomes unwieldy.
const FULL: usize = 900;

/// A change of one customer.
struct Change {
    id: String,
    /// The place of a record that it is told with.
    place: usize,
    fields: Object,
    /// What they were made from.
    facts: Facts,
    /// The marks of the addresses among them.
    marks: Vec<String>,
    /// Whether a record of its own waits for it.
    awaited: bool,
}

/// What became of the customers of whom something changes, by internal id, and the requests made.
type Kept = (
    HashMap<String, Result<Effect, Fault>>,
    Vec<(usize, Exchange)>,
);

/// Brings the customers up to date, one request for each of whom something changes. An order does not wait for that: what NetSuite answers
/// stands in its journey, and the customer's next order tries again.
pub(super) async fn keep(
    desk: Desk<'_>,
    regulars: &BTreeMap<String, Regular>,
    patrons: &[Patron<'_>],
) -> Result<Kept, Trouble> {
    let theirs: Vec<(&Regular, Vec<&Patron<'_>>)> = regulars
        .values()
        .map(|regular| {
            let places = regular.places.iter();
            (
                regular,
                places.filter_map(|place| patrons.get(*place)).collect(),
            )
        })
        .collect();
    let (books, shared) = books(desk, &theirs).await?;
    let mut exchanges = first(shared);
    let mut changes = Vec::new();
    for (regular, patrons) in &theirs {
        changes.extend(change(desk, regular, patrons, &books));
    }
    let sent: Vec<_> = stream::iter(changes)
        .map(|change| send(desk, change))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut kept = HashMap::new();
    for (change, result, exchange) in sent {
        exchanges.extend(exchange.map(|exchange| (change.place, exchange)));
        kept.insert(change.id, result.map(|()| Effect::Updated));
    }
    Ok((kept, exchanges))
}

/// The marks of each address in each customer's book.
type Books = HashMap<String, Vec<[String; 2]>>;

async fn books(
    desk: Desk<'_>,
    theirs: &[(&Regular, Vec<&Patron<'_>>)],
) -> Result<(Books, Vec<Exchange>), Trouble> {
    let named = |patron: &&Patron<'_>| !patron.told.uses.is_empty();
    let ids: Vec<InternalId> = theirs
        .iter()
        .filter(|(_, patrons)| patrons.iter().any(named))
        .filter_map(|(regular, _)| InternalId::new(regular.row.id.as_str()).ok())
        .collect();
    if ids.is_empty() || desk.addresses == Addresses::Leave {
        return Ok((Books::new(), Vec::new()));
    }
    let query = query::address_books(&ids);
    let (rows, exchanges) = desk.api.find::<AddressRow>(desk.lane, &query).await?;
    let mut books: Books = ids.iter().map(|id| (id.to_string(), Vec::new())).collect();
    for row in rows {
        let marks = row_marks(&row);
        books.entry(row.entity).or_default().push(marks);
    }
    Ok((books, exchanges))
}

fn change(
    desk: Desk<'_>,
    regular: &Regular,
    patrons: &[&Patron<'_>],
    books: &Books,
) -> Option<Change> {
    let id = regular.row.id.as_str();
    // The latest record knows best.
    let last = patrons.last()?;
    let told: Vec<_> = patrons.iter().map(|patron| &patron.told).collect();
    let marks: Vec<String> = match books.get(id).filter(|book| book.len() < FULL) {
        Some(book) => entries(&told)
            .into_iter()
            .filter(|entry| !book.iter().any(|there| entry.is(there)))
            .map(|entry| entry.mark)
            .filter(|mark| desk.added.claim(id, mark))
            .collect(),
        None => Vec::new(),
    };
    let how = (desk.update, desk.settings);
    let fields = kept_up(&regular.row, &last.buyer, &told, &marks, how);
    let (_, others) = told.split_last()?;
    let facts = Facts::Upkeep {
        row: Box::new(regular.row.clone()),
        marks: marks.clone(),
        others: Other::all(others),
    };
    (!fields.is_empty()).then(|| Change {
        id: id.to_owned(),
        place: regular.places.last().copied().unwrap_or_default(),
        fields,
        facts,
        marks,
        awaited: last.told.lasting,
    })
}

async fn send(desk: Desk<'_>, change: Change) -> (Change, Result<(), Fault>, Option<Exchange>) {
    let path = format!("customer/{}", change.id);
    let (result, exchange) = match serde_json::to_vec(&change.fields) {
        Ok(body) => {
            let amend = desk.api.amend(desk.lane, &path, None, body, &change.facts);
            amend.await
        }
        Err(error) => {
            let why = format!("the change cannot be written as JSON: {error}");
            (Err(Fault::Unreadable { why }), None)
        }
    };
    if let Err(fault) = &result {
        // What may have landed is not added again before the book was read anew; a record that waits for it is looked up before it goes on.
        if change.awaited || !matches!(fault, Fault::Uncertain { .. }) {
            for mark in &change.marks {
                desk.added.forget(&change.id, mark);
            }
        }
    }
    (change, result, exchange)
}
