//! What an order tells of a customer who is there.

use commerce::Order;

use super::{Buyer, Called, Who, body, payment_terms};
use crate::map::settings::{Orders, Update};
use crate::wire::{CustomerRow, Json, Object};

/// The fields to change: by the setting none, those that NetSuite lacks, or those that differ. Nothing is ever emptied.
pub(crate) fn upkeep(row: &CustomerRow, buyer: &Buyer, order: &Order, settings: &Orders) -> Object {
    let update = settings.customer.update;
    if update == Update::Never {
        return Object::new();
    }
    let is_company = matches!(buyer.who, Who::Company { .. });
    let (mut first, mut last, mut company) = (None, None, None);
    match &buyer.called {
        Called::Person {
            first: theirs,
            last: name,
            company: at,
        } => {
            // Of a company's record no person is made.
            if row.is_person() {
                (first, last) = (Some(theirs.clone()), Some(name.clone()));
            }
            company = at.clone();
        }
        Called::Company { name } if !row.is_person() => company = Some(name.clone()),
        Called::Company { .. } | Called::Makeshift { .. } | Called::Nobody => {}
    }
    let texts = [
        ("email", body::email(order, is_company), &row.email),
        ("phone", body::phone(order, is_company), &row.phone),
        ("firstName", first, &row.firstname),
        ("lastName", last, &row.lastname),
        ("companyName", company, &row.companyname),
    ];
    let mut fields: Object = texts
        .into_iter()
        .filter_map(|(name, ours, theirs)| {
            let ours = ours?;
            let changes = match theirs.as_deref().filter(|text| !text.trim().is_empty()) {
                None => true,
                Some(theirs) => {
                    update == Update::Always && plain(name, &ours) != plain(name, theirs)
                }
            };
            changes.then(|| (name.to_owned(), Json::Text(ours)))
        })
        .collect();
    // Terms that are not listed hold the order itself.
    let terms = payment_terms(order, settings).ok().flatten();
    if let Some(terms) = terms.filter(|_| is_company) {
        let theirs = row.terms.as_deref();
        if theirs.is_none() || (update == Update::Always && theirs != Some(terms)) {
            fields.insert("terms".to_owned(), Json::reference(terms));
        }
    }
    if row.externalid.is_none()
        && let Some(key) = &buyer.key
    {
        fields.insert("externalId".to_owned(), Json::from(key.as_str()));
    }
    fields
}

/// What counts of a text. NetSuite writes telephone numbers in the user's own format.
fn plain(name: &str, text: &str) -> String {
    match name {
        "phone" => text.chars().filter(char::is_ascii_digit).collect(),
        "email" => text.trim().to_lowercase(),
        _ => text.trim().to_owned(),
    }
}
