//! Shipping orders: what a warehouse or shipping software is asked to send.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::ids::{ExternalId, LineId};
use crate::sku::Sku;

/// An order as far as it is to be sent by somebody else. It states what that one is to send in all: what they have sent already changes
/// nothing of it, what somebody else sent of it, or what was called off, does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingOrder {
    /// The number people use (`SO-1204`).
    pub number: String,
    /// The number the buyer knows (`#1001`), where there is one.
    pub reference: Option<String>,
    /// When it was entered.
    pub placed_at: Timestamp,
    /// Whether it is to be sent.
    pub state: ShippingState,
    /// The buyer's e-mail address.
    pub email: Option<String>,
    /// Where the goods go.
    pub ship_to: Option<Address>,
    /// Id of the location that the goods are to leave, where it is the same for all lines, at the system the event was read from.
    pub location: Option<ExternalId>,
    /// Id of the delivery method at the system the event was read from.
    pub method: Option<String>,
    /// Words that go along.
    pub note: Option<String>,
    /// What is to be sent.
    pub lines: Vec<ShippingLine>,
}

/// Whether a shipping order is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShippingState {
    /// To be sent, or sent.
    Open,
    /// Not yet.
    OnHold,
    /// Not at all, nor any more.
    Cancelled,
}

impl ShippingState {
    /// Its name for people and rules.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OnHold => "on_hold",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Units of one article to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingLine {
    /// The order's line, at the system the event was read from.
    pub id: LineId,
    /// The article.
    pub sku: Sku,
    /// What it is called.
    pub title: String,
    /// Units to be sent in all; may be zero.
    pub quantity: Decimal,
}
