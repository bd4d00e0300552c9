//! Cancellations: a sale of which nothing more will be delivered.

use serde::{Deserialize, Serialize};

use crate::fulfilment::OrderRef;

/// A sale that was called off where it was to be delivered from: cancelled there, or closed line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// The number people use there (`SO-1204`).
    pub number: String,
    /// The order that is called off.
    pub order: OrderRef,
    /// Whether part of it had left before: then only the rest is called off.
    pub begun: bool,
}
