//! The shop's records to commerce and back. Pure.

mod delivery;
mod giveback;
mod level;
mod order;
mod refund;

use std::fmt;

use commerce::{Currency, ExternalId, Money, MoneyError};
use rust_decimal::Decimal;

pub(crate) use delivery::{CallOff, Delivery, call_off, plan};
pub(crate) use giveback::{Given, given_under, remainder};
pub(crate) use level::{Goal, goal};
pub(crate) use order::{changed_at, order};
pub(crate) use refund::refunds;

/// A record of the shop's that makes no sense: where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unmapped(String);

impl Unmapped {
    pub(crate) fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

impl fmt::Display for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<MoneyError> for Unmapped {
    fn from(error: MoneyError) -> Self {
        Self::new(error)
    }
}

/// How many digits of the server's integers are behind the point: one number for all currencies (`MoneyStrategy.precision`; 2 unless the
/// server's people chose another).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digits(pub(crate) u32);

impl Digits {
    /// The amount that an integer of the server stands for.
    pub(crate) fn of(self, units: i64, currency: Currency) -> Money {
        let amount = Decimal::try_from_i128_with_scale(i128::from(units), self.0.min(28));
        Money::new(amount.unwrap_or_default(), currency)
    }

    /// The server's integer; `None` for an amount that it has no digits for.
    pub(crate) fn units(self, money: Money) -> Option<i64> {
        use rust_decimal::prelude::ToPrimitive;
        let factor = Decimal::from(10_u64.checked_pow(self.0)?);
        let units = money.amount.checked_mul(factor)?.normalize();
        units.is_integer().then(|| units.to_i64()).flatten()
    }
}

fn id(text: impl Into<String>) -> Result<ExternalId, Unmapped> {
    ExternalId::new(text).map_err(Unmapped::new)
}

fn currency(code: &str) -> Result<Currency, Unmapped> {
    Currency::from_code(code)
        .ok_or_else(|| Unmapped::new(format_args!("'{code}' is not an ISO 4217 currency code")))
}

/// What a field says, if it says anything.
fn given(text: Option<&String>) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The text with the key at its end, by which the record is found again.
pub(crate) fn marked(words: &str, key: &str) -> String {
    format!("{} [{key}]", words.trim())
}

/// The key at the end of a text.
pub(crate) fn key_in(text: &str) -> Option<&str> {
    let (_, key) = text.strip_suffix(']')?.rsplit_once('[')?;
    Some(key)
}

#[cfg(test)]
mod tests;
