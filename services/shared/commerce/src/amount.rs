//! One amount as the shop books it and as the buyer saw it.

use iso_currency::Currency;
use serde::{Deserialize, Serialize};

use crate::money::{Money, MoneyError};

/// Which of an order's two currencies is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The shop's own currency, in which it keeps its books.
    #[default]
    Shop,
    /// The currency shown to and paid by the buyer.
    Presentment,
}

/// The same amount in both of an order's currencies; the two are equal where the buyer paid in the shop's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Amount {
    /// In the shop's own currency.
    pub shop: Money,
    /// In the currency shown to the buyer.
    pub presentment: Money,
}

impl Amount {
    /// An amount of an order with one currency.
    #[must_use]
    pub const fn same(money: Money) -> Self {
        Self {
            shop: money,
            presentment: money,
        }
    }

    /// Nothing, in both currencies.
    #[must_use]
    pub const fn zero(shop: Currency, presentment: Currency) -> Self {
        Self {
            shop: Money::zero(shop),
            presentment: Money::zero(presentment),
        }
    }

    /// The amount in one of the two currencies.
    #[must_use]
    pub const fn on(&self, side: Side) -> Money {
        match side {
            Side::Shop => self.shop,
            Side::Presentment => self.presentment,
        }
    }

    /// The sum on both sides.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn plus(&self, other: &Self) -> Result<Self, MoneyError> {
        Ok(Self {
            shop: self.shop.plus(other.shop)?,
            presentment: self.presentment.plus(other.presentment)?,
        })
    }
}
