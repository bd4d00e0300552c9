//! Answers of SuiteQL about money in Undeposited Funds.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::rows::{optional_text, text};

/// A transaction by which an order was paid or paid back, or from which it leads on to one.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FundRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    /// `CashSale`, `CustDep`, `CustPymt`, `CashRfnd`, `CustRfnd`; `SalesOrd`, `CustInvc`, `CustCred`.
    #[serde(deserialize_with = "text")]
    pub(crate) r#type: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) tranid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) externalid: Option<String>,
    /// Without its sign.
    #[serde(default, deserialize_with = "optional_text")]
    total: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    status: Option<String>,
    /// Internal id; asked for only where the account has several.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) currency: Option<String>,
    /// The bank deposit that has it.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) deposit: Option<String>,
    /// The transaction that it was made of.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) made_of: Option<String>,
}

impl FundRow {
    pub(crate) fn total(&self) -> Option<Decimal> {
        let text = self.total.as_deref()?;
        let total = text.parse().or_else(|_| Decimal::from_scientific(text));
        total.ok().map(|total: Decimal| total.normalize())
    }

    /// Whether its money is at the bank already. A deposit that has it tells so; so does the status of cash sales and payments. The
    /// status of a customer deposit tells what became of the sale instead.
    pub(crate) fn is_deposited(&self) -> bool {
        let told = ["CashSale", "CustPymt"].contains(&self.r#type.as_str());
        self.deposit.is_some() || (told && self.status.as_deref() == Some("C"))
    }

    /// What people call it.
    pub(crate) fn name(&self) -> String {
        let noun = match self.r#type.as_str() {
            "CashSale" => "cash sale",
            "CustDep" => "customer deposit",
            "CustPymt" => "payment",
            "CashRfnd" => "cash refund",
            "CustRfnd" => "customer refund",
            "CustCred" => "credit memo",
            "CustInvc" => "invoice",
            _ => "sales order",
        };
        format!("{noun} {}", self.tranid.as_ref().unwrap_or(&self.id))
    }
}
