//! Who buys, as NetSuite's customer.

use commerce::{ConnectionId, Customer, ExternalId, Order, TargetKey};
use ports::Fault;

use super::address::address;
use super::settings::{CustomerMatch, Customers, InternalId};
use crate::wire::{CustomerRow, Json, Object};

/// The buyer of an order, as far as NetSuite's customers are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buyer {
    /// The external id of the customer, there or to be made. `None` for a guest without an e-mail address.
    pub(crate) key: Option<TargetKey>,
    /// In lower case.
    pub(crate) email: Option<String>,
    /// Whether the storefront has no account of them.
    pub(crate) guest: bool,
}

/// What to do about a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The customer is there, by internal id.
    Known(String),
    /// A customer has to be made under that key.
    New(TargetKey),
}

/// The buyer of an order from that connection.
pub(crate) fn buyer(order: &Order, source: &ConnectionId) -> Buyer {
    let customer = order.customer.as_ref();
    let email = customer
        .and_then(|customer| customer.email.as_deref())
        .map(|email| email.trim().to_lowercase())
        .filter(|email| !email.is_empty());
    let id = customer.and_then(|customer| customer.id.as_ref());
    let key = match (id, &email) {
        (Some(id), _) => Some(TargetKey::customer(source, id)),
        // A guest who comes back is the same customer: the e-mail address is all there is of them.
        (None, Some(email)) => ExternalId::new(format!("guest-{email}"))
            .ok()
            .map(|id| TargetKey::customer(source, &id)),
        (None, None) => None,
    };
    Buyer {
        key,
        email,
        guest: id.is_none(),
    }
}

/// Chooses among the customers found, which come oldest first.
///
/// # Errors
/// [`Fault::Held`] for a guest about whom nothing is known, where no default customer is set.
pub(crate) fn pick(
    buyer: &Buyer,
    found: &[CustomerRow],
    settings: &Customers,
) -> Result<Choice, Fault> {
    let by = |row: &&CustomerRow, how: CustomerMatch| match how {
        CustomerMatch::ExternalId => {
            let key = buyer.key.as_ref().map(TargetKey::as_str);
            key.is_some() && row.externalid.as_deref() == key
        }
        CustomerMatch::Email => {
            let email = row.email.as_ref().map(|email| email.to_lowercase());
            email.is_some() && email == buyer.email
        }
    };
    let known = settings
        .matching
        .iter()
        .find_map(|how| found.iter().find(|row| by(row, *how)));
    if let Some(row) = known {
        return Ok(Choice::Known(row.id.clone()));
    }
    match (&buyer.key, &settings.default) {
        (_, Some(default)) if buyer.guest => Ok(Choice::Known(default.as_str().to_owned())),
        (Some(key), _) => Ok(Choice::New(key.clone())),
        (None, _) => Err(Fault::Held {
            why: "the buyer is a guest without an e-mail address: set orders.customer.default to the customer that takes such orders".to_owned(),
        }),
    }
}

/// The body of a new customer. A person needs both names; who lacks one becomes a company under the name there is.
pub(crate) fn customer_body(
    key: &TargetKey,
    order: &Order,
    subsidiary: Option<&InternalId>,
) -> Result<Vec<u8>, Fault> {
    let nobody = Customer::default();
    let customer = order.customer.as_ref().unwrap_or(&nobody);
    let address_used = order.billing.as_ref().or(order.shipping.as_ref());
    let first = own_or(
        &customer.first_name,
        address_used.and_then(|a| a.first_name.as_ref()),
    );
    let last = own_or(
        &customer.last_name,
        address_used.and_then(|a| a.last_name.as_ref()),
    );
    let company = own_or(&customer.company, None);
    let phone = own_or(&customer.phone, address_used.and_then(|a| a.phone.as_ref()));

    let mut body = Object::from([("externalId".to_owned(), Json::from(key.as_str()))]);
    let mut put = |name: &str, text: Option<String>| {
        if let Some(text) = text {
            body.insert(name.to_owned(), Json::Text(text));
        }
    };
    put("email", customer.email.clone());
    put("phone", phone);
    let person = match (first, last) {
        (Some(first), Some(last)) => {
            put("firstName", Some(first));
            put("lastName", Some(last));
            put("companyName", company);
            true
        }
        (first, last) => {
            let name = company
                .or(last)
                .or(first)
                .or_else(|| customer.email.clone());
            put("companyName", Some(name.unwrap_or_else(|| key.to_string())));
            false
        }
    };
    body.insert("isPerson".to_owned(), Json::from(person));
    if let Some(subsidiary) = subsidiary {
        body.insert(
            "subsidiary".to_owned(),
            Json::reference(subsidiary.as_str()),
        );
    }
    let book = address_book(order);
    if !book.is_empty() {
        body.insert("addressBook".to_owned(), Json::sublist(book));
    }
    serde_json::to_vec(&body).map_err(|error| Fault::Unreadable {
        why: format!("the customer cannot be written as JSON: {error}"),
    })
}

fn own_or(own: &Option<String>, other: Option<&String>) -> Option<String> {
    let text = own.as_ref().or(other)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn address_book(order: &Order) -> Vec<Json> {
    let entry = |place, billing: bool, shipping: bool| {
        Json::Object(Object::from([
            ("defaultBilling".to_owned(), Json::from(billing)),
            ("defaultShipping".to_owned(), Json::from(shipping)),
            ("addressBookAddress".to_owned(), address(place)),
        ]))
    };
    match (&order.billing, &order.shipping) {
        (Some(billing), Some(shipping)) if billing == shipping => vec![entry(billing, true, true)],
        (Some(billing), Some(shipping)) => {
            vec![entry(billing, true, false), entry(shipping, false, true)]
        }
        (Some(one), None) | (None, Some(one)) => vec![entry(one, true, true)],
        (None, None) => Vec::new(),
    }
}
