//! Amazon by its Selling Partner API: orders and settlements come out; fulfilments, stock levels and prices go in.
//!
//! Every operation has a rate of its own, and that of the search for orders is one call in three minutes: pages are large, and what was refused waits
//! as long as its operation needs for the next call. A package is told under a number that follows from our key, so that telling it again changes
//! nothing.

mod client;
mod map;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{ConnectionId, Kind, MerchantId};
use jiff::SignedDuration;
use jiff::civil::Date;
use ports::{ConfigError, Connected, Doorbell, Fields, Place, SecretRef};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// The endpoint's name in configuration.
pub const NAME: &str = "amazon";
/// The kinds of record that can be read from it.
pub const READS: &[Kind] = &[Kind::Order, Kind::Payout];
/// The kinds of record that can be written to it.
pub const WRITES: &[Kind] = &[Kind::Fulfilment, Kind::Stock, Kind::Price];

/// How to reach one seller's account in one region, and how records are read from it and written to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The region of the account: `na`, `eu` or `fe`.
    pub region: Region,
    /// The seller's id (Seller Central > Settings > Account Info > Your Merchant Token).
    pub seller: String,
    /// The marketplaces that orders are read from, by id (`ATVPDKIKX0DER`). Stock levels go to the first.
    pub marketplaces: Vec<String>,
    /// The application that the seller has authorized.
    pub auth: Auth,
    /// An address instead of the region's: of a sandbox, or of a proxy.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub url: Option<Url>,
    /// How many requests may be under way at once; 4 unless set. The rates of single operations are Amazon's own and obeyed in any case.
    #[serde(default = "four")]
    pub at_once: u32,
    /// How far each reading reaches back behind the last one: `5m` (the default). Orders read twice are recognised.
    #[serde(default = "five_minutes")]
    #[schemars(with = "String")]
    pub overlap: SignedDuration,
    /// Orders placed, and settlements made, before this day (`2026-01-31`, in UTC) are left alone. Amazon keeps orders for two years, settlements for ninety days.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub import_from: Option<Date>,
    /// Which orders are read.
    #[serde(default)]
    pub orders: Orders,
    /// How fulfilments are told.
    #[serde(default)]
    pub fulfilments: Fulfilments,
    /// How stock levels are written.
    #[serde(default)]
    pub stock: Stock,
    /// How prices are written.
    #[serde(default)]
    pub prices: Prices,
    /// From how many changed levels or prices on a batch goes in as one feed, instead of one request each: 10 unless set. A feed takes minutes.
    #[serde(default = "ten")]
    pub feed_from: u32,
}

/// Where Amazon's API of an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// The Americas.
    Na,
    /// Europe, the Middle East, Africa, India.
    Eu,
    /// The Far East and Australia.
    Fe,
}

/// An application of Login with Amazon, and the seller's leave.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The application's client id (`amzn1.application-oa2-client.…`).
    pub client_id: String,
    /// Its client secret.
    #[schemars(with = "String")]
    pub client_secret: SecretRef,
    /// The refresh token that the seller's authorization came to (`Atzr|…`).
    #[schemars(with = "String")]
    pub refresh_token: SecretRef,
    /// Where tokens are had, instead of `https://api.amazon.com/auth/o2/token`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub url: Option<Url>,
}

/// Which orders are read. Those that are pending have no price and no address yet, and are left alone until they have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Orders {
    /// Whether orders are read that the seller sends; they are unless set.
    pub by_seller: bool,
    /// Whether orders are read that Amazon sends from its own warehouses, once they have left; they are not unless set. They come as fulfilled, sold at
    /// the place `amazon`.
    pub by_amazon: bool,
    /// Whether an order of which the buyer wants something called off is told as held back; it is unless set. It bears the tag
    /// `cancellation-requested` in any case.
    pub hold_on_request: bool,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            by_seller: true,
            by_amazon: false,
            hold_on_request: true,
        }
    }
}

/// How fulfilments are told: each parcel by a call of its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fulfilments {
    /// Amazon's carrier code by the carrier's name at the system that fulfilments come from: `"DHL Paket": DHL`. A carrier that is not listed is told as
    /// `Other`, with its name.
    pub carriers: BTreeMap<String, String>,
    /// Amazon's shipping method by the delivery method at the system that fulfilments come from. Where it is not listed, none is told.
    pub methods: BTreeMap<String, String>,
    /// What stands for the tracking number where there is none. Unless set, such a fulfilment is held: Amazon asks for one.
    pub untracked: Option<String>,
}

/// How stock levels are written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stock {
    /// The location, or pool of locations, at the system that levels come from. Those of any other are held. Levels of articles that Amazon keeps itself
    /// are left out.
    pub location: Option<String>,
}

/// How prices are written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// The marketplace whose buyers are asked the prices of a list, by the list's name at the system that prices come from: `retail: ATVPDKIKX0DER`.
    /// Prices of other lists are held.
    pub lists: BTreeMap<String, String>,
}

const fn four() -> u32 {
    4
}

const fn ten() -> u32 {
    10
}

const fn five_minutes() -> SignedDuration {
    SignedDuration::from_mins(5)
}

/// The fields of Amazon's packages that rules may set; `None` for all else.
#[must_use]
pub fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    map::fields(kind, place)
}

/// How the account limits its callers: each operation by a rate of its own, which its refusals tell. So many requests at once.
#[must_use]
pub fn limits(settings: &Settings) -> budget::Limits {
    budget::Limits {
        slots: Some(budget::SlotSettings {
            limit: Some(settings.at_once.max(1)),
            reserve: 0,
            start: settings.at_once.max(1),
        }),
        ..budget::Limits::default()
    }
}

/// Amazon sends no webhooks: its notifications go to queues of its own.
///
/// # Errors
/// None.
pub fn doorbell(_: &Settings) -> Result<Option<Box<dyn Doorbell>>, ConfigError> {
    Ok(None)
}

/// Makes the connection's source, sink and probe. Sends nothing and reads no secret.
///
/// # Errors
/// [`ConfigError`] naming the setting that does not make sense.
pub fn connect(
    merchant: MerchantId,
    id: ConnectionId,
    settings: Settings,
    http: http::Client,
) -> Result<Connected, ConfigError> {
    let wrong = |setting: &str, why: &str| ConfigError {
        setting: setting.to_owned(),
        why: why.to_owned(),
    };
    if settings.marketplaces.is_empty() || settings.marketplaces.len() > 50 {
        let why = "must name the marketplaces that are sold in, at most 50, by their ids";
        return Err(wrong("marketplaces", why));
    }
    if settings.overlap.is_negative() {
        return Err(wrong("overlap", "must not be negative"));
    }
    let api = client::Api::new(&settings, http)?;
    let settings = Arc::new(settings);
    Ok(Connected {
        source: Some(Box::new(client::Reader::new(
            merchant,
            id.clone(),
            Arc::clone(&settings),
            api.clone(),
        ))),
        sink: Some(Box::new(client::Writer::new(
            id,
            Arc::clone(&settings),
            api.clone(),
        ))),
        doorbell: None,
        probe: Box::new(client::Checkup { settings, api }),
        directory: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimal_configuration_is_short_and_a_misspelt_key_an_error() {
        let text = r#"{"region": "na", "seller": "A1", "marketplaces": ["ATVPDKIKX0DER"],
            "auth": {"client_id": "c", "client_secret": "env:S", "refresh_token": "env:R"}}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        assert!(settings.orders.by_seller && !settings.orders.by_amazon);
        assert!(doorbell(&settings).unwrap().is_none());
        let text = text.replace("seller\"", "saler\"");
        let error = serde_json::from_str::<Settings>(&text).unwrap_err();
        assert!(error.to_string().contains("saler"), "{error}");
    }
}
