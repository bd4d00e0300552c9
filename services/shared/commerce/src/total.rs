//! Does an order add up, and if not, where is the difference?

use serde::{Deserialize, Serialize};

use crate::amount::Side;
use crate::ids::LineId;
use crate::money::{Money, MoneyError};
use crate::order::{Order, OrderLine};

/// The account of an order's total: what the storefront states, what its lines come to, and how each line takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalCheck {
    /// What the storefront says is owed.
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
        let stated = self.total.on(side);
        let mut computed = Money::zero(stated.currency);
        let mut lines = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let account = line.account(side, self.taxes_included)?;
            computed = computed.plus(account.contributes)?;
            lines.push(account);
        }
        Ok(TotalCheck {
            stated,
            computed,
            difference: stated.minus(computed)?,
            lines,
        })
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
        let contributes = if taxes_included {
            discounted
        } else {
            discounted.plus(tax)?
        };
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
