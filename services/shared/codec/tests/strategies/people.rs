//! Customers and companies of their own.

use commerce::{Account, AddressEntry, Business, Consent, Site};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{address, company, customer, id, maybe, text};

fn entry() -> impl Strategy<Value = AddressEntry> {
    (id(), address()).prop_map(|(id, address)| AddressEntry { id, address })
}

pub(crate) fn account() -> impl Strategy<Value = Account> {
    let consent = prop_oneof![
        Just(Consent::Subscribed),
        Just(Consent::NotSubscribed),
        Just(Consent::Pending),
        Just(Consent::Unsubscribed),
        Just(Consent::Invalid),
    ];
    let account = (
        (text(), customer(), vec(entry(), 0..3)),
        (of(consent), any::<bool>(), maybe(), vec(text(), 0..3)),
    );
    account.prop_map(|(who, about)| Account {
        number: who.0,
        customer: who.1,
        addresses: who.2,
        email_consent: about.0,
        tax_exempt: about.1,
        note: about.2,
        tags: about.3,
    })
}

pub(crate) fn business() -> impl Strategy<Value = Business> {
    let site = (
        (id(), text(), of(entry()), of(entry())),
        (maybe(), maybe(), any::<bool>(), maybe()),
    );
    let site = site.prop_map(|(place, terms)| Site {
        id: place.0,
        name: place.1,
        billing: place.2,
        shipping: place.3,
        phone: terms.0,
        payment_terms: terms.1,
        tax_exempt: terms.2,
        tax_number: terms.3,
    });
    let people = vec(customer(), 0..3);
    let business = (text(), company(), maybe(), people, vec(site, 0..3));
    business.prop_map(|(number, company, note, contacts, sites)| Business {
        number,
        company,
        note,
        contacts,
        sites,
    })
}
