//! Does an order or a refund add up, and if not, where is the difference?

use serde::{Deserialize, Serialize};

use crate::amount::Side;
use crate::ids::LineId;
use crate::money::{Money, MoneyError};
use crate::order::{Order, OrderLine};
use crate::refund::{Adjustment, Refund, RefundLine};

/// The account of an order's or refund's total: what the storefront states, what its lines come to, and how each line takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalCheck {
    /// What the storefront says is owed, or was given back.
    pub stated: Money,
    /// What the lines come to.
    pub computed: Money,
    /// `stated` minus `computed`; zero when the order adds up.
    pub difference: Money,
    /// How each line takes part, in the order's own order.
    pub lines: Vec<LineAccount>,
}

/// One line's part in the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineAccount {
    /// The line.
    pub line: LineId,
    /// What it charges for, in a word.
    pub kind: String,
    /// What the buyer saw.
    pub title: String,
    /// Before discounts.
    pub amount: Money,
    /// Taken off; positive.
    pub discount: Money,
    /// The line's taxes.
    pub tax: Money,
    /// What the line adds to the total: amount less discount, plus tax unless the amount includes it.
    pub contributes: Money,
}

impl TotalCheck {
    fn of(
        stated: Money,
        accounts: impl Iterator<Item = Result<LineAccount, MoneyError>>,
    ) -> Result<Self, MoneyError> {
        let lines: Vec<LineAccount> = accounts.collect::<Result<_, _>>()?;
        let zero = Money::zero(stated.currency);
        let mut parts = lines.iter().map(|line| line.contributes);
        let computed = parts.try_fold(zero, Money::plus)?;
        Ok(Self {
            stated,
            computed,
            difference: stated.minus(computed)?,
            lines,
        })
    }

    /// Whether the lines come to exactly what the storefront states.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.difference.is_zero()
    }

    /// The account in words, one line of text per order line.
    #[must_use]
    pub fn explanation(&self) -> String {
        let mut text = format!(
            "the storefront states {}, the lines come to {}: a difference of {}",
            self.stated, self.computed, self.difference
        );
        for line in &self.lines {
            text.push_str(&format!(
                "\n  {} ({}, line {}): {} - {} discount, {} tax = {}",
                line.title,
                line.kind,
                line.line,
                line.amount,
                line.discount,
                line.tax,
                line.contributes
            ));
        }
        text
    }
}

impl Order {
    /// The line-by-line account of the total in one of the order's currencies.
    ///
    /// # Errors
    /// [`MoneyError`] when amounts of one side bear different currencies or do not fit.
    pub fn total_check(&self, side: Side) -> Result<TotalCheck, MoneyError> {
        let lines = self.lines.iter();
        let accounts = lines.map(|line| line.account(side, self.taxes_included));
        TotalCheck::of(self.total.on(side), accounts)
    }
}

impl Refund {
    /// The account of what was given back, line by line, in one of the order's currencies.
    ///
    /// # Errors
    /// [`MoneyError`] when amounts of one side bear different currencies or do not fit.
    pub fn total_check(&self, side: Side) -> Result<TotalCheck, MoneyError> {
        let included = self.taxes_included;
        let lines = self.lines.iter().map(|line| line.account(side, included));
        let adjustments = self.adjustments.iter();
        let adjustments = adjustments.map(|adjustment| adjustment.account(side, included));
        TotalCheck::of(self.total.on(side), lines.chain(adjustments))
    }
}

impl RefundLine {
    /// The line's taxes in all.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn tax_on(&self, side: Side) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.amount.on(side).currency);
        let mut taxes = self.taxes.iter().map(|tax| tax.amount.on(side));
        taxes.try_fold(zero, Money::plus)
    }

    fn account(&self, side: Side, taxes_included: bool) -> Result<LineAccount, MoneyError> {
        let (amount, tax) = (self.amount.on(side), self.tax_on(side)?);
        Ok(LineAccount {
            line: self.id.clone(),
            kind: self.kind.name().to_owned(),
            title: self.title.clone(),
            amount,
            discount: Money::zero(amount.currency),
            tax,
            contributes: with_tax(amount, tax, taxes_included)?,
        })
    }
}

impl Adjustment {
    fn account(&self, side: Side, taxes_included: bool) -> Result<LineAccount, MoneyError> {
        let (amount, tax) = (self.amount.on(side), self.tax.on(side));
        let reason = self.reason.clone();
        Ok(LineAccount {
            line: self.id.clone(),
            kind: "adjustment".to_owned(),
            title: reason.unwrap_or_else(|| "Adjustment".to_owned()),
            amount,
            discount: Money::zero(amount.currency),
            tax,
            contributes: with_tax(amount, tax, taxes_included)?,
        })
    }
}

fn with_tax(amount: Money, tax: Money, taxes_included: bool) -> Result<Money, MoneyError> {
    if taxes_included {
        Ok(amount)
    } else {
        amount.plus(tax)
    }
}

impl OrderLine {
    /// What was taken off this line in all, positive.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn discount_on(&self, side: Side) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.amount.on(side).currency);
        self.discounts
            .iter()
            .try_fold(zero, |sum, discount| sum.plus(discount.amount.on(side)))
    }

    /// The line's taxes in all.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn tax_on(&self, side: Side) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.amount.on(side).currency);
        self.taxes
            .iter()
            .try_fold(zero, |sum, tax| sum.plus(tax.amount.on(side)))
    }

    fn account(&self, side: Side, taxes_included: bool) -> Result<LineAccount, MoneyError> {
        let amount = self.amount.on(side);
        let discount = self.discount_on(side)?;
        let tax = self.tax_on(side)?;
        let discounted = amount.minus(discount)?;
        let contributes = with_tax(discounted, tax, taxes_included)?;
        Ok(LineAccount {
            line: self.id.clone(),
            kind: self.kind.name().to_owned(),
            title: self.title.clone(),
            amount,
            discount,
            tax,
            contributes,
        })
    }
}
