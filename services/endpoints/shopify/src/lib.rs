//! Shopify: orders, refunds, payouts, customers and companies come out; fulfilments, stock levels, products, prices, refunds and cancellations go in.
//!
//! Speaks the GraphQL Admin API at one version ([`API_VERSION`]). Orders are read by the time of their last change; a page of
//! orders is one request. Fulfilments are read back before they are written, since Shopify has no idempotency for them; stock
//! is written by compare-and-set.

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

pub use client::API_VERSION;
pub use map::{NewProducts, Products, Withdrawn, WithdrawnVariants};

/// The endpoint's name in configuration.
pub const NAME: &str = "shopify";
/// The kinds of record that can be read from it.
pub const READS: &[Kind] = &[
    Kind::Order,
    Kind::Refund,
    Kind::Customer,
    Kind::Company,
    Kind::Payout,
];
/// The kinds of record that can be written to it.
pub const WRITES: &[Kind] = &[
    Kind::Fulfilment,
    Kind::Stock,
    Kind::Product,
    Kind::Price,
    Kind::Refund,
    Kind::Cancellation,
];

/// How to reach one shop, and how fulfilments and stock are written to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The shop's permanent name, as in `<shop>.myshopify.com`.
    #[serde(default)]
    pub shop: Option<String>,
    /// An address instead of `shop`: of a sandbox, or of a proxy in front of the shop.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub url: Option<Url>,
    /// The credentials of an app installed in the shop.
    pub auth: Auth,
    /// The app's client secrets with which the shop signs webhooks: the present one, and the one before it while it is being
    /// replaced (Shopify signs with the old one for up to an hour).
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub webhook_secrets: Vec<SecretRef>,
    /// How far each reading reaches back behind the last one, so that changes that the shop's search shows late are seen: `5m`
    /// (the default). Orders read twice are recognised.
    #[serde(default = "five_minutes")]
    #[schemars(with = "String")]
    pub overlap: SignedDuration,
    /// Orders created, and payouts issued, before this day (`2026-01-31`, in the shop's own time zone) are left alone.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub import_from: Option<Date>,
    /// What becomes of refunds: `deducted` (the default) or `separate`, which a sync of kind `refund` needs.
    #[serde(default)]
    pub refunds: Refunds,
    /// Whether orders are read with the company that bought and its terms of payment (B2B); they are not unless set. Needs the scope
    /// `read_payment_terms` beside the usual ones.
    #[serde(default)]
    pub companies: bool,
    /// The shop's location by the location, or pool of locations, at the system that stock and fulfilments come from:
    /// `"7": "61234567890"`. Stock of a location that is not listed is held. For fulfilments the list is only a preference: where an order's units are to be
    /// fulfilled from several of the shop's locations, those of the listed one are taken first.
    #[serde(default)]
    pub locations: BTreeMap<String, String>,
    /// Where prices go.
    #[serde(default)]
    pub prices: Prices,
    /// Whether the shop tells the buyer about a new fulfilment or tracking number; it does unless set.
    #[serde(default = "yes")]
    pub notify_customer: bool,
    /// How money is given back that was given back at the other side.
    #[serde(default)]
    pub givebacks: Givebacks,
    /// How orders are cancelled that were cancelled or closed at the other side.
    #[serde(default)]
    pub cancellations: Cancellations,
    /// Shopify's name of a carrier by its name at the system that fulfilments come from: `"DHL Paket": "DHL Germany"`. A carrier that is
    /// not listed keeps its name; only names on Shopify's list get a tracking link from Shopify.
    #[serde(default)]
    pub carriers: BTreeMap<String, String>,
    /// How products get into the shop.
    #[serde(default)]
    pub products: Products,
}

/// Where prices go.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// The price list, by its name at the system that prices come from, whose prices the variants themselves bear. In the shop's currency.
    pub variants: Option<String>,
    /// The shop's price list (of a market's or a business customer's catalog) by the name of the list where prices come from:
    /// `wholesale: "24500001"`, the last part of its id `gid://shopify/PriceList/24500001`. Prices become fixed prices there, and prices of
    /// quantities its quantity price breaks.
    pub lists: BTreeMap<String, String>,
    /// Whether the compare-at price is Causeway's: the regular price during a sale, and else nothing. It is unless set; if not,
    /// variants keep what they have.
    pub compare_at: bool,
    /// Whether a price of zero is sent. It is not unless set: the record is held.
    pub allow_zero: bool,
    /// Whether a fixed price is taken off a price list when there is none for the article any more. It is not unless set: the record is held.
    pub remove_missing: bool,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            variants: None,
            lists: BTreeMap::new(),
            compare_at: true,
            allow_zero: false,
            remove_missing: false,
        }
    }
}

/// What becomes of refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refunds {
    /// An order is told without what was given back before it is read; refunds are no records of their own.
    #[default]
    Deducted,
    /// An order is told as it was placed, and each of its refunds is a record of its own. An order that was edited is told as it
    /// stands; a refund of it that this leaves out is not carried over twice.
    Separate,
}

/// How orders are cancelled that were cancelled or closed at the other side. Whether they are is up to a sync of kind `cancellation`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cancellations {
    /// Whether the shop gives back what was paid, by the means it was paid by; it does unless set. Without it the money is left to you.
    pub refund: bool,
    /// Whether the shop counts the goods as available again; it does unless set.
    pub restock: bool,
    /// Whether the shop tells the buyer; it does not unless set.
    pub notify_customer: bool,
}

impl Default for Cancellations {
    fn default() -> Self {
        Self {
            refund: true,
            restock: true,
            notify_customer: false,
        }
    }
}

/// How money is given back that was given back at the other side. Whether it is is up to a sync of kind `refund` to the shop.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Givebacks {
    /// The shop's location where units of refunded lines are put back in stock. Left out, they move no stock: what there is comes from the
    /// other side's stock levels.
    pub restock_at: Option<String>,
    /// Whether the shop tells the buyer; it does not unless set.
    pub notify_customer: bool,
}

/// Credentials of an app.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "give either 'access_token', or 'client_id' and 'client_secret'; secrets as references, env:NAME or file:/path"
)]
pub enum Auth {
    /// A token that stays valid.
    Token {
        /// The app's Admin API access token.
        #[schemars(with = "String")]
        access_token: SecretRef,
    },
    /// The client-credentials grant of an app made in the Dev Dashboard; its tokens live for 24 hours and are renewed in time.
    ClientCredentials {
        /// The app's client id.
        client_id: String,
        /// The app's client secret.
        #[schemars(with = "String")]
        client_secret: SecretRef,
    },
}

const fn five_minutes() -> SignedDuration {
    SignedDuration::from_mins(5)
}

const fn yes() -> bool {
    true
}

/// The fields of Shopify's records that rules may set, by the kind of record that is written and the place in it; `None` where there are
/// none.
#[must_use]
pub fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    map::fields(kind, place)
}

/// Makes the body of a past push anew, or the record's own part of one that many records shared: the variables that it would have had alone.
///
/// # Errors
/// As when it was mapped first; [`Fault::Held`] where no such request would be made; [`Fault::Unreadable`] for facts of another kind of push.
pub fn remake(settings: &Settings, write: &Write, facts: &Value) -> Result<Vec<u8>, Fault> {
    client::remake(settings, write, facts)
}

/// How the shop limits its callers: a bucket of query points, learned from its replies.
#[must_use]
pub fn limits(_: &Settings) -> budget::Limits {
    budget::Limits {
        points: Some(budget::CostSettings::default()),
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
    let api = client::Api::new(&settings, http)?;
    let doorbell = doorbell(&settings)?;
    let settings = Arc::new(settings);
    let whose = Whose {
        merchant,
        connection: id.clone(),
    };
    Ok(Connected {
        source: Some(Box::new(client::reader(&whose, &settings, &api))),
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
    for (from, to) in &settings.prices.lists {
        let given = settings.prices.lists.values().filter(|list| *list == to);
        if to.is_empty() || !to.bytes().all(|byte| byte.is_ascii_digit()) || given.count() > 1 {
            return wrong(
                &format!("prices.lists.{from}"),
                "must be the number of a Shopify price list that no other list goes to",
            );
        }
        if settings.prices.variants.as_ref() == Some(from) {
            return wrong(
                &format!("prices.lists.{from}"),
                "is the list of the variants themselves: name it in 'variants' or here, not in both",
            );
        }
    }
    let named = settings.locations.iter();
    let named = named.map(|(from, to)| (format!("locations.{from}"), to));
    let restock = settings.givebacks.restock_at.iter();
    let restock = restock.map(|to| ("givebacks.restock_at".to_owned(), to));
    for (setting, to) in named.chain(restock) {
        if to.is_empty() || !to.bytes().all(|byte| byte.is_ascii_digit()) {
            return wrong(
                &setting,
                "must be the number of a Shopify location, the last part of its address in the admin",
            );
        }
    }
    map::check_products(&settings.products)
}
