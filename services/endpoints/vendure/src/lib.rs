//! Vendure: orders and refunds come out; fulfilments, stock levels, refunds and cancellations go in.
//!
//! Speaks the Admin API (GraphQL) of a Vendure 3 server, in one of its channels. Vendure has no list of what changed and no webhooks of its own, and
//! `updatedAt` of an order does not follow it: orders are watched, and their histories tell when they last changed. It has no idempotency: what
//! is written bears the key of the write in a text of the record, by which it is found again.

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
pub const NAME: &str = "vendure";
/// The kinds of record that can be read from it.
pub const READS: &[Kind] = &[Kind::Order, Kind::Refund];
/// The kinds of record that can be written to it.
pub const WRITES: &[Kind] = &[
    Kind::Fulfilment,
    Kind::Stock,
    Kind::Refund,
    Kind::Cancellation,
];

/// How to reach one channel of a Vendure server, and how records are read from it and written to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address of the Admin API (`https://shop.example/admin-api`).
    #[schemars(with = "String")]
    pub url: Url,
    /// Who asks: an administrator with the rights to read and update orders and catalogue.
    pub auth: Auth,
    /// The token of the channel (Settings > Channels); the default channel unless set.
    #[serde(default)]
    pub channel: Option<String>,
    /// How many requests may be under way at once; 4 unless set.
    #[serde(default = "four")]
    pub at_once: u32,
    /// How far each reading reaches back behind the last one: `5m` (the default). Orders read twice are recognised.
    #[serde(default = "five_minutes")]
    #[schemars(with = "String")]
    pub overlap: SignedDuration,
    /// How long after an order was placed it is looked at for changes although it was delivered or cancelled: `720h` (the default, 30 days). A
    /// refund of an older order is not seen. Orders that are still open are looked at however old they are.
    #[serde(default = "a_month")]
    #[schemars(with = "String")]
    pub watch: SignedDuration,
    /// Orders placed before this day (`2026-01-31`, in UTC), and their refunds, are left alone.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub import_from: Option<Date>,
    /// Whether a refund is told while its money is on its way (`Pending`). It is not unless set: refunds are told once they are `Settled`.
    #[serde(default)]
    pub pending_refunds: bool,
    /// How fulfilments are told.
    #[serde(default)]
    pub fulfilments: Fulfilments,
    /// How money is given back that was given back at the other side.
    #[serde(default)]
    pub givebacks: Givebacks,
    /// The shop's stock locations, by the location or pool of locations at the system that levels come from: `web: "1"`, the id of
    /// Settings > Stock locations. Levels of any other location are held.
    #[serde(default)]
    pub stock_locations: BTreeMap<String, String>,
}

/// Who asks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// An administrator's name and password.
    Login(Login),
    /// An API key (Vendure 3.6 and later, where the server's `authOptions.tokenMethod` has `api-key`).
    ApiKey(#[schemars(with = "String")] SecretRef),
}

/// An administrator's name and password.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The name.
    pub username: String,
    /// The password.
    #[schemars(with = "String")]
    pub password: SecretRef,
}

/// How fulfilments are told.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fulfilments {
    /// The code of the server's fulfilment handler: `manual-fulfillment` (the default). It has to take `method` and `trackingCode`.
    pub handler: String,
    /// Whether a fulfilment is told as delivered at once; it is told as shipped unless set.
    pub delivered: bool,
}

impl Default for Fulfilments {
    fn default() -> Self {
        Self {
            handler: "manual-fulfillment".to_owned(),
            delivered: false,
        }
    }
}

/// How money is given back.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Givebacks {
    /// Whether Vendure is told to refund: its payment handler then sends the money back, where the handler can. It is not unless set, and such refunds
    /// are held: Vendure knows no refund that is only noted.
    pub through_handler: bool,
}

const fn four() -> u32 {
    4
}

const fn five_minutes() -> SignedDuration {
    SignedDuration::from_mins(5)
}

const fn a_month() -> SignedDuration {
    SignedDuration::from_hours(720)
}

/// The fields of Vendure's records that rules may set: none.
#[must_use]
pub const fn fields(_: Kind, _: Place) -> Option<&'static Fields> {
    None
}

/// How the server limits its callers: Vendure does not. So many requests at once, fewer after a refusal of what stands before it.
#[must_use]
pub fn limits(settings: &Settings) -> budget::Limits {
    let at_once = settings.at_once.max(1);
    budget::Limits {
        slots: Some(budget::SlotSettings {
            limit: Some(at_once),
            reserve: 0,
            start: at_once.min(four()),
        }),
        ..budget::Limits::default()
    }
}

/// Vendure sends no webhooks.
///
/// # Errors
/// None.
pub fn doorbell(_: &Settings) -> Result<Option<Box<dyn Doorbell>>, ConfigError> {
    Ok(None)
}

/// Makes the connection's source, sink and probe. Sends nothing and reads no secret: each is read when it is needed.
///
/// # Errors
/// [`ConfigError`] naming the setting that does not make sense.
pub fn connect(
    merchant: MerchantId,
    id: ConnectionId,
    settings: Settings,
    http: http::Client,
) -> Result<Connected, ConfigError> {
    check(&settings)?;
    let api = client::Api::new(&settings, http);
    let probe = Box::new(client::Checkup::new(&settings, api.clone()));
    let settings = Arc::new(settings);
    Ok(Connected {
        source: Some(Box::new(client::Reader::new(
            merchant,
            id.clone(),
            Arc::clone(&settings),
            api.clone(),
        ))),
        sink: Some(Box::new(client::Writer::new(id, settings, api))),
        doorbell: None,
        probe,
        directory: None,
    })
}

fn check(settings: &Settings) -> Result<(), ConfigError> {
    let wrong = |setting: &str, why: &str| {
        Err(ConfigError {
            setting: setting.to_owned(),
            why: why.to_owned(),
        })
    };
    if settings.url.cannot_be_a_base() || !matches!(settings.url.scheme(), "https" | "http") {
        return wrong("url", "must be the Admin API's http or https address");
    }
    if settings.overlap.is_negative() {
        return wrong("overlap", "must not be negative");
    }
    if settings.watch.is_negative() {
        return wrong("watch", "must not be negative");
    }
    if settings.at_once == 0 {
        return wrong("at_once", "must be at least 1");
    }
    Ok(())
}
