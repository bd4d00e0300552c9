//! The settings by which refunds become credits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::InternalId;

/// How refunds become credit memos and cash refunds. What both have in common with sales orders (currency, tax, items, delivery,
/// tolerance) is as set under `orders`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Refunds {
    /// What becomes of a refund whose sales order is not billed yet and has no customer deposits: `credit_memo` (the default) or `hold`.
    pub unbilled: Unbilled,
    /// Whether a credit memo of an order that was billed by invoices is applied to these, as far as they are open: `false` unless set. What is
    /// left of it stays open.
    pub apply: bool,
    /// What becomes of goods that came back, of an order that is billed: `credit` (the default), by which the credit itself puts them back in
    /// stock, or `authorization`: a return authorization of the sale, its receipt, and the credit made from it.
    pub returns: Returns,
    /// The item for what is given back for no line (goodwill, a difference), and for goods that are not put back in stock: of type Other
    /// Charge, so that it moves no stock. A refund that needs it is held until it is set.
    pub adjustment_item: Option<InternalId>,
    /// NetSuite's location by the storefront's, where returned goods are put back in stock (`"61234567890": 7`). Goods of a location
    /// that is not listed go to `orders.location`.
    #[schemars(extend("x-list" = "locations"))]
    pub locations: BTreeMap<String, InternalId>,
}

/// What becomes of goods that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Returns {
    /// The credit of the refund names them, and puts them back in stock by itself.
    #[default]
    Credit,
    /// They are authorized to come back, received, and credited from there.
    Authorization,
}

/// What becomes of a refund whose sales order is not billed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unbilled {
    /// It is held for a person.
    Hold,
    /// It becomes a credit memo of the customer's, which an invoice made later can take.
    #[default]
    CreditMemo,
}
