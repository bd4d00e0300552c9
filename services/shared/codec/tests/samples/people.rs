//! Customers and companies of their own.

use commerce::{
    Account, Address, AddressEntry, Business, Company, Consent, Country, Customer, Event, Record,
    Site,
};

use super::{event, id};

/// Somebody with an account and two addresses.
pub(crate) fn account() -> Event {
    let entry = |number: &str, line1: &str| AddressEntry {
        id: id(number),
        address: Address {
            first_name: Some("Ada".into()),
            last_name: Some("Byron".into()),
            line1: Some(line1.into()),
            city: Some("Austin".into()),
            country: Country::new("US").ok(),
            ..Address::default()
        },
    };
    let account = Account {
        number: "ada@example.com".into(),
        customer: Customer {
            id: Some(id("77")),
            email: Some("ada@example.com".into()),
            first_name: Some("Ada".into()),
            last_name: Some("Byron".into()),
            company: None,
            phone: Some("+1 512 555 0100".into()),
        },
        addresses: vec![entry("871", "1 Main St"), entry("872", "2 Side St")],
        email_consent: Some(Consent::Unsubscribed),
        tax_exempt: true,
        note: Some("Calls before noon".into()),
        tags: vec!["vip".into()],
    };
    event("77", Record::Customer(Box::new(account)))
}

/// A company with a contact and a place on terms.
pub(crate) fn business() -> Event {
    let address = Address {
        company: Some("Acme Inc".into()),
        line1: Some("9 Dock St".into()),
        city: Some("Portland".into()),
        country: Country::new("US").ok(),
        ..Address::default()
    };
    let entry = |number: &str| AddressEntry {
        id: id(number),
        address: address.clone(),
    };
    let business = Business {
        number: "Acme Inc".into(),
        company: Company {
            id: id("88"),
            name: "Acme Inc".into(),
            reference: Some("C-1001".into()),
            location: None,
        },
        note: Some("Since 1952".into()),
        contacts: vec![Customer {
            id: Some(id("77")),
            email: Some("ada@example.com".into()),
            ..Customer::default()
        }],
        sites: vec![Site {
            id: id("881"),
            name: "Harbour".into(),
            billing: Some(entry("9001")),
            shipping: Some(entry("9002")),
            phone: Some("+1 503 555 0100".into()),
            payment_terms: Some("Net 30".into()),
            tax_exempt: false,
            tax_number: Some("US-88".into()),
        }],
    };
    event("88", Record::Company(Box::new(business)))
}
