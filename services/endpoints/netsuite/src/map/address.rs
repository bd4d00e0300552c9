//! Addresses.

use std::collections::BTreeMap;

use commerce::Address;
use ports::Fault;
use serde_json::Value;

use super::assign::assign;
use super::fields::ADDRESS;
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

/// What rules set in an address.
pub(super) type Ruled<'a> = Option<&'a BTreeMap<String, Value>>;

/// The parts as rules leave them.
pub(super) fn ruled_parts(address: &Address, set: Ruled<'_>) -> [Option<String>; 7] {
    let mut parts = parts(address);
    for (name, part) in KEPT.into_iter().zip(&mut parts) {
        if let Some(value) = set.and_then(|set| set.get(name)) {
            let id = value.get("id").unwrap_or(value);
            *part = id.as_str().map(str::to_owned);
        }
    }
    parts
}

/// NetSuite's address subrecord, as rules leave it.
pub(super) fn ruled(address_given: &Address, set: Ruled<'_>) -> Result<Json, Fault> {
    with_rules(address(address_given), set)
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
pub(super) fn replacing(address: &Address, set: Ruled<'_>) -> Result<Json, Fault> {
    let nothing = Json::Given(serde_json::Value::Null);
    let all = fields(address).into_iter();
    let whole = all.map(|(name, value)| (name, value.unwrap_or_else(|| nothing.clone())));
    with_rules(Json::Object(whole.collect::<Object>()), set)
}

fn with_rules(mut address: Json, set: Ruled<'_>) -> Result<Json, Fault> {
    if let (Json::Object(fields), Some(set)) = (&mut address, set) {
        assign(fields, set, &ADDRESS)?;
    }
    Ok(address)
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
