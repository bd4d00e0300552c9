//! WooCommerce: orders and refunds come out; fulfilments, stock levels, prices, products, refunds and cancellations go in.
//!
//! Speaks the REST API, version 3, of a WordPress site. Orders are read by the time of their last change, a hundred with a request. WooCommerce
//! has no idempotency: what is written into an order bears the key of the write in its meta data, by which it is found again.

mod client;
mod map;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{ConnectionId, Kind, MerchantId};
use jiff::SignedDuration;
use jiff::civil::Date;
use kit::Whose;
use ports::{ConfigError, Connected, Doorbell, Fault, Fields, Place, SecretRef, Write};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// The endpoint's name in configuration.
pub const NAME: &str = "woocommerce";
/// The kinds of record that can be read from it.
pub const READS: &[Kind] = &[Kind::Order, Kind::Refund];
/// The kinds of record that can be written to it.
pub const WRITES: &[Kind] = &[
    Kind::Fulfilment,
    Kind::Stock,
    Kind::Price,
    Kind::Product,
    Kind::Refund,
    Kind::Cancellation,
];

/// How to reach one shop, and how records are read from it and written to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The site's address (`https://shop.example`), with the folder where WordPress is in one. Over plain http every request is signed by
    /// OAuth 1.0a, as WooCommerce wants it there; that is for sites on a network of your own.
    #[schemars(with = "String")]
    pub url: Url,
    /// A key of the REST API (WooCommerce > Settings > Advanced > REST API) with the right to read and write.
    pub auth: Auth,
    /// The secrets that the site's webhooks are signed with.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub webhook_secrets: Vec<SecretRef>,
    /// How many requests may be under way at once; 2 unless set. Hosts and their firewalls turn away those who ask for much.
    #[serde(default = "two")]
    pub at_once: u32,
    /// How far each reading reaches back behind the last one: `5m` (the default). Orders read twice are recognised.
    #[serde(default = "five_minutes")]
    #[schemars(with = "String")]
    pub overlap: SignedDuration,
    /// Orders and refunds created before this day (`2026-01-31`, in UTC) are left alone.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub import_from: Option<Date>,
    /// What an order's status means, by the status as the API writes it (`awaiting-pickup: open`), where it is not as usual. Usual are
    /// `processing`, `completed` and `refunded`: open; `on-hold`: on_hold; `cancelled`, `failed` and `trash`: cancelled; `pending` and
    /// `checkout-draft`: not_yet. A status that is none of these is open once the order is paid, else on_hold.
    #[serde(default)]
    pub statuses: BTreeMap<String, Meaning>,
    /// How fulfilments are told.
    #[serde(default)]
    pub fulfilments: Fulfilments,
    /// How money is given back that was given back at the other side.
    #[serde(default)]
    pub givebacks: Givebacks,
    /// How stock levels are written.
    #[serde(default)]
    pub stock: Stock,
    /// How prices are written.
    #[serde(default)]
    pub prices: Prices,
    /// How products get into the shop.
    #[serde(default)]
    pub products: Products,
}

/// A key of the REST API.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The consumer key (`ck_…`).
    #[schemars(with = "String")]
    pub consumer_key: SecretRef,
    /// The consumer secret (`cs_…`).
    #[schemars(with = "String")]
    pub consumer_secret: SecretRef,
    /// Whether the key goes into the address, for hosts that take the Authorization header away; it does not unless set. Only over https.
    #[serde(default)]
    pub in_query: bool,
}

/// What an order's status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// It is sold, and to be delivered or delivered.
    Open,
    /// It is sold, and the shop holds its delivery back.
    OnHold,
    /// It is called off.
    Cancelled,
    /// It is no sale yet: left alone until its status is another one.
    NotYet,
}

/// How fulfilments are told. WooCommerce keeps none of its own unless its feature for them is switched on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fulfilments {
    /// Where tracking numbers go: `note` (the default), `shipment_tracking` or `fulfillments`.
    pub tracking: Tracking,
    /// Whether an order gets the status `completed` once all of it has left; it does unless set. WooCommerce then writes to the buyer.
    pub complete: bool,
    /// Whether the buyer is told of each fulfilment: of a note, that the buyer sees it; of WooCommerce's own fulfilments, that it sends its
    /// message. They are unless set.
    pub notify_customer: bool,
    /// The carrier's name in the shop (the provider's slug of the plugin, or of WooCommerce's fulfilments) by its name at the system that
    /// fulfilments come from: `"DHL Paket": dhl`. A carrier that is not listed keeps its name.
    pub carriers: BTreeMap<String, String>,
}

impl Default for Fulfilments {
    fn default() -> Self {
        Self {
            tracking: Tracking::default(),
            complete: true,
            notify_customer: true,
            carriers: BTreeMap::new(),
        }
    }
}

/// Where tracking numbers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// Into a note of the order.
    #[default]
    Note,
    /// Into the order's `_wc_shipment_tracking_items`, where the plugins Shipment Tracking and Advanced Shipment Tracking keep theirs.
    ShipmentTracking,
    /// Into WooCommerce's own fulfilments (10.1 and later, with the feature switched on).
    Fulfillments,
}

/// How money is given back. Whether it is is up to a sync of kind `refund` to the shop.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Givebacks {
    /// Whether WooCommerce has the payment provider send the money back (`api_refund`). It does not unless set: the refund is only
    /// noted in the shop, and the money is left to you.
    pub through_gateway: bool,
    /// Whether WooCommerce puts refunded units back in stock; it does not unless set: what there is comes from the other side's levels.
    pub restock: bool,
}

/// How stock levels are written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stock {
    /// The location, or pool of locations, at the system that levels come from. WooCommerce has one level of an article: those of any
    /// other location are held.
    pub location: Option<String>,
    /// Whether stock management is switched on for articles that lack it; it is unless set. If not, their levels are left out.
    pub manage: bool,
}

impl Default for Stock {
    fn default() -> Self {
        Self {
            location: None,
            manage: true,
        }
    }
}

/// How prices are written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// The price list whose prices the shop asks, by its name at the system that prices come from. In the shop's currency.
    pub list: Option<String>,
    /// Whether a price of zero is sent. It is not unless set: the record is held.
    pub allow_zero: bool,
}

/// How products get into the shop.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Products {
    /// Whether new products are shown at once (`publish`) or left to the shop's people (`draft`, the default).
    pub new: NewProducts,
    /// Whether categories that the shop lacks are made; they are unless set. If not, a product is held that belongs to one.
    pub create_categories: bool,
    /// The unit in which the shop keeps weights (WooCommerce > Settings > Products): `kg` (the default), `g`, `lbs` or `oz`.
    pub weight_unit: WeightUnit,
}

impl Default for Products {
    fn default() -> Self {
        Self {
            new: NewProducts::default(),
            create_categories: true,
            weight_unit: WeightUnit::default(),
        }
    }
}

/// How new products begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewProducts {
    /// Not shown.
    #[default]
    Draft,
    /// Shown.
    Publish,
}

/// The shop's unit of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightUnit {
    /// Kilogram.
    #[default]
    Kg,
    /// Gram.
    G,
    /// Pound.
    Lbs,
    /// Ounce.
    Oz,
}

const fn two() -> u32 {
    2
}

const fn five_minutes() -> SignedDuration {
    SignedDuration::from_mins(5)
}

/// The fields of WooCommerce's records that rules may set, by the kind of record that is written and the place in it; `None` where there
/// are none.
#[must_use]
pub fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    map::fields(kind, place)
}

/// How the shop limits its callers: WooCommerce does not, its host does, without saying how. So many requests at once, fewer after a refusal.
#[must_use]
pub fn limits(settings: &Settings) -> budget::Limits {
    let at_once = settings.at_once.max(1);
    budget::Limits {
        slots: Some(budget::SlotSettings {
            limit: Some(at_once),
            reserve: 0,
            start: at_once.min(two()),
        }),
        ..budget::Limits::default()
    }
}

/// Recognises the shop's webhooks; reads no secret but theirs.
///
/// # Errors
/// None: a secret that cannot be read refuses the call that needs it.
pub fn doorbell(settings: &Settings) -> Result<Option<Box<dyn Doorbell>>, ConfigError> {
    Ok(Some(Box::new(client::Bell::new(
        settings.webhook_secrets.clone(),
    ))))
}

/// Makes the connection's source, sink, doorbell and probe. Sends nothing and reads no secret: each is read when it is needed, so
/// that a role can do without those it does not need.
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
    let api = client::api(&settings, http)?;
    let doorbell = doorbell(&settings)?;
    let settings = Arc::new(settings);
    let whose = Whose {
        merchant,
        connection: id.clone(),
    };
    Ok(Connected {
        source: Some(Box::new(client::reader(
            whose,
            Arc::clone(&settings),
            api.clone(),
        ))),
        sink: Some(Box::new(client::writer(
            id,
            Arc::clone(&settings),
            api.clone(),
        ))),
        doorbell,
        probe: Box::new(client::Checkup::new(settings, api)),
        directory: None,
    })
}

/// Makes the body of a past push anew, from what was kept of it; of a request that many records share, the record's own part.
///
/// # Errors
/// [`Fault::Unreadable`] for facts that are not this endpoint's; those of the mapping, where by these settings it would not be pushed so.
pub fn remake(settings: &Settings, write: &Write, facts: &Value) -> Result<Vec<u8>, Fault> {
    client::remake(settings, write, facts)
}

fn check(settings: &Settings) -> Result<(), ConfigError> {
    let wrong = |setting: &str, why: &str| {
        Err(ConfigError {
            setting: setting.to_owned(),
            why: why.to_owned(),
        })
    };
    if settings.overlap.is_negative() {
        return wrong("overlap", "must not be negative");
    }
    if settings.at_once == 0 {
        return wrong("at_once", "must be at least 1");
    }
    if settings.auth.in_query && settings.url.scheme() != "https" {
        return wrong(
            "auth.in_query",
            "would show the key to everybody on the way: only over https",
        );
    }
    Ok(())
}
