//! Customers who are there: what an order adds to them.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::StreamExt as _;
use futures_util::stream;
use ports::{Exchange, Fault, Lane};

use super::{AT_ONCE, Added, Patron, Regular, first};
use crate::client::{Api, Trouble};
use crate::map::settings::{Addresses, InternalId, Orders};
use crate::map::{Entry, entries, query, row_mark, upkeep};
use crate::wire::{AddressRow, Json, Object};

/// Entries beyond which an address book is left alone: at a thousand the record becomes unwieldy.
const FULL: usize = 900;

/// A change of one customer.
struct Change {
    id: String,
    /// The place of an order that it is told with.
    place: usize,
    fields: Object,
    /// The marks of the addresses among them.
    marks: Vec<String>,
}

/// Brings the customers up to date, one request for each of whom something changes. An order does not wait for that: what NetSuite answers
/// stands in its journey, and the customer's next order tries again.
pub(super) async fn keep(
    api: &Api,
    regulars: &BTreeMap<String, Regular>,
    patrons: &[Patron<'_>],
    settings: &Orders,
    added: &Added,
) -> Result<Vec<(usize, Exchange)>, Trouble> {
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
    let (books, shared) = books(api, &theirs, settings).await?;
    let mut exchanges = first(shared);
    let mut changes = Vec::new();
    for (regular, patrons) in &theirs {
        changes.extend(change(regular, patrons, &books, settings, added));
    }
    let sent: Vec<_> = stream::iter(changes)
        .map(|change| send(api, change, added))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    exchanges.extend(sent.into_iter().flatten());
    Ok(exchanges)
}

/// The marks of the addresses in each customer's book.
type Books = HashMap<String, HashSet<String>>;

async fn books(
    api: &Api,
    theirs: &[(&Regular, Vec<&Patron<'_>>)],
    settings: &Orders,
) -> Result<(Books, Vec<Exchange>), Trouble> {
    let named =
        |patron: &&Patron<'_>| patron.order.billing.is_some() || patron.order.shipping.is_some();
    let ids: Vec<InternalId> = theirs
        .iter()
        .filter(|(_, patrons)| patrons.iter().any(named))
        .filter_map(|(regular, _)| InternalId::new(regular.row.id.as_str()).ok())
        .collect();
    if ids.is_empty() || settings.customer.addresses == Addresses::Leave {
        return Ok((Books::new(), Vec::new()));
    }
    let query = query::address_books(&ids);
    let (rows, exchanges) = api.find::<AddressRow>(Lane::Orders, &query).await?;
    let mut books: Books = ids
        .iter()
        .map(|id| (id.to_string(), HashSet::new()))
        .collect();
    for row in rows {
        let mark = row_mark(&row);
        books.entry(row.entity).or_default().insert(mark);
    }
    Ok((books, exchanges))
}

fn change(
    regular: &Regular,
    patrons: &[&Patron<'_>],
    books: &Books,
    settings: &Orders,
    added: &Added,
) -> Option<Change> {
    let id = regular.row.id.as_str();
    // The latest order knows best.
    let last = patrons.last()?;
    let mut fields = upkeep(&regular.row, &last.buyer, last.order, settings);
    let orders: Vec<_> = patrons
        .iter()
        .map(|patron| (patron.order, patron.set))
        .collect();
    let lacking: Vec<Entry<'_>> = match books.get(id).filter(|book| book.len() < FULL) {
        Some(book) => entries(&orders)
            .into_iter()
            .filter(|entry| !book.contains(&entry.mark) && added.claim(id, &entry.mark))
            .collect(),
        None => Vec::new(),
    };
    if !lacking.is_empty() {
        // What a rule spoils holds the order where the address is written into it; here it is only left out.
        let lines = lacking.iter().filter_map(|entry| entry.json(false).ok());
        let lines: Vec<Json> = lines.collect();
        fields.insert("addressBook".to_owned(), Json::sublist(lines));
    }
    (!fields.is_empty()).then(|| Change {
        id: id.to_owned(),
        place: regular.places.last().copied().unwrap_or_default(),
        fields,
        marks: lacking.into_iter().map(|entry| entry.mark).collect(),
    })
}

async fn send(api: &Api, change: Change, added: &Added) -> Option<(usize, Exchange)> {
    let path = format!("customer/{}", change.id);
    let (result, exchange) = match serde_json::to_vec(&change.fields) {
        Ok(body) => api.amend(Lane::Orders, &path, None, body).await,
        Err(_) => return None,
    };
    // What may have landed is not added again before the book was read anew.
    if matches!(result, Err(ref fault) if !matches!(fault, Fault::Uncertain { .. })) {
        for mark in &change.marks {
            added.forget(&change.id, mark);
        }
    }
    exchange.map(|exchange| (change.place, exchange))
}
