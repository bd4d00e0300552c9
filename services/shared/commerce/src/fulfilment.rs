//! Fulfilments: what left the warehouse, in which parcels.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::{ExternalId, LineId};
use crate::money::Money;
use crate::product::Weight;
use crate::sku::Sku;

/// Goods of one order that left one location together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfilment {
    /// The number people use (`IF-204`).
    pub number: String,
    /// The order it delivers.
    pub order: OrderRef,
    /// When the goods left.
    pub shipped_at: Timestamp,
    /// Id of the location they left, at the system the event was read from.
    pub location: Option<ExternalId>,
    /// The delivery method, as the source names it.
    pub method: Option<String>,
    /// Parcels; may be empty (goods collected by the buyer).
    pub parcels: Vec<Parcel>,
    /// What was delivered.
    pub lines: Vec<FulfilmentLine>,
    /// What whoever sent the goods tells beside, where somebody else did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Dispatch>,
}

impl Fulfilment {
    /// Whether it was taken back after it was told: the goods did not leave.
    #[must_use]
    pub fn is_voided(&self) -> bool {
        self.dispatch.as_ref().is_some_and(|told| told.voided)
    }
}

/// What a shipper tells of a delivery beside the goods.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dispatch {
    /// Whether it was taken back.
    pub voided: bool,
    /// What the carrier took for it.
    pub cost: Option<Money>,
    /// What its insurance cost beside.
    pub insurance: Option<Money>,
    /// What its parcels weigh together.
    pub weight: Option<Weight>,
}

/// Points to the order that a fulfilment or refund belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRef {
    /// The order's id at the system that the fulfilment or refund was read from.
    pub id: ExternalId,
    /// The order's external id there: the key under which Causeway wrote it, if Causeway wrote it.
    pub key: Option<String>,
}

/// One parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Tracking number.
    pub tracking_number: Option<String>,
    /// Carrier as the source names it.
    pub carrier: Option<String>,
    /// Where the parcel can be followed.
    pub tracking_url: Option<String>,
}

/// Units of one article delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentLine {
    /// The storefront's order line, where the source kept it; else the SKU decides.
    pub order_line: Option<LineId>,
    /// The article.
    pub sku: Sku,
    /// Units, above zero.
    pub quantity: Decimal,
}
