//! Amounts in both of an order's currencies.

use commerce::{Amount, Money, MoneyError};
use rust_decimal::Decimal;

use super::{Unmapped, Within};
use crate::wire::{Bag, Wire};

pub(super) fn amount(bag: &Bag) -> Result<Amount, Unmapped> {
    Ok(Amount {
        shop: money(&bag.shop_money).within("shopMoney")?,
        presentment: money(&bag.presentment_money).within("presentmentMoney")?,
    })
}

pub(super) fn money(wire: &Wire) -> Result<Money, MoneyError> {
    Money::parse(&wire.amount, &wire.currency_code)
}

pub(super) fn minus(left: &Amount, right: &Amount) -> Result<Amount, MoneyError> {
    left.plus(&negated(right))
}

pub(super) fn negated(amount: &Amount) -> Amount {
    Amount {
        shop: amount.shop.negated(),
        presentment: amount.presentment.negated(),
    }
}

pub(super) fn is_zero(amount: &Amount) -> bool {
    amount.shop.is_zero() && amount.presentment.is_zero()
}

pub(super) fn sum<'a>(
    zero: Amount,
    amounts: impl IntoIterator<Item = &'a Amount>,
) -> Result<Amount, MoneyError> {
    amounts
        .into_iter()
        .try_fold(zero, |sum, amount| sum.plus(amount))
}

/// How much of a line is left: `units` out of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) units: Decimal,
    pub(super) of: Decimal,
}

impl Part {
    pub(super) const WHOLE: Self = Self {
        units: Decimal::ONE,
        of: Decimal::ONE,
    };

    pub(super) fn is_whole(self) -> bool {
        self.units == self.of
    }

    /// The part of an amount that the units bear, rounded to the minor unit as Shopify rounds what it takes back.
    pub(super) fn share(self, amount: &Amount) -> Result<Amount, MoneyError> {
        if self.is_whole() || self.of.is_zero() {
            return Ok(*amount);
        }
        let share = |money: Money| -> Result<Money, MoneyError> {
            let times = money.times(self.units)?.amount;
            let part = times.checked_div(self.of).ok_or(MoneyError::Overflow)?;
            Ok(Money::new(part, money.currency).rounded())
        };
        Ok(Amount {
            shop: share(amount.shop)?,
            presentment: share(amount.presentment)?,
        })
    }
}
