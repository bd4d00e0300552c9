//! Sellers v1: where the seller sells.

use serde_json::{Value as Json, json};

use super::asked::{Answer, Asked};
use super::market::Marketplace;

pub(super) fn participations(asked: &Asked<'_>) -> Answer {
    let places = asked.options.marketplaces.iter();
    let places = places.filter_map(|id| Marketplace::find(id));
    let all: Vec<Json> = places.map(participation).collect();
    Answer::ok(json!({ "payload": all }))
}

fn participation(place: &Marketplace) -> Json {
    json!({
        "marketplace": {
            "id": place.id, "name": place.name, "countryCode": place.country, "defaultCurrencyCode": place.currency,
            "defaultLanguageCode": place.language, "domainName": format!("www.{}", place.name.to_lowercase()),
        },
        "participation": { "isParticipating": true, "hasSuspendedListings": false },
        "storeName": "Sandbox store",
    })
}
