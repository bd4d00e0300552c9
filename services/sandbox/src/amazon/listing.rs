//! A listing: attributes by name, each a list of values for marketplaces.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::Options;
use super::asked::{get, list, shown, text};
use super::kept::Kept;
use super::market::Marketplace;
use super::submission::Issue;
use crate::Item;

/// What is wrong with one SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// What is sent is invalid.
    Refused,
    /// What is sent is accepted, and not applied.
    Ignored,
}

#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) sku: String,
    pub(super) asin: String,
    pub(super) fnsku: String,
    pub(super) product_type: &'static str,
    pub(super) title: String,
    pub(super) attributes: Map<String, Json>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) trouble: Option<Trouble>,
    /// Whether something was accepted that did not come to pass.
    pub(super) lagging: bool,
    /// What Amazon has of it, where it ever had any.
    pub(super) kept: Option<Kept>,
}

impl Listing {
    /// The listing of an item of the catalogue.
    pub(super) fn of(item: &Item, options: &Options, now: Timestamp) -> Self {
        let every = options.amazon_keeps_every;
        let by_amazon = every > 0 && !item.is_kit() && item.index % every == every - 1;
        let stock: u32 = item.stock.iter().sum();
        let places = options
            .marketplaces
            .iter()
            .filter_map(|id| Marketplace::find(id));
        let mut names = Vec::new();
        let mut offers = Vec::new();
        for place in places {
            let price = place.local(item.price);
            let price: Json = serde_json::from_str(&price.to_string()).unwrap_or_default();
            names.push(json!({ "value": item.title, "language_tag": place.language, "marketplace_id": place.id }));
            offers.push(json!({
                "marketplace_id": place.id, "currency": place.currency, "audience": "ALL",
                "our_price": [{ "schedule": [{ "value_with_tax": price }] }],
            }));
        }
        let channel = if by_amazon {
            json!([{ "fulfillment_channel_code": "AMAZON_NA" }])
        } else {
            json!([{ "fulfillment_channel_code": "DEFAULT", "quantity": stock }])
        };
        let attributes = json!({
            "item_name": names, "purchasable_offer": offers, "fulfillment_availability": channel,
        });
        Self {
            sku: item.sku.clone(),
            asin: format!("B0{:08}", item.index + 1),
            fnsku: format!("X0{:08}", item.index + 1),
            product_type: "HOME",
            title: item.title.clone(),
            attributes: attributes.as_object().cloned().unwrap_or_default(),
            created: now,
            updated: now,
            trouble: None,
            lagging: false,
            kept: by_amazon.then_some(Kept {
                fulfillable: stock,
                reserved: 0,
                updated: now,
            }),
        }
    }

    /// Whether Amazon sends it.
    pub(super) fn by_amazon(&self) -> bool {
        let channels = self.values("fulfillment_availability").iter();
        let mut codes = channels.map(|channel| text(channel, "fulfillment_channel_code"));
        codes.any(|code| code.starts_with("AMAZON"))
    }

    pub(super) fn values(&self, attribute: &str) -> &[Json] {
        let values = self.attributes.get(attribute).and_then(Json::as_array);
        values.map(Vec::as_slice).unwrap_or_default()
    }

    /// Units that the seller offers, where the seller sends it.
    pub(super) fn level(&self) -> Option<i64> {
        let mut channels = self.values("fulfillment_availability").iter();
        let own =
            channels.find(|channel| text(channel, "fulfillment_channel_code") == "DEFAULT")?;
        get(own, "quantity").as_i64()
    }

    /// Takes units that were ordered off the level.
    pub(super) fn sell(&mut self, units: u32) {
        let left = self.level().map(|level| (level - i64::from(units)).max(0));
        let channels = self.attributes.get_mut("fulfillment_availability");
        for channel in channels.and_then(Json::as_array_mut).into_iter().flatten() {
            let own = text(channel, "fulfillment_channel_code") == "DEFAULT";
            if let (Some(left), Some(fields)) = (left.filter(|_| own), channel.as_object_mut()) {
                fields.insert("quantity".to_owned(), json!(left));
            }
        }
    }

    /// What one costs in a marketplace.
    pub(super) fn price(&self, place: &Marketplace) -> Option<Decimal> {
        let mut offers = self.values("purchasable_offer").iter();
        let offer = offers.find(|offer| {
            let audience = text(offer, "audience");
            text(offer, "marketplace_id") == place.id && (audience.is_empty() || audience == "ALL")
        })?;
        amount(offer)
    }

    /// As the API tells it, with the data sets that are asked for.
    pub(super) fn shown(&self, places: &[&Marketplace], included: &[&str]) -> Json {
        let mut all = Map::new();
        all.insert("sku".to_owned(), json!(self.sku));
        for set in included {
            let value = match *set {
                "summaries" => places.iter().map(|place| self.summary(place)).collect(),
                "attributes" => Json::Object(self.attributes.clone()),
                "issues" => self.issues().iter().map(Issue::shown).collect(),
                "offers" => places.iter().filter_map(|place| self.offer(place)).collect(),
                "fulfillmentAvailability" => self.availability(),
                "productTypes" => places
                    .iter()
                    .map(|place| json!({ "marketplaceId": place.id, "productType": self.product_type }))
                    .collect(),
                _ => json!([]),
            };
            all.insert((*set).to_owned(), value);
        }
        Json::Object(all)
    }

    fn summary(&self, place: &Marketplace) -> Json {
        let buyable = self.price(place).is_some() && !self.lagging;
        let status = if buyable {
            json!(["BUYABLE", "DISCOVERABLE"])
        } else {
            json!([])
        };
        json!({
            "marketplaceId": place.id, "asin": self.asin, "productType": self.product_type, "conditionType": "new_new", "status": status,
            "fnSku": self.fnsku, "itemName": self.title, "createdDate": shown(self.created), "lastUpdatedDate": shown(self.updated),
        })
    }

    fn offer(&self, place: &Marketplace) -> Option<Json> {
        let price = place.round(self.price(place)?).to_string();
        Some(json!({
            "marketplaceId": place.id, "offerType": "B2C", "price": { "currencyCode": place.currency, "amount": price },
            "audience": { "value": "ALL", "displayName": "Sell on Amazon" },
        }))
    }

    fn availability(&self) -> Json {
        let channels = self.values("fulfillment_availability").iter();
        let shown = channels.map(|channel| {
            let mut one =
                json!({ "fulfillmentChannelCode": text(channel, "fulfillment_channel_code") });
            let quantity = get(channel, "quantity");
            if let Some(fields) = one.as_object_mut().filter(|_| !quantity.is_null()) {
                fields.insert("quantity".to_owned(), quantity.clone());
            }
            one
        });
        shown.collect()
    }

    fn issues(&self) -> Vec<Issue> {
        let words = "The offer was not updated: the listing is under review.";
        let issue = || Issue::new("100521", "INVALID_ATTRIBUTE", "purchasable_offer", words);
        self.lagging.then(issue).into_iter().collect()
    }
}

/// The first price of an offer, by the digits that were sent.
pub(super) fn amount(offer: &Json) -> Option<Decimal> {
    let schedule = list(list(offer, "our_price").first()?, "schedule").first()?;
    match get(schedule, "value_with_tax") {
        Json::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}
