//! What a record tells of a customer who is there.

use super::{Buyer, Called, Told, Who, entries, payment_terms};
use crate::map::assign::assign;
use crate::map::fields::CUSTOMER;
use crate::map::settings::{Orders, Update};
use crate::wire::{CustomerRow, Json, Object};

/// What is to be changed of a customer of whom these tell, the last of them best; and the addresses of those marks, each once.
pub(crate) fn kept_up(
    row: &CustomerRow,
    buyer: &Buyer,
    told: &[&Told<'_>],
    marks: &[String],
    (update, settings): (Update, &Orders),
) -> Object {
    let last = told.last();
    let mut fields = last.map_or_else(Object::new, |last| {
        upkeep(row, buyer, last, update, settings)
    });
    let entries = entries(told);
    // What a rule spoils holds the record itself; here it is only left out.
    let lacking = marks.iter().filter_map(|mark| {
        let entry = entries.iter().find(|entry| entry.mark == *mark)?;
        entry.json(false).ok()
    });
    let lacking: Vec<Json> = lacking.collect();
    if !lacking.is_empty() {
        fields.insert("addressBook".to_owned(), Json::sublist(lacking));
    }
    fields
}

/// The fields to change: by the setting none, those that NetSuite lacks, or those that differ. Nothing is ever emptied.
pub(super) fn upkeep(
    row: &CustomerRow,
    buyer: &Buyer,
    told: &Told<'_>,
    update: Update,
    settings: &Orders,
) -> Object {
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
        ("email", told.email.clone(), &row.email),
        ("phone", told.phone.clone(), &row.phone),
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
    // Terms that are not listed hold the record itself.
    let terms = payment_terms(told.terms, settings).ok().flatten();
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
    if let Some(set) = told
        .set
        .filter(|_| told.lasting && update == Update::Always)
    {
        // What a field cannot take holds the record itself, too.
        let mut ruled = fields.clone();
        if assign(&mut ruled, set, &CUSTOMER).is_ok() {
            fields = ruled;
        }
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
