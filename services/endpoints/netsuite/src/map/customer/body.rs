//! The body of a new customer.

use commerce::TargetKey;
use ports::Fault;

use super::{Buyer, Called, Told, Who, book, payment_terms};
use crate::map::assign::assign;
use crate::map::fields::CUSTOMER;
use crate::map::settings::Orders;
use crate::wire::{Json, Object};

/// The body of a new customer of whom these tell, all the same buyer; the first of them tells who they are.
///
/// # Errors
/// [`Fault::Unreadable`] when nothing is told, or the body makes no JSON; [`Fault::Held`] for terms that are not listed and rules that give
/// what a field cannot take.
pub(crate) fn customer_body(
    key: &TargetKey,
    buyer: &Buyer,
    told: &[&Told<'_>],
    name: Option<&str>,
    settings: &Orders,
) -> Result<Vec<u8>, Fault> {
    let first = told.first().ok_or_else(|| Fault::Unreadable {
        why: "a customer of whom nothing is told".to_owned(),
    })?;
    let mut body = Object::from([("externalId".to_owned(), Json::from(key.as_str()))]);
    let mut put = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("email", first.email.clone().map(Json::Text));
    put("phone", first.phone.clone().map(Json::Text));
    let person = match &buyer.called {
        Called::Person {
            first,
            last,
            company,
        } => {
            put("firstName", Some(Json::from(first.as_str())));
            put("lastName", Some(Json::from(last.as_str())));
            put("companyName", company.clone().map(Json::Text));
            true
        }
        other => {
            let name = other.name().unwrap_or_else(|| key.to_string());
            put("companyName", Some(Json::Text(name)));
            false
        }
    };
    put("isPerson", Some(Json::from(person)));
    if let Some(name) = name {
        put("entityId", Some(Json::from(name)));
        put("autoName", Some(Json::from(false)));
    }
    if matches!(buyer.who, Who::Company { .. }) {
        let terms = payment_terms(first.terms, settings)?;
        put("terms", terms.map(Json::reference));
    }
    // Where the order is booked, there its customer has to be.
    let subsidiary = first.subsidiary.or(settings.customer.subsidiary.as_ref());
    put(
        "subsidiary",
        subsidiary.map(|id| Json::reference(id.as_str())),
    );
    let book: Vec<Json> = book::entries(told)
        .iter()
        .map(|entry| entry.json(true))
        .collect::<Result<_, _>>()?;
    if !book.is_empty() {
        put("addressBook", Some(Json::sublist(book)));
    }
    if let Some(set) = first.set {
        assign(&mut body, set, &CUSTOMER)?;
    }
    serde_json::to_vec(&body).map_err(|error| Fault::Unreadable {
        why: format!("the customer cannot be written as JSON: {error}"),
    })
}
