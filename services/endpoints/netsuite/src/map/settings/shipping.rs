//! The settings by which sales orders are told to whoever sends them, and what those sent becomes item fulfilments.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ports::ConfigError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::InternalId;

/// Which sales orders are told to a warehouse or shipping software, by a sync of kind `shipping_order`. Told are approved orders with all
/// that is to be sent, whatever of it was sent by those who were told; what others sent of it, or what was closed or cancelled, is told as a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShippingOrders {
    /// Orders entered before this day (`2026-01-31`, UTC) are left alone. To be set before the first run: else every open order there is goes out.
    #[schemars(with = "Option<String>")]
    pub from: Option<Date>,
    /// Only lines that are to leave one of these locations are told (internal ids); all unless set.
    #[schemars(extend("x-list" = "locations"))]
    pub locations: BTreeSet<InternalId>,
    /// Only orders with one of these delivery methods are told (internal ids of shipping items); all unless set.
    #[schemars(extend("x-list" = "ship_methods"))]
    pub methods: BTreeSet<InternalId>,
}

/// How deliveries that somebody else made become item fulfilments, by a sync of kind `fulfilment` to NetSuite.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Shipments {
    /// NetSuite's shipping item by the sender's name of the service (`usps_priority_mail: 4`). One that is not listed leaves the sales order's method.
    #[schemars(extend("x-list" = "ship_methods"))]
    pub methods: BTreeMap<String, InternalId>,
    /// NetSuite's location by the sender's warehouse (`"16079": 2`). From one that is not listed, goods leave the location of the order's line.
    #[schemars(extend("x-list" = "locations"))]
    pub locations: BTreeMap<String, InternalId>,
    /// The item fulfilment's field that takes what the carrier took: `shippingCost` unless set, a custom field (`custbody_…`), or `null` for none.
    /// In `shippingCost`, it has to be in the order's currency, or the delivery is held.
    pub cost_field: Option<String>,
    /// A custom field for what the delivery's insurance cost; left out, nothing is entered. The cost does not contain it.
    pub insurance_field: Option<String>,
    /// What becomes of an item fulfilment whose delivery was voided after it was written: `hold` (the default) leaves it to people, `delete` deletes it.
    pub voided: Voided,
    /// The account's unit of parcels' weights (Setup > Company > General Preferences): `pound` unless set, or `kilogram`.
    pub weight_unit: ParcelWeight,
}

impl Default for Shipments {
    fn default() -> Self {
        Self {
            methods: BTreeMap::new(),
            locations: BTreeMap::new(),
            cost_field: Some(SHIPPING_COST.to_owned()),
            insurance_field: None,
            voided: Voided::default(),
            weight_unit: ParcelWeight::default(),
        }
    }
}

/// NetSuite's own field for what a delivery cost.
pub(crate) const SHIPPING_COST: &str = "shippingCost";

/// What becomes of an item fulfilment whose delivery was voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Voided {
    /// It is left to people.
    #[default]
    Hold,
    /// It is deleted, so that the order's lines are open again.
    Delete,
}

/// An account's unit of parcels' weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParcelWeight {
    /// lb
    #[default]
    Pound,
    /// kg
    Kilogram,
}

/// Finds settings that make no sense.
pub(crate) fn check(shipments: &Shipments) -> Result<(), ConfigError> {
    let custom = |name: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        name.starts_with("custbody") && name.chars().all(plain)
    };
    let wrong = |setting: &str, name: &str| {
        Err(ConfigError {
            setting: format!("shipments.{setting}"),
            why: format!(
                "'{name}' is no field for an amount: name a custom field such as custbody_shipping_cost"
            ),
        })
    };
    match (&shipments.cost_field, &shipments.insurance_field) {
        (Some(name), _) if name != SHIPPING_COST && !custom(name) => wrong("cost_field", name),
        (_, Some(name)) if !custom(name) => wrong("insurance_field", name),
        _ => Ok(()),
    }
}
