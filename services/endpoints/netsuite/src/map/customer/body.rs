//! The body of a new customer.

use commerce::{Order, TargetKey};
use ports::{Fault, Place};

use super::book::Ordered;
use super::{Called, Who, book, names, payment_terms};
use crate::map::assign::assign;
use crate::map::customer::Buyer;
use crate::map::fields::CUSTOMER;
use crate::map::order::placed;
use crate::map::settings::Orders;
use crate::wire::{Json, Object};

/// The body of a new customer for these orders, all of the same buyer; the first of them tells who they are.
///
/// # Errors
/// [`Fault::Unreadable`] when there is no order, or the body makes no JSON.
pub(crate) fn customer_body(
    key: &TargetKey,
    buyer: &Buyer,
    orders: &[Ordered<'_>],
    name: Option<&str>,
    settings: &Orders,
) -> Result<Vec<u8>, Fault> {
    let &(first, set) = orders.first().ok_or_else(|| Fault::Unreadable {
        why: "a customer without an order".to_owned(),
    })?;
    let mut body = Object::from([("externalId".to_owned(), Json::from(key.as_str()))]);
    let mut put = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    let is_company = matches!(buyer.who, Who::Company { .. });
    put("email", email(first, is_company).map(Json::Text));
    put("phone", phone(first, is_company).map(Json::Text));
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
    if is_company {
        put(
            "terms",
            payment_terms(first, settings)?.map(Json::reference),
        );
    }
    // Where the order is booked, there its customer has to be.
    let subsidiary = placed(first, settings).or(settings.customer.subsidiary.as_ref());
    put(
        "subsidiary",
        subsidiary.map(|id| Json::reference(id.as_str())),
    );
    let book: Vec<Json> = book::entries(orders)
        .iter()
        .map(|entry| entry.json(true))
        .collect::<Result<_, _>>()?;
    if !book.is_empty() {
        put("addressBook", Some(Json::sublist(book)));
    }
    if let Some(set) = set.part(Place::Customer) {
        assign(&mut body, set, &CUSTOMER)?;
    }
    serde_json::to_vec(&body).map_err(|error| Fault::Unreadable {
        why: format!("the customer cannot be written as JSON: {error}"),
    })
}

/// The e-mail address of a person who orders for a company is that of the contact, not of the company.
pub(super) fn email(order: &Order, is_company: bool) -> Option<String> {
    let customer = order.customer.as_ref().filter(|_| !is_company)?;
    names::given(&customer.email)
}

/// The telephone number: of a company the bill's, of a person their own or the bill's.
pub(super) fn phone(order: &Order, is_company: bool) -> Option<String> {
    let own = order.customer.as_ref().filter(|_| !is_company);
    let address = order.billing.as_ref().or(order.shipping.as_ref());
    own.and_then(|customer| names::given(&customer.phone))
        .or_else(|| names::given(&address?.phone))
}
