//! Addresses.

use commerce::Address;

use crate::wire::{Json, Object};

/// NetSuite's names of the parts that it keeps as they are given, the country last. It may rewrite states and telephone numbers.
const KEPT: [&str; 7] = [
    "addressee",
    "attention",
    "addr1",
    "addr2",
    "city",
    "zip",
    "country",
];

/// The parts by [`KEPT`]. A company goes into the addressee and the person into the attention line.
pub(super) fn parts(address: &Address) -> [Option<String>; 7] {
    let person = address.person();
    let (addressee, attention) = match &address.company {
        Some(company) => (Some(company.clone()), person),
        None => (person, None),
    };
    [
        addressee,
        attention,
        address.line1.clone(),
        address.line2.clone(),
        address.city.clone(),
        address.postcode.clone(),
        address.country.map(|country| country.as_str().to_owned()),
    ]
}

/// NetSuite's address subrecord.
pub(super) fn address(address: &Address) -> Json {
    let whole = fields(address);
    let given = whole
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    Json::Object(given.collect())
}

/// The same, clearing what the address does not have: a change leaves untouched what it does not name.
pub(super) fn replacing(address: &Address) -> Json {
    let nothing = Json::Given(serde_json::Value::Null);
    let all = fields(address).into_iter();
    Json::Object(
        all.map(|(name, value)| (name, value.unwrap_or_else(|| nothing.clone())))
            .collect::<Object>(),
    )
}

fn fields(address: &Address) -> Vec<(String, Option<Json>)> {
    let kept = KEPT.into_iter().zip(parts(address)).map(|(name, text)| {
        let value = text.map(|text| match name {
            "country" => Json::reference(&text),
            _ => Json::Text(text),
        });
        (name.to_owned(), value)
    });
    let rewritten = [("state", &address.region), ("addrPhone", &address.phone)];
    let rewritten = rewritten
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.clone().map(Json::Text)));
    kept.chain(rewritten).collect()
}
