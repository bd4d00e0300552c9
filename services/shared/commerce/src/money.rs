//! Exact money: a decimal amount that always knows its currency.

use std::fmt;

use iso_currency::Currency;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// An exact amount in one currency. Amounts may be negative (a refund, a discount) and may carry more digits than the
/// currency's minor unit (a unit price of 0.125), so rounding is always an explicit step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in major units (euros, not cents).
    pub amount: Decimal,
    /// The ISO 4217 currency.
    pub currency: Currency,
}

/// Why two amounts could not be combined, or a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Amounts of different currencies cannot be added or compared.
    #[error("cannot combine {left} with {right}: different currencies")]
    CurrencyMismatch {
        /// Currency of the left amount.
        left: Currency,
        /// Currency of the right amount.
        right: Currency,
    },
    /// The sum or product has more than 28 digits.
    #[error("the amount does not fit in 28 digits")]
    Overflow,
    /// The text is not a decimal number.
    #[error("'{0}' is not a decimal amount")]
    NotADecimal(String),
    /// The code is not an ISO 4217 currency.
    #[error("'{0}' is not an ISO 4217 currency code")]
    UnknownCurrency(String),
}

/// Digits after the decimal point in the currency's minor unit by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD.
/// Currencies without a minor unit (gold, test codes) count as 0.
#[must_use]
pub fn minor_units(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

impl Money {
    /// An amount in a currency.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in that currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    /// Reads the decimal text and the currency code found on a wire.
    ///
    /// # Errors
    /// [`MoneyError::NotADecimal`] or [`MoneyError::UnknownCurrency`], with the offending text.
    pub fn parse(amount: &str, currency: &str) -> Result<Self, MoneyError> {
        let code = Currency::from_code(currency)
            .ok_or_else(|| MoneyError::UnknownCurrency(currency.to_owned()))?;
        let trimmed = amount.trim();
        let value = Decimal::from_str_exact(trimmed)
            .or_else(|_| Decimal::from_scientific(trimmed))
            .map_err(|_| MoneyError::NotADecimal(amount.to_owned()))?;
        Ok(Self::new(value, code))
    }

    /// The sum of two amounts of the same currency.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self
            .amount
            .checked_add(other.amount)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self::new(amount, self.currency))
    }

    /// The difference of two amounts of the same currency.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] or [`MoneyError::Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated())
    }

    /// The amount times a quantity or rate, unrounded.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn times(self, factor: Decimal) -> Result<Self, MoneyError> {
        let amount = self
            .amount
            .checked_mul(factor)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self::new(amount, self.currency))
    }

    /// The amount with its sign turned.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::new(-self.amount, self.currency)
    }

    /// Rounded half away from zero to the currency's minor unit, as shops and NetSuite show it.
    #[must_use]
    pub fn rounded(self) -> Self {
        let digits = minor_units(self.currency);
        let amount = self
            .amount
            .round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
        Self::new(amount, self.currency)
    }

    /// Whether the amount is exactly zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch {
                left: self.currency,
                right: other.currency,
            })
        }
    }
}

impl fmt::Display for Money {
    /// `12.50 EUR`: at least the minor unit's digits, more when the amount has more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = minor_units(self.currency).max(self.amount.normalize().scale());
        let mut shown = self.amount.normalize();
        shown.rescale(digits);
        write!(f, "{shown} {}", self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: &str) -> Money {
        Money::parse(amount, currency).unwrap()
    }

    #[test]
    fn thirds_of_a_cent_do_not_vanish() {
        let third = money("0.1", "EUR").plus(money("0.2", "EUR")).unwrap();
        assert_eq!(third, money("0.3", "EUR"));
    }

    #[test]
    fn rounding_follows_the_currency() {
        assert_eq!(money("2.345", "EUR").rounded(), money("2.35", "EUR"));
        assert_eq!(money("-2.345", "EUR").rounded(), money("-2.35", "EUR"));
        assert_eq!(money("2.5", "JPY").rounded(), money("3", "JPY"));
        assert_eq!(money("1.2345", "KWD").rounded(), money("1.235", "KWD"));
    }

    #[test]
    fn display_shows_at_least_the_minor_unit() {
        assert_eq!(money("12.5", "EUR").to_string(), "12.50 EUR");
        assert_eq!(money("0.125", "EUR").to_string(), "0.125 EUR");
        assert_eq!(money("1200", "JPY").to_string(), "1200 JPY");
    }

    #[test]
    fn currencies_do_not_mix() {
        let refused = money("1", "EUR").plus(money("1", "USD"));
        assert!(matches!(refused, Err(MoneyError::CurrencyMismatch { .. })));
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(
            Money::parse("ten", "EUR"),
            Err(MoneyError::NotADecimal("ten".into()))
        );
        assert_eq!(
            Money::parse("10", "EURO"),
            Err(MoneyError::UnknownCurrency("EURO".into()))
        );
    }
}
