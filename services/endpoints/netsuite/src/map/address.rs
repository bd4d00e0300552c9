//! Addresses.

use commerce::Address;

use crate::wire::{Json, Object};

/// NetSuite's address subrecord. A company goes into the addressee and the person into the attention line.
pub(super) fn address(address: &Address) -> Json {
    let person = address.person();
    let (addressee, attention) = match &address.company {
        Some(company) => (Some(company.clone()), person),
        None => (person, None),
    };
    let country = address
        .country
        .map(|country| Json::reference(country.as_str()));
    let texts = [
        ("addressee", addressee),
        ("attention", attention),
        ("addr1", address.line1.clone()),
        ("addr2", address.line2.clone()),
        ("city", address.city.clone()),
        ("state", address.region.clone()),
        ("zip", address.postcode.clone()),
        ("addrPhone", address.phone.clone()),
    ];
    let fields = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), Json::Text(text?))))
        .chain(country.map(|country| ("country".to_owned(), country)));
    Json::Object(fields.collect::<Object>())
}
