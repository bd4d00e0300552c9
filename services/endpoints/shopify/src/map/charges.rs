//! What hangs on every charge: discounts and taxes.

use commerce::{Amount, Discount, TaxLine};
use rust_decimal::Decimal;

use super::amount::{Part, amount, is_zero};
use super::{Unmapped, Within, given};
use crate::wire;

pub(super) fn discounts(
    allocations: &[wire::Allocation],
    part: Part,
) -> Result<Vec<Discount>, Unmapped> {
    let mut discounts = Vec::with_capacity(allocations.len());
    for (index, allocation) in allocations.iter().enumerate() {
        let whole = amount(&allocation.allocated_amount_set)
            .within(format_args!("discountAllocations[{index}]"))?;
        let taken = part.share(&whole)?;
        if !is_zero(&taken) {
            discounts.push(Discount {
                code: given(allocation.discount_application.code.as_ref()),
                title: given(allocation.discount_application.title.as_ref()),
                amount: taken,
            });
        }
    }
    Ok(discounts)
}

pub(super) fn taxes(lines: &[wire::TaxLine], part: Part) -> Result<Vec<TaxLine>, Unmapped> {
    lines
        .iter()
        .enumerate()
        .map(|(index, line)| tax(line, part).within(format_args!("taxLines[{index}]")))
        .collect()
}

pub(super) fn tax(line: &wire::TaxLine, part: Part) -> Result<TaxLine, Unmapped> {
    let whole = amount(&line.price_set)?;
    Ok(TaxLine {
        title: line.title.clone(),
        rate: line.rate.as_ref().map(rate).transpose()?,
        amount: part.share(&whole)?,
        remitted_by_channel: line.channel_liable.unwrap_or(false),
    })
}

/// A JSON number's shortest text is what Shopify wrote: `0.19`, `0.08875`.
fn rate(number: &serde_json::Number) -> Result<Decimal, Unmapped> {
    let text = number.to_string();
    Decimal::from_str_exact(&text)
        .or_else(|_| Decimal::from_scientific(&text))
        .map_err(|_| Unmapped::new(format_args!("rate {text} is not a decimal number")))
}

/// Adds discounts and taxes of one charge to those of another: the same discount and the same tax become one.
pub(super) fn merge(
    discounts: &mut Vec<Discount>,
    taxes: &mut Vec<TaxLine>,
    more_discounts: Vec<Discount>,
    more_taxes: Vec<TaxLine>,
) -> Result<(), Unmapped> {
    for more in more_discounts {
        let same = |known: &&mut Discount| known.code == more.code && known.title == more.title;
        match discounts.iter_mut().find(same) {
            Some(known) => add(&mut known.amount, &more.amount)?,
            None => discounts.push(more),
        }
    }
    for more in more_taxes {
        let same = |known: &&mut TaxLine| {
            known.title == more.title
                && known.rate == more.rate
                && known.remitted_by_channel == more.remitted_by_channel
        };
        match taxes.iter_mut().find(same) {
            Some(known) => add(&mut known.amount, &more.amount)?,
            None => taxes.push(more),
        }
    }
    Ok(())
}

pub(super) fn add(sum: &mut Amount, more: &Amount) -> Result<(), Unmapped> {
    *sum = sum.plus(more)?;
    Ok(())
}
