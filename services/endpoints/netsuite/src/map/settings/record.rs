//! Which record of NetSuite's an order becomes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::InternalId;

/// A record that a sale can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sale {
    /// To be fulfilled and billed in NetSuite.
    #[default]
    SalesOrder,
    /// Sold, handed over and paid in one: NetSuite takes the goods out of stock and the money in at once.
    CashSale,
    /// Sold and handed over, to be paid by its terms.
    Invoice,
}

impl Sale {
    /// Every one.
    pub(crate) const ALL: [Self; 3] = [Self::SalesOrder, Self::CashSale, Self::Invoice];

    /// The record's name in addresses.
    pub(crate) const fn record(self) -> &'static str {
        match self {
            Self::SalesOrder => "salesOrder",
            Self::CashSale => "cashSale",
            Self::Invoice => "invoice",
        }
    }

    /// `transaction.type` in queries.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::SalesOrder => "SalesOrd",
            Self::CashSale => "CashSale",
            Self::Invoice => "CustInvc",
        }
    }

    /// As people call it.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::SalesOrder => "sales order",
            Self::CashSale => "cash sale",
            Self::Invoice => "invoice",
        }
    }

    /// By its code in queries.
    pub(crate) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sale| sale.code() == code)
    }
}

/// Which record an order becomes: the first of `terms`, `point_of_sale` and `fulfilled` that is set and fits, else `default`. An order
/// stays the record that it once became, whatever is set later.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Records {
    /// Every order that nothing below is about: `sales_order` unless set.
    pub default: Sale,
    /// Orders on payment terms (`Net 30`) of which nothing is paid yet: usually `invoice`.
    pub terms: Option<Sale>,
    /// Orders of the channel `pos` of which nothing is to be sent, because it was handed over or no delivery was charged: usually
    /// `cash_sale`. One that is not paid in full with money cannot be a cash sale and goes on to the next rule.
    pub point_of_sale: Option<Sale>,
    /// Orders that were fulfilled before their import: usually `cash_sale`, under the same condition.
    pub fulfilled: Option<Sale>,
    /// The cash sale form; left out, the role's preferred form.
    pub cash_sale_form: Option<InternalId>,
    /// The invoice form; left out, the role's preferred form.
    pub invoice_form: Option<InternalId>,
}

impl Records {
    /// Whether an order can become this record.
    pub(crate) fn can_become(&self, sale: Sale) -> bool {
        let rules = [self.terms, self.point_of_sale, self.fulfilled];
        self.default == sale || rules.contains(&Some(sale))
    }
}
