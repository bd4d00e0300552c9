//! Messages to customers and companies.

use commerce::{Account, AddressEntry, Business, Consent, Site};
use proto::events::v1 as wire;

use super::value::{address, company, customer, id, required, unknown};
use crate::error::{DecodeError, Within, each};

pub(super) fn account(account: wire::Account) -> Result<Account, DecodeError> {
    Ok(Account {
        number: account.number,
        customer: required(account.customer)
            .and_then(customer)
            .within("customer")?,
        addresses: each("addresses", account.addresses, entry)?,
        email_consent: consent(account.email_consent).within("email_consent")?,
        tax_exempt: account.tax_exempt,
        note: account.note,
        tags: account.tags,
    })
}

pub(super) fn business(business: wire::Business) -> Result<Business, DecodeError> {
    Ok(Business {
        number: business.number,
        company: required(business.company)
            .and_then(company)
            .within("company")?,
        note: business.note,
        contacts: each("contacts", business.contacts, customer)?,
        sites: each("sites", business.sites, site)?,
    })
}

fn consent(number: i32) -> Result<Option<Consent>, DecodeError> {
    match wire::Consent::try_from(number) {
        Ok(wire::Consent::Unspecified) => Ok(None),
        Ok(wire::Consent::Subscribed) => Ok(Some(Consent::Subscribed)),
        Ok(wire::Consent::NotSubscribed) => Ok(Some(Consent::NotSubscribed)),
        Ok(wire::Consent::Pending) => Ok(Some(Consent::Pending)),
        Ok(wire::Consent::Unsubscribed) => Ok(Some(Consent::Unsubscribed)),
        Ok(wire::Consent::Invalid) => Ok(Some(Consent::Invalid)),
        Err(_) => Err(unknown("consent", number)),
    }
}

fn site(site: wire::Site) -> Result<Site, DecodeError> {
    Ok(Site {
        id: id(site.id).within("id")?,
        name: site.name,
        billing: site.billing.map(entry).transpose().within("billing")?,
        shipping: site.shipping.map(entry).transpose().within("shipping")?,
        phone: site.phone,
        payment_terms: site.payment_terms,
        tax_exempt: site.tax_exempt,
        tax_number: site.tax_number,
    })
}

fn entry(entry: wire::AddressEntry) -> Result<AddressEntry, DecodeError> {
    Ok(AddressEntry {
        id: id(entry.id).within("id")?,
        address: required(entry.address)
            .and_then(address)
            .within("address")?,
    })
}
