//! The endpoints there are: one line each.

use commerce::{ConnectionId, Kind, MerchantId};
use http::Client;
use ports::{ConfigError, Connected, Doorbell, Fault, Fields, Place, Write};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A kind of system that Causeway can talk to.
#[derive(Debug)]
pub struct Endpoint {
    /// Its name in the configuration.
    pub name: &'static str,
    /// The kinds of record it reads.
    pub reads: &'static [Kind],
    /// The kinds of record it writes.
    pub writes: &'static [Kind],
    /// How its accounts limit their callers, by its settings.
    pub limits: fn(&Value) -> Result<budget::Limits, ConfigError>,
    /// Checks settings without using them.
    pub check: fn(&Value) -> Result<(), ConfigError>,
    /// The JSON schema of its settings.
    pub schema: fn() -> Value,
    /// The fields that rules may set, by the kind of record that is written and the place in it; `None` where there are none.
    pub fields: fn(Kind, Place) -> Option<&'static Fields>,
    /// Recognises the endpoint's webhooks; needs the webhook secrets and no others. `None` where it sends none.
    pub doorbell: fn(&Value) -> Result<Bell, ConfigError>,
    /// Makes the body of a past push anew, from the settings of then and what was kept of it; `None` where nothing is kept.
    pub remake: Option<Remake>,
    /// Makes a connection's capabilities; sends nothing yet.
    pub connect: fn(MerchantId, ConnectionId, &Value, Client) -> Result<Connected, ConfigError>,
}

/// Makes the body of a past push anew, by the endpoint's settings and what was kept of the push.
pub type Remake = fn(&Value, &Write, &Value) -> Result<Vec<u8>, Fault>;

/// What recognises an endpoint's webhooks, where it sends them.
pub type Bell = Option<Box<dyn Doorbell>>;

/// Declares an endpoint from its crate, which exports `NAME`, `READS`, `WRITES`, `Settings`, `limits`, `fields`, `doorbell`,
/// `connect`, and `remake` where it is named.
macro_rules! endpoint {
    ($module:ident $(, $remake:ident)?) => {
        Endpoint {
            name: $module::NAME,
            reads: $module::READS,
            writes: $module::WRITES,
            limits: |settings: &Value| Ok($module::limits(&parse(settings)?)),
            check: |settings: &Value| parse::<$module::Settings>(settings).map(drop),
            schema: || schemars::schema_for!($module::Settings).to_value(),
            fields: $module::fields,
            doorbell: |settings: &Value| $module::doorbell(&parse(settings)?),
            remake: remake!($module $(, $remake)?),
            connect: |merchant, id, settings: &Value, http| {
                $module::connect(merchant, id, parse(settings)?, http)
            },
        }
    };
}

/// What remakes an endpoint's pushes, where it exports `remake`.
macro_rules! remake {
    ($module:ident) => {
        None
    };
    ($module:ident, $remake:ident) => {
        Some(|settings, write, facts| {
            let settings = parse(settings).map_err(|error| Fault::Unreadable {
                why: error.to_string(),
            })?;
            $module::$remake(&settings, write, facts)
        })
    };
}

/// Every endpoint.
pub static ALL: &[Endpoint] = &[
    endpoint!(amazon),
    endpoint!(netsuite, remake),
    endpoint!(shipstation, remake),
    endpoint!(shopify, remake),
    endpoint!(vendure),
    endpoint!(woocommerce, remake),
];

/// The endpoint of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Endpoint> {
    ALL.iter().find(|endpoint| endpoint.name == name)
}

/// Reads settings strictly; an error names the path of the setting.
fn parse<T: DeserializeOwned>(settings: &Value) -> Result<T, ConfigError> {
    serde_path_to_error::deserialize(settings).map_err(|error| ConfigError {
        setting: error.path().to_string(),
        why: error.inner().to_string(),
    })
}
