//! Customers and companies to messages.

use commerce::{Account, AddressEntry, Business, Consent, Site};
use proto::events::v1 as wire;

use super::{address, company, customer};

pub(super) fn account(account: &Account) -> wire::Account {
    let consent = match account.email_consent {
        None => wire::Consent::Unspecified,
        Some(Consent::Subscribed) => wire::Consent::Subscribed,
        Some(Consent::NotSubscribed) => wire::Consent::NotSubscribed,
        Some(Consent::Pending) => wire::Consent::Pending,
        Some(Consent::Unsubscribed) => wire::Consent::Unsubscribed,
        Some(Consent::Invalid) => wire::Consent::Invalid,
    };
    wire::Account {
        number: account.number.clone(),
        customer: Some(customer(&account.customer)),
        addresses: account.addresses.iter().map(entry).collect(),
        email_consent: consent.into(),
        tax_exempt: account.tax_exempt,
        note: account.note.clone(),
        tags: account.tags.clone(),
    }
}

pub(super) fn business(business: &Business) -> wire::Business {
    wire::Business {
        number: business.number.clone(),
        company: Some(company(&business.company)),
        note: business.note.clone(),
        contacts: business.contacts.iter().map(customer).collect(),
        sites: business.sites.iter().map(site).collect(),
    }
}

fn site(site: &Site) -> wire::Site {
    wire::Site {
        id: site.id.to_string(),
        name: site.name.clone(),
        billing: site.billing.as_ref().map(entry),
        shipping: site.shipping.as_ref().map(entry),
        phone: site.phone.clone(),
        payment_terms: site.payment_terms.clone(),
        tax_exempt: site.tax_exempt,
        tax_number: site.tax_number.clone(),
    }
}

fn entry(entry: &AddressEntry) -> wire::AddressEntry {
    wire::AddressEntry {
        id: entry.id.to_string(),
        address: Some(address(&entry.address)),
    }
}
