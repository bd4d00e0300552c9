//! Payouts of Shopify Payments, and the movements of money they are made of.

use jiff::Timestamp;
use serde::Deserialize;

use super::order::Wire;

/// `ShopifyPaymentsPayout`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payout {
    pub(crate) id: String,
    pub(crate) legacy_resource_id: String,
    /// `SCHEDULED`, `IN_TRANSIT`, `PAID`, `FAILED`, `CANCELED`.
    pub(crate) status: String,
    pub(crate) issued_at: Timestamp,
    pub(crate) external_trace_id: Option<String>,
    pub(crate) net: Wire,
}

/// `ShopifyPaymentsBalanceTransaction`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Movement {
    pub(crate) id: String,
    /// `CHARGE`, `REFUND`, `ADJUSTMENT` … about a hundred of them.
    pub(crate) r#type: String,
    pub(crate) transaction_date: Timestamp,
    pub(crate) amount: Wire,
    pub(crate) fee: Wire,
    pub(crate) net: Wire,
    pub(crate) source_order_transaction_id: Option<BigInt>,
    pub(crate) adjustment_reason: Option<String>,
    pub(crate) associated_order: Option<MovedOrder>,
    pub(crate) associated_payout: MovedBy,
}

/// `ShopifyPaymentsAssociatedOrder`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct MovedOrder {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// `ShopifyPaymentsBalanceTransactionAssociatedPayout`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct MovedBy {
    pub(crate) id: Option<String>,
}

/// `BigInt`: a text, which some answers write as a number.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum BigInt {
    Text(String),
    Number(u64),
}

impl BigInt {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The refunds of an order, as far as it takes to tell which of them a repayment belongs to.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RefundsOfOrder {
    #[serde(default)]
    pub(crate) refunds: Vec<RepaidRefund>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepaidRefund {
    pub(crate) legacy_resource_id: String,
    pub(crate) transactions: Repayments,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Repayments {
    pub(crate) nodes: Vec<RepaymentId>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RepaymentId {
    pub(crate) id: String,
}
