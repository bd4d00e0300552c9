//! The settings by which money that the shop took gets into NetSuite.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::InternalId;

/// How money that the shop took gets into NetSuite: with cash sales.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Payments {
    /// The account that the money goes to; left out, NetSuite's Undeposited Funds.
    pub account: Option<InternalId>,
    /// NetSuite's payment option by the storefront's means of payment (`shopify_payments: 5`).
    pub methods: BTreeMap<String, InternalId>,
    /// The payment option of means that are not listed. Left out while others are listed, a payment by such means is held; left out
    /// like all others, none is named.
    pub default_method: Option<InternalId>,
}
