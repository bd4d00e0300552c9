//! Who buys, as NetSuite's customer: recognised by the rules of the settings, or to be made.

mod body;
mod book;
mod contact;
mod names;
mod patron;
mod terms;
#[cfg(test)]
mod tests;
mod told;
mod upkeep;

use commerce::{
    Account, Address, Business, Company, ConnectionId, Customer, ExternalId, Order, TargetKey,
};
use ports::Fault;

use super::settings::{CustomerMatch, Customers, Guests};
use crate::wire::CustomerRow;

pub(crate) use body::customer_body;
pub(crate) use book::{entries, row_marks};
pub(crate) use contact::{Contact, contact_body, is_contact};
use contact::{contact, contacts};
pub(crate) use names::{Called, alternatives, called};
pub(crate) use patron::Patron;
pub(crate) use terms::payment_terms;
pub(crate) use told::{Told, Use};
pub(crate) use upkeep::kept_up;

/// The buyer of an order, as far as NetSuite's customers are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buyer {
    pub(crate) who: Who,
    /// The external id of the customer, there or to be made. `None` for a guest without an e-mail address.
    pub(crate) key: Option<TargetKey>,
    /// The external id under which the merchant may keep a company already.
    pub(crate) reference: Option<String>,
    /// In lower case.
    pub(crate) email: Option<String>,
    pub(crate) called: Called,
}

/// What kind of buyer it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// Somebody with an account at the shop.
    Known,
    /// Somebody without.
    Guest,
    /// A company. Keys that begin like this are of the same shop's companies.
    Company { keys: String },
}

/// What to do about a buyer.
#[derive(Debug, Clone)]
pub(crate) enum Choice {
    /// The customer is there.
    Known(Box<CustomerRow>),
    /// The customer for all whom nobody knows, by internal id.
    Default(String),
    /// A customer has to be made under that key.
    New(TargetKey),
}

/// The buyer of an order from that connection.
pub(crate) fn buyer(order: &Order, source: &ConnectionId) -> Buyer {
    let customer = order.customer.as_ref();
    if let Some(company) = &order.company {
        let email = customer.and_then(email_of);
        return company_buyer(company, email, source);
    }
    let address = order.billing.as_ref().or(order.shipping.as_ref());
    person_buyer(customer, address, source)
}

/// The buyer that somebody with an account is: the same as by their orders.
pub(crate) fn account_buyer(account: &Account, source: &ConnectionId) -> Buyer {
    let address = account.addresses.first().map(|entry| &entry.address);
    person_buyer(Some(&account.customer), address, source)
}

/// The buyer that a company is: the same as by its orders.
pub(crate) fn business_buyer(business: &Business, source: &ConnectionId) -> Buyer {
    company_buyer(&business.company, None, source)
}

fn company_buyer(company: &Company, email: Option<String>, source: &ConnectionId) -> Buyer {
    Buyer {
        who: Who::Company {
            keys: TargetKey::companies(source),
        },
        key: Some(TargetKey::company(source, &company.id)),
        reference: company.reference.clone(),
        email,
        called: Called::Company {
            name: company.name.clone(),
        },
    }
}

/// The e-mail address in lower case.
fn email_of(customer: &Customer) -> Option<String> {
    names::given(&customer.email).map(|email| email.to_lowercase())
}

fn person_buyer(
    customer: Option<&Customer>,
    address: Option<&Address>,
    source: &ConnectionId,
) -> Buyer {
    let email = customer.and_then(email_of);
    let called = called(customer, address);
    let id = customer.and_then(|customer| customer.id.as_ref());
    let (who, key) = match (id, &email) {
        (Some(id), _) => (Who::Known, Some(TargetKey::customer(source, id))),
        // A guest who comes back is the same customer: the e-mail address is all there is of them.
        (None, Some(email)) => {
            let id = ExternalId::new(format!("guest-{email}")).ok();
            (Who::Guest, id.map(|id| TargetKey::customer(source, &id)))
        }
        (None, None) => (Who::Guest, None),
    };
    Buyer {
        who,
        key,
        reference: None,
        email,
        called,
    }
}

impl Buyer {
    /// The rules by which the buyer is recognised.
    pub(crate) fn rules<'a>(&self, settings: &'a Customers) -> &'a [CustomerMatch] {
        match self.who {
            Who::Company { .. } => &settings.match_companies,
            Who::Known | Who::Guest => &settings.matching,
        }
    }

    /// Every external id under which the buyer may be there.
    pub(crate) fn external_ids(&self) -> impl Iterator<Item = &str> {
        let key = self.key.as_ref().map(TargetKey::as_str);
        key.into_iter().chain(self.reference.as_deref())
    }

    /// The customer that is going to be made of the buyer under that key.
    pub(crate) fn to_be(&self, key: &TargetKey) -> CustomerRow {
        let (isperson, firstname, lastname, companyname) = match &self.called {
            Called::Person {
                first,
                last,
                company,
            } => (
                "T",
                Some(first.clone()),
                Some(last.clone()),
                company.clone(),
            ),
            other => ("F", None, None, other.name()),
        };
        let is_company = matches!(self.who, Who::Company { .. });
        CustomerRow {
            externalid: Some(key.to_string()),
            email: self.email.clone().filter(|_| !is_company),
            isperson: Some(isperson.to_owned()),
            firstname,
            lastname,
            companyname,
            ..CustomerRow::default()
        }
    }

    fn is(&self, row: &CustomerRow, how: CustomerMatch) -> bool {
        let by_email = || {
            let email = row.email.as_ref().map(|email| email.trim().to_lowercase());
            email.is_some() && email == self.email && self.may_be(row)
        };
        match how {
            CustomerMatch::ExternalId => {
                let theirs = row.externalid.as_deref();
                theirs.is_some_and(|theirs| self.external_ids().any(|ours| ours == theirs))
            }
            CustomerMatch::Email => by_email(),
            CustomerMatch::EmailAndName => {
                by_email() && (self.called.is_makeshift() || self.called.is_of(row))
            }
            CustomerMatch::Name => {
                !self.called.is_makeshift() && self.called.is_of(row) && self.may_be(row)
            }
        }
    }

    /// A company is no person, and none of the shop's other companies.
    fn may_be(&self, row: &CustomerRow) -> bool {
        let Who::Company { keys } = &self.who else {
            return true;
        };
        let theirs = row.externalid.as_deref();
        !row.is_person() && !theirs.is_some_and(|theirs| theirs.starts_with(keys))
    }
}

/// The customer among these, oldest first, by whom the settings' rules recognise the buyer.
pub(crate) fn recognised<'a>(
    buyer: &Buyer,
    found: &'a [CustomerRow],
    settings: &Customers,
) -> Option<&'a CustomerRow> {
    buyer
        .rules(settings)
        .iter()
        .find_map(|how| found.iter().find(|row| buyer.is(row, *how)))
}

/// Chooses among the customers found.
///
/// # Errors
/// [`Fault::Held`] for a buyer about whom nothing is known, where no default customer is set.
pub(crate) fn pick(
    buyer: &Buyer,
    found: &[CustomerRow],
    settings: &Customers,
) -> Result<Choice, Fault> {
    if let Some(row) = recognised(buyer, found, settings) {
        return Ok(Choice::Known(Box::new(row.clone())));
    }
    let takes_guests = settings.guests == Guests::Default && buyer.who == Who::Guest;
    match (&buyer.key, &settings.default) {
        (Some(key), None) => Ok(Choice::New(key.clone())),
        (Some(key), Some(_)) if !takes_guests => Ok(Choice::New(key.clone())),
        (_, Some(default)) => Ok(Choice::Default(default.as_str().to_owned())),
        (None, None) => Err(Fault::Held {
            why: "the shop knows neither an account nor an e-mail address of the buyer: set orders.customer.default to the customer that takes such orders".to_owned(),
        }),
    }
}
