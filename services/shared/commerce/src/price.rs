//! Prices.

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::ExternalId;
use crate::sku::Sku;

/// What one unit of a SKU costs on one price list. Amounts are as the source keeps them, with all their digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// The article.
    pub sku: Sku,
    /// The price list's name at the system the price was read from.
    pub list: ExternalId,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// The price of one unit, tax as the list has it. `None` where the list has no price for the article.
    pub regular: Option<Decimal>,
    /// What is asked for it at present instead: above zero and below the regular price.
    pub sale: Option<Decimal>,
    /// Other prices from certain quantities on, smallest quantity first, each quantity once.
    pub breaks: Vec<PriceBreak>,
}

/// The price of one unit from a quantity on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBreak {
    /// The least quantity, above one.
    pub from: Decimal,
    /// The price of one unit then.
    pub amount: Decimal,
}
