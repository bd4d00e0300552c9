//! Customers and companies of their own, as expressions see them.

use commerce::{Account, AddressEntry, Business, Site};
use rhai::{Array, Dynamic};

use super::{Item, address_view, customer_view, map, text};

/// Each address of a book as a thing to set fields on.
pub(super) fn book<'a>(entries: impl IntoIterator<Item = &'a AddressEntry>) -> Vec<Item> {
    let entries = entries.into_iter();
    entries
        .map(|entry| {
            let view = address_view(&entry.address);
            (Some(entry.id.clone()), "address", Some(view))
        })
        .collect()
}

pub(super) fn account_view(account: &Account) -> Dynamic {
    let customer = &account.customer;
    let addresses = account.addresses.iter();
    let addresses = addresses.map(|entry| address_view(&entry.address));
    let consent = account.email_consent.map(|consent| consent.name().into());
    let tags = account.tags.iter().map(|tag| tag.clone().into());
    let id = customer.id.as_ref().map(ToString::to_string);
    map([
        ("number", account.number.clone().into()),
        ("id", text(id.as_ref())),
        ("email", text(customer.email.as_ref())),
        ("first_name", text(customer.first_name.as_ref())),
        ("last_name", text(customer.last_name.as_ref())),
        ("company", text(customer.company.as_ref())),
        ("phone", text(customer.phone.as_ref())),
        ("addresses", addresses.collect::<Array>().into()),
        ("email_consent", consent.unwrap_or(Dynamic::UNIT)),
        ("tax_exempt", account.tax_exempt.into()),
        ("note", text(account.note.as_ref())),
        ("tags", tags.collect::<Array>().into()),
    ])
}

pub(super) fn business_view(business: &Business) -> Dynamic {
    let company = &business.company;
    let contacts = business.contacts.iter().map(customer_view);
    let sites = business.sites.iter().map(site_view);
    map([
        ("id", company.id.to_string().into()),
        ("name", company.name.clone().into()),
        ("reference", text(company.reference.as_ref())),
        ("note", text(business.note.as_ref())),
        ("contacts", contacts.collect::<Array>().into()),
        ("locations", sites.collect::<Array>().into()),
    ])
}

fn site_view(site: &Site) -> Dynamic {
    let address = |entry: &Option<AddressEntry>| {
        let entry = entry.as_ref();
        entry.map_or(Dynamic::UNIT, |entry| address_view(&entry.address))
    };
    map([
        ("id", site.id.to_string().into()),
        ("name", site.name.clone().into()),
        ("billing", address(&site.billing)),
        ("shipping", address(&site.shipping)),
        ("phone", text(site.phone.as_ref())),
        ("payment_terms", text(site.payment_terms.as_ref())),
        ("tax_exempt", site.tax_exempt.into()),
        ("tax_number", text(site.tax_number.as_ref())),
    ])
}
