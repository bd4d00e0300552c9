//! The file as written.

use std::collections::BTreeMap;
use std::time::Duration;

use commerce::{ConnectionId, Kind, MerchantId, SyncId};
use mapping::{Rule, Rules, Table};
use ports::{Audit, Place};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::names::Names;
use super::place::Problem;

/// The whole configuration of one merchant. Secrets are references (`env:NAME`, `file:/path`), never values.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// The merchant's name; an installation for one merchant never needs it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) merchant: MerchantId,
    /// The accounts Causeway talks to, by a name of your choice (a-z, 0-9 and '-').
    #[schemars(with = "BTreeMap<String, ConnectionEntry>")]
    pub(crate) connections: BTreeMap<ConnectionId, ConnectionEntry>,
    /// What goes from where to where, by a name of your choice.
    #[schemars(with = "BTreeMap<String, SyncEntry>")]
    pub(crate) syncs: BTreeMap<SyncId, SyncEntry>,
    /// Named look-ups for expressions: a storefront's value on the left, the target's on the right.
    #[serde(default)]
    pub(crate) tables: BTreeMap<String, Table>,
    /// What names of an account's lists, written where ids are wanted, stand for: by connection, list and name the id. Written by Causeway when the
    /// configuration is applied; a name that is not here is looked up.
    #[serde(default)]
    pub(crate) names: Names,
}

/// One account at an endpoint.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionEntry {
    /// What kind of system it is: `netsuite`, `shopify`.
    pub(crate) endpoint: String,
    /// The endpoint's own settings; see its page.
    #[serde(default)]
    pub(crate) settings: serde_json::Value,
}

/// One sync.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SyncEntry {
    /// What kind of record: `order`, `refund`, `fulfilment`, `stock`.
    #[schemars(with = "String")]
    pub(crate) kind: Kind,
    /// The connection to read from.
    #[schemars(with = "String")]
    pub(crate) from: ConnectionId,
    /// The connection to write to.
    #[schemars(with = "String")]
    pub(crate) to: ConnectionId,
    /// How often to look for changes, besides being woken by webhooks: `30s`, `5m`, `1h`.
    #[serde(
        default = "every_minute",
        deserialize_with = "super::duration::deserialize"
    )]
    #[schemars(with = "String")]
    pub(crate) every: Duration,
    /// When both ends are compared with what Causeway knows, and how far back.
    #[serde(default)]
    pub(crate) audit: AuditEntry,
    /// Only records for which this expression is true are taken.
    #[serde(default)]
    pub(crate) filter: Option<String>,
    /// Fields of the target record and what gives them their value: an expression, a rule in parts, or several of which the first whose `when` holds
    /// counts.
    #[serde(default)]
    pub(crate) set: BTreeMap<String, Rule>,
    /// Fields of the target record's lines, as above; the line is `line`.
    #[serde(default)]
    pub(crate) set_lines: BTreeMap<String, Rule>,
    /// Fields of what goes along with the target record, as above: `customer` (as `customer`), `billing_address` and `shipping_address` (as `address`),
    /// `payment` (each, as `payment`); of a customer or company each `address`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, Rule>>")]
    pub(crate) set_on: BTreeMap<Place, BTreeMap<String, Rule>>,
    /// Of orders and refunds: up to which difference between the stated total and what the lines come to a line of its own makes it good
    /// (`"0.05"`), by the item that the target's settings name (NetSuite's `orders.rounding_item`). Left out, every difference is held.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) rounding: Option<Decimal>,
}

/// When both ends of a sync are compared, and how far back.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditEntry {
    /// How often: `30m`, `6h`, `1d`. Left out, every hour; the target of stock levels, prices and products, which are looked at one by one, every
    /// day.
    #[serde(default, deserialize_with = "super::duration::deserialize_some")]
    #[schemars(with = "Option<String>")]
    pub(crate) every: Option<Duration>,
    /// How far back: `7d` (the default), `30d`. At the target, stock levels, prices and products are compared however old they are.
    #[serde(default, deserialize_with = "super::duration::deserialize_some")]
    #[schemars(with = "Option<String>")]
    pub(crate) window: Option<Duration>,
}

impl AuditEntry {
    /// As the audits want it.
    pub(crate) fn audit(&self) -> Audit {
        let usual = Audit::default();
        Audit {
            every: self.every,
            back: self.window.unwrap_or(usual.back),
        }
    }
}

const fn every_minute() -> Duration {
    Duration::from_secs(60)
}

impl SyncEntry {
    /// The rules part.
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            filter: self.filter.clone(),
            set: self.set.clone(),
            set_lines: self.set_lines.clone(),
            set_on: self.set_on.clone(),
            rounding: self.rounding,
        }
    }
}

impl File {
    /// Reads YAML; JSON is YAML too. TOML is recognised by its `[section]` or `key = value` beginning.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        if looks_like_toml(text) {
            toml::from_str(text).map_err(|error| Problem::of_toml(&error, text))
        } else {
            serde_saphyr::from_str(text).map_err(|error| Problem::of_yaml(&error))
        }
    }
}

/// The file's plain values.
pub(super) fn values(text: &str) -> Result<serde_json::Value, Problem> {
    if looks_like_toml(text) {
        toml::from_str(text).map_err(|error| Problem::of_toml(&error, text))
    } else {
        serde_saphyr::from_str(text).map_err(|error| Problem::of_yaml(&error))
    }
}

pub(super) fn looks_like_toml(text: &str) -> bool {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| {
        let key = line.split(['=', ':']).next().unwrap_or_default();
        line.starts_with('[')
            || (line.contains('=') && !line.contains(':') && !key.contains(' '))
            || line
                .split_once('=')
                .is_some_and(|(key, _)| !key.contains(':'))
    })
}
