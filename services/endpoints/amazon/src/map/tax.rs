//! An item's proceeds, sorted by what they are for.

use commerce::{Currency, Money};

use super::{Unmapped, money};
use crate::wire::{Collection, Item, Part};

/// One charge of an item: for the goods, their delivery, their wrapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Charge {
    pub(super) amount: Money,
    /// What was taken off; positive.
    pub(super) off: Money,
    pub(super) tax: Money,
}

/// An item's charges by Amazon's names of them; the goods themselves are always among them.
pub(super) struct Charges(Vec<(String, Charge)>);

/// The goods themselves.
pub(super) const GOODS: &str = "ITEM";

impl Charges {
    /// Sorts proceeds. What is taxed or reduced without a word about which charge it is, is so of the goods.
    pub(super) fn of(item: &Item, currency: Currency) -> Result<Self, Unmapped> {
        let mut all = Self(Vec::new());
        all.at(GOODS, currency);
        let parts = &item.proceeds.breakdowns;
        for part in parts.iter().filter(|part| !is_aside(part)) {
            let charge = all.at(&part.kind, currency);
            charge.amount = charge.amount.plus(money(&part.subtotal)?)?;
        }
        if !parts.iter().any(|part| part.kind == GOODS) {
            all.at(GOODS, currency).amount = unstated(item, currency)?;
        }
        for part in parts.iter().filter(|part| is_aside(part)) {
            let mut rest = positive(part, money(&part.subtotal)?);
            for detail in &part.detailed_breakdowns {
                let Some(value) = &detail.value else {
                    continue;
                };
                let value = positive(part, money(value)?);
                rest = rest.minus(value)?;
                all.take(part, &detail.subtype, value)?;
            }
            all.take(part, GOODS, rest)?;
        }
        Ok(all)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Charge)> {
        self.0.iter().map(|(kind, charge)| (kind.as_str(), *charge))
    }

    fn at(&mut self, kind: &str, currency: Currency) -> &mut Charge {
        let place = self.0.iter().position(|(known, _)| known == kind);
        let place = place.unwrap_or_else(|| {
            let zero = Money::zero(currency);
            let none = Charge {
                amount: zero,
                off: zero,
                tax: zero,
            };
            self.0.push((kind.to_owned(), none));
            self.0.len().saturating_sub(1)
        });
        #[expect(clippy::indexing_slicing, reason = "found, or put there just now")]
        &mut self.0[place].1
    }

    fn take(&mut self, part: &Part, of: &str, value: Money) -> Result<(), Unmapped> {
        let of = if of.is_empty() { GOODS } else { of };
        if value.is_zero() {
            return Ok(());
        }
        let charge = self.at(of, value.currency);
        if part.kind == "TAX" {
            charge.tax = charge.tax.plus(value)?;
        } else {
            charge.off = charge.off.plus(value)?;
        }
        Ok(())
    }
}

fn is_aside(part: &Part) -> bool {
    matches!(part.kind.as_str(), "TAX" | "DISCOUNT")
}

/// A discount is told with either sign.
fn positive(part: &Part, value: Money) -> Money {
    if part.kind == "DISCOUNT" && value.amount.is_sign_negative() {
        value.negated()
    } else {
        value
    }
}

/// Where the proceeds do not name the goods, their price does.
fn unstated(item: &Item, currency: Currency) -> Result<Money, Unmapped> {
    match (
        &item.product.price.unit_price,
        &item.proceeds.proceeds_total,
    ) {
        (Some(unit), _) => Ok(money(unit)?.times(item.quantity_ordered.into())?),
        (None, Some(total)) if item.proceeds.breakdowns.is_empty() => money(total),
        _ => Ok(Money::zero(currency)),
    }
}

/// Whether Amazon pays the item's taxes to the authority itself.
pub(super) fn is_remitted(item: &Item) -> bool {
    let by_amazon = |one: &Collection| one.model.eq_ignore_ascii_case("MARKETPLACE_FACILITATOR");
    item.tax.tax_collections.iter().any(by_amazon)
}
