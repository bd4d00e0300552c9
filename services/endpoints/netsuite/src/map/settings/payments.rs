//! The settings by which money that the shop took gets into NetSuite.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::InternalId;

/// How money that the shop took gets into NetSuite: in cash sales, and as customer deposits of sales orders.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Payments {
    /// The account that the money goes to; left out, NetSuite's Undeposited Funds.
    pub account: Option<InternalId>,
    /// NetSuite's payment option by the storefront's means of payment (`shopify_payments: 5`).
    #[schemars(extend("x-list" = "payment_methods"))]
    pub methods: BTreeMap<String, InternalId>,
    /// The payment option of means that are not listed. Left out while others are listed, a payment by such means is held; left out
    /// like all others, none is named.
    #[schemars(extend("x-list" = "payment_methods"))]
    pub default_method: Option<InternalId>,
    /// Whether each payment that was captured for a sales order becomes a customer deposit of it, also one that is captured later: `false`
    /// unless set. A payment that is only authorized is none.
    pub deposits: bool,
    /// Whether each payment that was captured for an order that became an invoice becomes a customer payment applied to it, also one that comes
    /// later: `false` unless set. One of more than is open is held.
    pub invoices: bool,
    /// The account of the gift cards that were sold and not redeemed yet: what was paid by gift card becomes a deposit that is taken from
    /// it, or a customer payment into it. Left out, it becomes none. Needs `deposits` or `invoices`.
    pub gift_cards: Option<InternalId>,
}
