//! ShipStation: shipping orders go in; shipments and orders marked as shipped come out as fulfilments, with what they cost.
//!
//! Speaks the V1 API, which has orders; V2 knows labels and shipments of its own only. Orders are written under a key of ours, which makes writing
//! one again harmless. Times there are those of the Pacific coast, without an offset.

mod client;
mod map;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{ConnectionId, Currency, Kind, MerchantId};
use jiff::SignedDuration;
use jiff::civil::Date;
use kit::{Feeds, Whose};
use ports::{ConfigError, Connected, Doorbell, Fault, Fields, Place, SecretRef, Write};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// The endpoint's name in configuration.
pub const NAME: &str = "shipstation";
/// The kinds of record that can be read from it.
pub const READS: &[Kind] = &[Kind::Fulfilment];
/// The kinds of record that can be written to it.
pub const WRITES: &[Kind] = &[Kind::ShippingOrder];

/// How to reach one ShipStation account, and how orders stand in it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The V1 API's key (Settings > Account > API Settings).
    #[schemars(with = "String")]
    pub api_key: SecretRef,
    /// The V1 API's secret.
    #[schemars(with = "String")]
    pub api_secret: SecretRef,
    /// An address instead of `https://ssapi.shipstation.com/`: of a sandbox, or of a proxy.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub url: Option<Url>,
    /// The store that orders are put into, and whose shipments are read (its id); left out, orders go into the account's manual store, and shipments of
    /// all stores are read: those of orders that were not sent from here are left out, at the price of a request for each of their orders.
    #[serde(default)]
    pub store: Option<u64>,
    /// The number that orders bear in ShipStation: `sales_order` (the default), or `reference`, the number that the buyer knows, where there is one.
    #[serde(default)]
    pub order_number: OrderNumber,
    /// The warehouse ("Ship From" location, by id) by the location that the goods are to leave at the other side: `"2": 16079`. Where it is not listed,
    /// ShipStation takes its default.
    #[serde(default)]
    pub warehouses: BTreeMap<String, u64>,
    /// The service by the order's delivery method at the other side: `"4": { carrier: fedex, service: fedex_ground }`. Where it is not listed, none is named.
    #[serde(default)]
    pub services: BTreeMap<String, Service>,
    /// The currency that costs are in, which the API does not tell: `USD` unless set.
    #[serde(default = "dollar")]
    pub currency: String,
    /// Shipments made before this day (`2026-01-31`, Pacific time) are left alone.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub import_from: Option<Date>,
    /// How far each reading reaches back behind the last one: `5m` (the default). Shipments read twice are recognised.
    #[serde(default = "five_minutes")]
    #[schemars(with = "String")]
    pub overlap: SignedDuration,
    /// How many requests a minute Causeway may make: 40 unless set, which is what an account has in all. Less leaves room for others that use the same
    /// key; what the replies say of it is obeyed in any case.
    #[serde(default = "forty")]
    pub requests_per_minute: u32,
    /// Whether webhooks are listened to. They bear no signature, so that anybody may ring: all they do is that shipments are read a little earlier. They are
    /// not unless set.
    #[serde(default)]
    pub webhooks: bool,
}

/// The number that orders bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderNumber {
    /// The order's own.
    #[default]
    SalesOrder,
    /// The one the buyer knows.
    Reference,
}

/// A service of a carrier, by ShipStation's codes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The carrier's code: `fedex`, `stamps_com`.
    pub carrier: String,
    /// The service's code: `fedex_ground`.
    pub service: String,
    /// The package's code, where it is always the same: `package`.
    #[serde(default)]
    pub package: Option<String>,
}

fn dollar() -> String {
    "USD".to_owned()
}

const fn five_minutes() -> SignedDuration {
    SignedDuration::from_mins(5)
}

const fn forty() -> u32 {
    40
}

impl Settings {
    fn currency(&self) -> Result<Currency, ConfigError> {
        Currency::from_code(&self.currency).ok_or_else(|| ConfigError {
            setting: "currency".to_owned(),
            why: format!(
                "'{}' is no ISO 4217 currency code such as USD",
                self.currency
            ),
        })
    }
}

/// The fields of ShipStation's orders that rules may set; `None` for all else.
#[must_use]
pub const fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    map::fields(kind, place)
}

/// How the account limits its callers: so many requests a minute.
#[must_use]
pub fn limits(settings: &Settings) -> budget::Limits {
    budget::Limits {
        rates: vec![budget::RateSettings {
            calls: settings.requests_per_minute.max(1),
            seconds: 60,
            burst: settings.requests_per_minute.div_ceil(4).max(1),
        }],
        ..budget::Limits::default()
    }
}

/// Listens to the account's webhooks, where that is set.
///
/// # Errors
/// None.
pub fn doorbell(settings: &Settings) -> Result<Option<Box<dyn Doorbell>>, ConfigError> {
    Ok(settings
        .webhooks
        .then(|| Box::new(client::Bell) as Box<dyn Doorbell>))
}

/// Makes the connection's source, sink, doorbell and probe. Sends nothing and reads no secret.
///
/// # Errors
/// [`ConfigError`] naming the setting that does not make sense.
pub fn connect(
    merchant: MerchantId,
    id: ConnectionId,
    settings: Settings,
    http: http::Client,
) -> Result<Connected, ConfigError> {
    let currency = settings.currency()?;
    if settings.overlap.is_negative() {
        return Err(ConfigError {
            setting: "overlap".to_owned(),
            why: "must not be negative".to_owned(),
        });
    }
    let api = client::api(&settings, http)?;
    let settings = Arc::new(settings);
    let reader = client::Reader {
        whose: Whose {
            merchant,
            connection: id,
        },
        settings: Arc::clone(&settings),
        currency,
        api: api.clone(),
    };
    let writer = client::Writer {
        settings: Arc::clone(&settings),
        api: api.clone(),
    };
    Ok(Connected {
        source: Some(Box::new(Feeds::new(
            "ShipStation",
            READS,
            vec![(Kind::Fulfilment, Box::new(reader))],
        ))),
        sink: Some(Box::new(writer)),
        doorbell: doorbell(&settings)?,
        probe: Box::new(client::Checkup { settings, api }),
        directory: None,
    })
}

/// Makes an order's part of a past push anew.
///
/// # Errors
/// As when it was mapped first; [`Fault::Refused`] for another kind of record.
pub fn remake(settings: &Settings, write: &Write, _: &Value) -> Result<Vec<u8>, Fault> {
    client::remake(settings, write)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimal_configuration_is_short_and_a_misspelt_key_an_error() {
        let text = r#"{"api_key": "env:KEY", "api_secret": "env:SECRET"}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        assert_eq!(limits(&settings).rates[0].calls, 40);
        assert!(doorbell(&settings).unwrap().is_none());
        assert_eq!(settings.currency().unwrap(), Currency::USD);
        let text = text.replace("api_key", "apikey");
        let error = serde_json::from_str::<Settings>(&text).unwrap_err();
        assert!(error.to_string().contains("apikey"), "{error}");
    }
}
