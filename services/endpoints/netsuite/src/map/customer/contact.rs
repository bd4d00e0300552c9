//! The people who order for a company, as contacts of it.

use commerce::{Business, Company, ConnectionId, Customer, Order, TargetKey};
use ports::Fault;

use super::names::given;
use crate::map::settings::InternalId;
use crate::wire::{ContactRow, Json, Object};

/// A contact as it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) key: TargetKey,
    /// In lower case.
    pub(crate) email: Option<String>,
    first: Option<String>,
    last: Option<String>,
    phone: Option<String>,
}

/// The contact of an order of a company; `None` where the shop knows no person.
pub(crate) fn contact(order: &Order, source: &ConnectionId) -> Option<Contact> {
    let (company, person) = (order.company.as_ref()?, order.customer.as_ref()?);
    at_company(company, person, source)
}

/// The contacts of a company.
pub(crate) fn contacts(business: &Business, source: &ConnectionId) -> Vec<Contact> {
    let people = business.contacts.iter();
    people
        .filter_map(|person| at_company(&business.company, person, source))
        .collect()
}

fn at_company(company: &Company, person: &Customer, source: &ConnectionId) -> Option<Contact> {
    let (id, email) = (person.id.as_ref()?, given(&person.email));
    let (first, last) = (given(&person.first_name), given(&person.last_name));
    if first.is_none() && last.is_none() && email.is_none() {
        return None;
    }
    Some(Contact {
        key: TargetKey::contact(
            &TargetKey::company(source, &company.id),
            &TargetKey::customer(source, id),
        ),
        email: email.map(|email| email.to_lowercase()),
        first,
        last,
        phone: given(&person.phone),
    })
}

/// Whether a contact that was found is this one of that company (by internal id, where it has one).
pub(crate) fn is_contact(contact: &Contact, row: &ContactRow, company: Option<&str>) -> bool {
    if row.externalid.as_deref() == Some(contact.key.as_str()) {
        return true;
    }
    let email = row.email.as_ref().map(|email| email.trim().to_lowercase());
    let is_there = company.is_some() && row.company.as_deref() == company;
    is_there && email.is_some() && email == contact.email
}

/// The body of a new contact; `apart` where another contact of the company bears the same name.
pub(crate) fn contact_body(
    contact: &Contact,
    company: &Json,
    subsidiary: Option<&InternalId>,
    apart: bool,
) -> Result<Vec<u8>, Fault> {
    let names: Vec<&str> = [&contact.first, &contact.last]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let name = names.join(" ");
    let email = contact.email.as_deref().unwrap_or(contact.key.as_str());
    // NetSuite puts the name together of its parts, where there are any.
    let entity = match (name.is_empty(), apart) {
        (true, _) => Some(email.to_owned()),
        (false, true) => Some(format!("{name} ({email})")),
        (false, false) => None,
    };
    let texts = [
        ("externalId", Some(contact.key.to_string())),
        ("entityId", entity),
        ("firstName", contact.first.clone()),
        ("lastName", contact.last.clone()),
        ("email", contact.email.clone()),
        ("phone", contact.phone.clone()),
    ];
    let mut body: Object = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), Json::Text(text?))))
        .collect();
    body.insert("company".to_owned(), company.clone());
    if let Some(subsidiary) = subsidiary {
        body.insert(
            "subsidiary".to_owned(),
            Json::reference(subsidiary.as_str()),
        );
    }
    serde_json::to_vec(&body).map_err(|error| Fault::Unreadable {
        why: format!("the contact cannot be written as JSON: {error}"),
    })
}
