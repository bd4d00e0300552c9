use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Rule;

/// What the shop is and how it behaves.
#[derive(Clone)]
pub struct Options {
    /// The shop's name.
    pub name: String,
    /// The shop's permanent domain; `X-Shopify-Shop-Domain` of its webhooks.
    pub domain: String,
    /// IANA name of the shop's time zone.
    pub time_zone: String,
    /// The shop's currency: USD, CAD, EUR, GBP, CHF, AUD, JPY or SEK.
    pub currency: String,
    /// A token that is always accepted and never expires; `None` leaves the client credentials as the only way in.
    pub access_token: Option<String>,
    /// The app's client id, for the client-credentials grant.
    pub client_id: String,
    /// The app's client secret; it also signs webhooks.
    pub client_secret: String,
    /// How long a granted token lives.
    pub token_lifetime: Duration,
    /// What the app may do, as `currentAppInstallation` tells it.
    pub scopes: Vec<String>,
    /// When the first seeded order came in.
    pub first_order_at: Timestamp,
    /// The time over which the seeded orders came in.
    pub seeded_over: Duration,
    /// Whether the shop's people have worked in it: seeded orders are sent, held back and refunded by hand, and some items are not
    /// stocked everywhere. Without, everything is left to whoever is connected.
    pub worked_by_hand: bool,
    /// Whether the list of orders leaves out closed and cancelled ones unless the search says something about `status`.
    pub hides_closed_orders: bool,
    /// Nodes after which paging through one list of orders ends.
    pub paging_limit: usize,
    /// What can be changed while the shop runs.
    pub settings: Settings,
    /// Faults from the start.
    pub faults: Vec<Rule>,
}

/// Without the secrets: a sandbox's are made up, but what prints options may print other ones too.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("domain", &self.domain)
            .field("currency", &self.currency)
            .field("client_id", &self.client_id)
            .field("settings", &self.settings)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: "Causeway Sandbox".to_owned(),
            domain: "causeway-sandbox.myshopify.com".to_owned(),
            time_zone: "America/New_York".to_owned(),
            currency: "USD".to_owned(),
            access_token: Some("shpat_sandbox".to_owned()),
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
            token_lifetime: Duration::from_secs(24 * 3600),
            scopes: SCOPES.map(str::to_owned).to_vec(),
            first_order_at: Timestamp::constant(1_767_261_600, 0),
            seeded_over: Duration::from_secs(60 * 24 * 3600),
            worked_by_hand: true,
            hides_closed_orders: true,
            paging_limit: 25_000,
            settings: Settings::default(),
            faults: Vec::new(),
        }
    }
}

const SCOPES: [&str; 15] = [
    "read_orders",
    "read_all_orders",
    "read_customers",
    "read_payment_terms",
    "read_products",
    "write_products",
    "write_publications",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "write_orders",
    "read_shopify_payments_payouts",
    "read_fulfillments",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
];

/// What can be changed while the shop runs. `GET` and `POST /_sandbox/settings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The cost bucket; `None` takes everything at once, for benchmarks.
    pub bucket: Option<Bucket>,
    /// The most points that one query may ask for.
    pub max_query_cost: u64,
    /// Milliseconds until the list of orders knows of a new or changed order.
    pub index_lag_ms: u64,
    /// Milliseconds until accepted work that goes on behind the answer is done.
    pub job_delay_ms: u64,
    /// Milliseconds that every query takes.
    pub read_delay_ms: u64,
    /// Milliseconds that every mutation takes.
    pub write_delay_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bucket: Some(Bucket::default()),
            max_query_cost: 1_000,
            index_lag_ms: 0,
            job_delay_ms: 200,
            read_delay_ms: 0,
            write_delay_ms: 0,
        }
    }
}

/// A leaky bucket of query cost. The default is that of a standard plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Points it holds.
    pub size: u32,
    /// Points that come back each second.
    pub restore_rate: u32,
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            size: 2_000,
            restore_rate: 100,
        }
    }
}
