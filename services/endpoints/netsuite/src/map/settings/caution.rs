//! What becomes of orders that the shop holds back or doubts.

use schemars::JsonSchema;
use serde::Deserialize;

/// What becomes of an order that the shop holds back or advises against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// It is imported like any other.
    #[default]
    Import,
    /// It waits in NetSuite, as a sales order that is pending approval, and is approved when the shop lets it go; one that was imported
    /// before goes back to pending approval while nothing of it is fulfilled. Where it would become another record, it is held.
    PendingApproval,
    /// It is held here until the shop lets it go, or a person does.
    Hold,
}
