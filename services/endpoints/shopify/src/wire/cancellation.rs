//! An order, as far as calling it off goes.

use serde::Deserialize;

/// An `Order`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CalledOff {
    pub(crate) name: String,
    pub(crate) cancelled_at: Option<String>,
    pub(crate) display_fulfillment_status: String,
    /// Units that are neither taken back nor removed.
    pub(crate) current_subtotal_line_items_quantity: i64,
}

/// A `Job`: work that goes on after the answer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) done: bool,
}
