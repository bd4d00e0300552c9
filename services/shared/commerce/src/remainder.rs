//! What of an order can still be given back, and what a refund takes of it: never more.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::amount::Side;
use crate::ids::LineId;
use crate::money::{Money, MoneyError};
use crate::order::LineKind;
use crate::refund::{Refund, RefundLine};
use crate::sku::Sku;

/// What is left of an order where it was sold: what was neither given back nor taken away before. All amounts are of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remainder {
    /// Its goods.
    pub lines: Vec<LineLeft>,
    /// What of delivery can still be given back.
    pub delivery: Money,
    /// What that cost before discounts: the most that a refund may state for it.
    pub delivery_price: Money,
    /// What was paid and is not back yet.
    pub money: Money,
    /// The payments that it came by, each with what is left of it.
    pub payments: Vec<PaymentLeft>,
}

/// What is left of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineLeft {
    /// The storefront's line.
    pub line: LineId,
    /// Its article.
    pub sku: Option<Sku>,
    /// Units that can still be given back.
    pub quantity: Decimal,
    /// What these cost before discounts.
    pub amount: Money,
}

/// What is left of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLeft {
    /// The storefront's id of it.
    pub id: LineId,
    /// The means, as the storefront names it.
    pub method: String,
    /// How much of it can still go back.
    pub amount: Money,
}

/// What a refund takes of a [`Remainder`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Units of the order's lines.
    pub lines: Vec<(LineId, Decimal)>,
    /// Of delivery; zero where nothing goes back for it.
    pub delivery: Money,
    /// By which payments the money goes back: together exactly the refund's total.
    pub payments: Vec<PaymentLeft>,
}

/// Why an order does not bear a refund.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// More units than are left.
    #[error("{wanted} units of {what} are to go back, and {left} are left")]
    Units {
        /// The article, or the line.
        what: String,
        /// Units to go back.
        wanted: Decimal,
        /// Units left.
        left: Decimal,
    },
    /// More than is left of something's price.
    #[error("{wanted} are to go back for {what}, and {left} are left of its price")]
    Price {
        /// The article, or delivery.
        what: String,
        /// The amount to go back.
        wanted: Money,
        /// The amount left.
        left: Money,
    },
    /// More than was paid.
    #[error("{wanted} are to go back, and {left} are left of what was paid")]
    Paid {
        /// The amount to go back.
        wanted: Money,
        /// The amount left.
        left: Money,
    },
    /// Nothing, or less.
    #[error("{0} is nothing that could go back")]
    Nothing(Money),
    /// Amounts that cannot be reckoned with: of different currencies, or too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Remainder {
    /// What the refund takes. A line that the order does not have is an amount and no goods; which payments the money goes back by follows
    /// their order.
    ///
    /// # Errors
    /// [`Excess`] for a refund of more than is left: of a line's units or price, of delivery, or of what was paid.
    pub fn share(&self, refund: &Refund) -> Result<Share, Excess> {
        let zero = Money::zero(self.money.currency);
        let mut left = self.lines.clone();
        let mut share = Share {
            lines: Vec::new(),
            delivery: zero,
            payments: Vec::new(),
        };
        for line in &refund.lines {
            let amount = line.amount.on(Side::Shop);
            if matches!(line.kind, LineKind::Shipping { .. }) {
                share.delivery = share.delivery.plus(amount)?;
            } else {
                take(&mut left, line, amount, &mut share.lines)?;
            }
        }
        within("delivery", share.delivery, self.delivery_price)?;
        // A discount on it stands on a line of its own.
        let net = share.delivery.amount.min(self.delivery.amount);
        share.delivery = Money::new(net, zero.currency);
        share.payments = self.money_for(refund.total.on(Side::Shop))?;
        Ok(share)
    }

    fn money_for(&self, total: Money) -> Result<Vec<PaymentLeft>, Excess> {
        let zero = Money::zero(self.money.currency);
        if total.minus(zero)?.amount <= Decimal::ZERO {
            return Err(Excess::Nothing(total));
        }
        let (mut open, mut payments) = (total, Vec::new());
        for payment in &self.payments {
            let part = open.amount.min(payment.amount.minus(zero)?.amount);
            if part > Decimal::ZERO {
                let amount = Money::new(part, total.currency);
                open = open.minus(amount)?;
                payments.push(PaymentLeft {
                    amount,
                    ..payment.clone()
                });
            }
        }
        let short = total.minus(self.money)?.amount > Decimal::ZERO;
        if short || !open.is_zero() {
            let reachable = total.minus(open)?;
            let least = reachable.amount.min(self.money.amount);
            return Err(Excess::Paid {
                wanted: total,
                left: Money::new(least.max(Decimal::ZERO), total.currency),
            });
        }
        Ok(payments)
    }
}

impl LineLeft {
    /// Takes a refund's line, of this amount, off what is left of an order's: off the line that it names, else off those of its article in
    /// their order. Tells the lines with the units taken; none where the order has no such line.
    ///
    /// # Errors
    /// [`Excess`] for more units than are left, or more than is left of their price; then nothing is taken.
    pub fn take(
        left: &mut [Self],
        line: &RefundLine,
        amount: Money,
    ) -> Result<Vec<(LineId, Decimal)>, Excess> {
        let mut taken = Vec::new();
        take(left, line, amount, &mut taken)?;
        Ok(taken)
    }
}

/// Takes a line's units off the line it names, else off the lines of its article in their order.
fn take(
    left: &mut [LineLeft],
    line: &RefundLine,
    amount: Money,
    taken: &mut Vec<(LineId, Decimal)>,
) -> Result<(), Excess> {
    let named = left.iter().any(|one| one.line == line.order_line);
    let sku = line.kind.sku();
    let meant = |one: &LineLeft| {
        if named {
            one.line == line.order_line
        } else {
            sku.is_some() && one.sku.as_ref() == sku
        }
    };
    let what = || sku.map_or_else(|| line.title.clone(), ToString::to_string);
    let (mut there, mut price) = (Decimal::ZERO, Money::zero(amount.currency));
    for one in left.iter().filter(|one| meant(one)) {
        there = there.saturating_add(one.quantity);
        price = price.plus(one.amount)?;
    }
    if !left.iter().any(meant) {
        return Ok(());
    }
    if line.quantity > there {
        return Err(Excess::Units {
            what: what(),
            wanted: line.quantity,
            left: there,
        });
    }
    within(&what(), amount, price)?;
    let (mut open, mut owed) = (line.quantity, amount);
    for one in left.iter_mut().filter(|one| meant(one)) {
        let units = open.min(one.quantity);
        if units > Decimal::ZERO {
            open = open.saturating_sub(units);
            one.quantity = one.quantity.saturating_sub(units);
            taken.push((one.line.clone(), units));
        }
        let paid = Money::new(owed.amount.min(one.amount.amount), amount.currency);
        owed = owed.minus(paid)?;
        one.amount = one.amount.minus(paid)?;
    }
    Ok(())
}

fn within(what: &str, wanted: Money, left: Money) -> Result<(), Excess> {
    if wanted.minus(left)?.amount > Decimal::ZERO {
        return Err(Excess::Price {
            what: what.to_owned(),
            wanted,
            left,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
