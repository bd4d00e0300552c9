//! Oracle NetSuite: orders go in as sales orders, refunds as credits, customers and companies as customers, payouts as deposits; fulfilments, stock levels, products and prices, credits and cancellations come out.
//!
//! Speaks the REST record service and SuiteQL, with OAuth 2.0 client credentials or token-based authentication. Every
//! write is idempotent by external id; every read pages by (UTC time, id), since SuiteQL prints and compares times in the
//! integration user's own zone.

mod client;
mod map;
mod wire;

use std::sync::Arc;

use commerce::{ConnectionId, Kind, MerchantId};
use jiff::SignedDuration;
use ports::{ConfigError, Connected, Doorbell, Fault, Fields, Write};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

pub use client::{Auth, Oauth2, Token};
pub use map::settings::{
    Addresses, BookIn, Caution, Changes, Column, CustomerMatch, CustomerRecords, Customers,
    Discounts, FirstPrice, Guests, InternalId, ItemField, Items, MatrixOption, OrderStatus, Orders,
    ParcelWeight, Payments, Payouts, Place, Pool, PriceList, Prices, Products, Promotions, Records,
    Refunds, Returns, Sale, Shipments, Shipping, ShippingOrders, Stock, SuiteTaxOverride, Tax,
    TaxAsLine, TaxCode, Unbilled, Unflagged, Update, Voided,
};

/// The endpoint's name in configuration.
pub const NAME: &str = "netsuite";
/// The kinds of record that can be read from it.
pub const READS: &[Kind] = &[
    Kind::Fulfilment,
    Kind::Stock,
    Kind::Product,
    Kind::Price,
    Kind::Refund,
    Kind::Cancellation,
    Kind::ShippingOrder,
];
/// The kinds of record that can be written to it.
pub const WRITES: &[Kind] = &[
    Kind::Order,
    Kind::Refund,
    Kind::Customer,
    Kind::Company,
    Kind::Payout,
    Kind::Fulfilment,
];

/// How to reach one NetSuite account, and how orders become sales orders there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The account id as NetSuite shows it under Setup > Company > Company Information: `1234567`, a sandbox `1234567_SB1`.
    pub account: String,
    /// The address of the account's REST services, where it is not the usual `https://<account>.suitetalk.api.netsuite.com`
    /// (Setup > Company > Company Information > Company URLs, "SuiteTalk").
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub url: Option<Url>,
    /// The credentials of an integration record and a role made for Causeway.
    pub auth: Auth,
    /// How many of the account's concurrent requests Causeway may use.
    #[serde(default)]
    pub slots: Slots,
    /// The item field that holds the SKU by which the shop knows an article: `itemid` (the item's name, the default),
    /// `externalid`, `upccode`, `mpn` or a custom field (`custitem_…`).
    #[serde(default = "Column::itemid")]
    #[schemars(with = "String", extend("x-offers" = "custom_fields"))]
    pub item_field: Column,
    /// How orders become sales orders.
    #[serde(default)]
    pub orders: Orders,
    /// How customers and companies that are records of their own are kept up.
    #[serde(default)]
    pub customers: CustomerRecords,
    /// How refunds become credit memos and cash refunds.
    #[serde(default)]
    pub refunds: Refunds,
    /// How payouts become deposits.
    #[serde(default)]
    pub payouts: Payouts,
    /// How item fulfilments are read.
    #[serde(default)]
    pub fulfilments: Fulfilments,
    /// Which sales orders are told to whoever sends them.
    #[serde(default)]
    pub shipping_orders: ShippingOrders,
    /// How deliveries that somebody else made become item fulfilments.
    #[serde(default)]
    pub shipments: Shipments,
    /// Which stock is read, and how much of it may be sold.
    #[serde(default)]
    pub stock: Stock,
    /// Which items are told as products, and from which of their fields.
    #[serde(default)]
    pub products: Products,
    /// Which prices are read.
    #[serde(default)]
    pub prices: Prices,
    /// How far each reading reaches back behind the last one, so that changes that NetSuite's analytics shows late are seen:
    /// `5m` (the default). Records read twice are recognised.
    #[serde(default = "five_minutes")]
    #[schemars(with = "String")]
    pub overlap: SignedDuration,
}

/// The share of the account's concurrency (Setup > Integration > Integration Governance) that Causeway uses.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slots {
    /// The most requests at once; left out, Causeway learns the account's limit from its refusals.
    #[serde(default)]
    pub limit: Option<u32>,
    /// How many of the account's slots stay free for other integrations: 1 unless set.
    #[serde(default = "one")]
    pub reserve: u32,
}

/// How item fulfilments are read. Only shipped ones (status C) are.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fulfilments {
    /// The carrier's name for the storefront, by the internal id of NetSuite's shipping item (`"4": FedEx`). A shipping item that is
    /// not listed leaves the carrier open.
    #[serde(default)]
    pub carriers: std::collections::BTreeMap<String, String>,
}

impl Default for Slots {
    fn default() -> Self {
        Self {
            limit: None,
            reserve: one(),
        }
    }
}

const fn one() -> u32 {
    1
}

const fn five_minutes() -> SignedDuration {
    SignedDuration::from_mins(5)
}

/// The fields of NetSuite's records that rules may set, by the kind of record that is written and the place in it; `None` where there are
/// none.
#[must_use]
pub fn fields(kind: Kind, place: ports::Place) -> Option<&'static Fields> {
    map::fields(kind, place)
}

/// Makes the body of a past push anew, of any record that is written.
///
/// # Errors
/// As when it was mapped first; [`Fault::Held`] where no such request would be made; [`Fault::Unreadable`] for facts of another kind of push.
pub fn remake(settings: &Settings, write: &Write, facts: &Value) -> Result<Vec<u8>, Fault> {
    map::remake(settings, write, facts)
}

/// How the account limits its callers: one pool of concurrent requests for everything that calls it.
#[must_use]
pub fn limits(settings: &Settings) -> budget::Limits {
    budget::Limits {
        slots: Some(budget::SlotSettings {
            limit: settings.slots.limit,
            reserve: settings.slots.reserve,
            ..budget::SlotSettings::default()
        }),
        ..budget::Limits::default()
    }
}

/// NetSuite sends no webhooks of its own.
///
/// # Errors
/// None.
pub fn doorbell(_: &Settings) -> Result<Option<Box<dyn Doorbell>>, ConfigError> {
    Ok(None)
}

/// Makes the connection's source, sink and probe. Sends nothing.
///
/// # Errors
/// [`ConfigError`] naming the setting that does not make sense or the secret that cannot be found.
pub fn connect(
    merchant: MerchantId,
    id: ConnectionId,
    settings: Settings,
    http: http::Client,
) -> Result<Connected, ConfigError> {
    map::settings::check(&settings.orders)?;
    map::settings::check_payouts(&settings.payouts)?;
    map::settings::check_shipments(&settings.shipments)?;
    map::settings::check_stock(&settings.stock)?;
    map::settings::check_products(&settings.products)?;
    map::settings::check_prices(&settings.prices)?;
    if settings.overlap.is_negative() {
        return Err(ConfigError {
            setting: "overlap".to_owned(),
            why: "must not be negative".to_owned(),
        });
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
        probe: Box::new(client::Checkup::new(settings, api.clone())),
        directory: Some(Box::new(client::Lists::new(api))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = r#"{"account": "1234567_SB1", "auth": {"oauth2": {
        "client_id": "c", "certificate_id": "k", "private_key": "env:NETSUITE_KEY"
    }}}"#;

    #[test]
    fn a_minimal_configuration_is_short() {
        let settings: Settings = serde_json::from_str(MINIMAL).unwrap();
        assert_eq!(settings.item_field.as_str(), "itemid");
        assert_eq!(settings.overlap, SignedDuration::from_mins(5));
        assert_eq!(limits(&settings).slots.unwrap().reserve, 1);
    }

    #[test]
    fn a_misspelt_key_is_an_error() {
        for (from, to) in [
            ("account", "acount"),
            ("client_id", "client"),
            ("oauth2", "oauth"),
        ] {
            let text = MINIMAL.replacen(from, to, 1);
            let error = serde_json::from_str::<Settings>(&text)
                .unwrap_err()
                .to_string();
            assert!(error.contains(to), "{error}");
        }
    }

    #[test]
    fn every_setting_is_documented() {
        let schema = serde_json::to_value(schemars::schema_for!(Settings)).unwrap();
        let mut open = vec![("settings".to_owned(), &schema)];
        let mut seen = 0;
        while let Some((path, part)) = open.pop() {
            for (name, property) in part["properties"].as_object().into_iter().flatten() {
                // A variant's name is documented beside its content.
                let documented =
                    property["description"].is_string() || part["description"].is_string();
                assert!(documented, "{path}.{name}");
                seen += 1;
            }
            let inner = part.as_object().into_iter().flatten();
            open.extend(
                inner
                    .filter(|(_, value)| value.is_object())
                    .map(|(name, value)| (format!("{path}.{name}"), value)),
            );
        }
        assert!(seen > 40, "{seen}");
    }
}
