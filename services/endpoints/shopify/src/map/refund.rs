//! Refunds.
//!
//! Shopify states of each line how much of it went back, with its tax in one sum; the sum is told by the names of the line's own
//! taxes. What was given beside that, or kept, stands in adjustments.

mod parts;
#[cfg(test)]
mod tests;

use commerce::{Adjustment, Amount, OrderRef, Refund, RefundLine, Repayment, Side, minor_units};
use rust_decimal::Decimal;

use super::amount::{amount, is_zero, minus, negated};
use super::{Unmapped, Within, given, id, number};
use crate::wire;
use kit::key_in;

/// The refund at that place among all of its order's.
pub(crate) fn refund(
    order: &wire::RefundedOrder,
    all: &[wire::Refund],
    place: usize,
) -> Result<Refund, Unmapped> {
    let wire = all
        .get(place)
        .ok_or_else(|| Unmapped::new("the order has no such refund"))?;
    let total = amount(&wire.total_refunded_set).within("totalRefundedSet")?;
    let mut before = Amount::zero(total.shop.currency, total.presentment.currency);
    let mut earlier = 1;
    for other in all.iter().filter(|other| age(other) < age(wire)) {
        before = before.plus(&amount(&other.total_refunded_set)?)?;
        earlier += 1;
    }
    let mut refund = Refund {
        number: format!("{}-R{earlier}", order.name),
        key: wire.note.as_deref().and_then(key_in).map(str::to_owned),
        order: OrderRef {
            id: id(&order.legacy_resource_id)?,
            key: None,
        },
        order_number: order.name.clone(),
        at: wire.processed_at,
        test: order.test,
        taxes_included: order.taxes_included,
        lines: parts::lines(wire)?,
        adjustments: adjustments(&wire.order_adjustments.nodes)?,
        transactions: repayments(&wire.transactions.nodes)?,
        total,
        order_total: order_total(order, all)?,
        refunded_before: before,
        note: given(wire.note.as_ref()),
    };
    settle(&mut refund)?;
    Ok(refund)
}

/// What tells which of two refunds was made first.
fn age(refund: &wire::Refund) -> (jiff::Timestamp, u64) {
    let made = refund.created_at.unwrap_or(refund.processed_at);
    (made, refund.legacy_resource_id.parse().unwrap_or_default())
}

/// What the order came to before any refund: as it was placed, or, where it was edited, as it stands with all that was given back of it.
fn order_total(order: &wire::RefundedOrder, all: &[wire::Refund]) -> Result<Amount, Unmapped> {
    if order.edited {
        let mut total = amount(&order.current_total_price_set).within("currentTotalPriceSet")?;
        for refund in all {
            for line in parts::lines(refund)? {
                total = total.plus(&whole(&line, order.taxes_included)?)?;
            }
        }
        return Ok(total);
    }
    let total = amount(&order.total_price_set).within("totalPriceSet")?;
    let rounding = amount(&order.total_cash_rounding_adjustment.payment_set)
        .within("totalCashRoundingAdjustment")?;
    // Rounded down, the buyer owed less; rounded up, an order of at least this total is as well all there.
    if rounding.presentment.amount.is_sign_negative() {
        return Ok(total.plus(&rounding)?);
    }
    Ok(total)
}

fn whole(line: &RefundLine, taxes_included: bool) -> Result<Amount, Unmapped> {
    if taxes_included {
        return Ok(line.amount);
    }
    Ok(Amount {
        shop: line.amount.shop.plus(line.tax_on(Side::Shop)?)?,
        presentment: line
            .amount
            .presentment
            .plus(line.tax_on(Side::Presentment)?)?,
    })
}

fn adjustments(wires: &[wire::OrderAdjustment]) -> Result<Vec<Adjustment>, Unmapped> {
    wires
        .iter()
        .map(|wire| {
            let place = number(&wire.id);
            let within = |bag| amount(bag).within(format_args!("adjustment {place}"));
            Ok(Adjustment {
                id: id(place)?,
                reason: given(wire.reason.as_ref()),
                amount: within(&wire.amount_set)?,
                tax: within(&wire.tax_amount_set)?,
            })
        })
        .collect()
}

/// What went back; what failed or is only asked for is nothing yet.
fn repayments(wires: &[wire::Transaction]) -> Result<Vec<Repayment>, Unmapped> {
    let done = wires
        .iter()
        .filter(|wire| wire.kind == "REFUND" && wire.status == "SUCCESS");
    done.map(|wire| {
        let place = number(&wire.id);
        Ok(Repayment {
            id: id(place)?,
            method: wire.gateway.clone().unwrap_or_default(),
            amount: amount(&wire.amount_set).within(format_args!("transaction {place}"))?,
            at: wire.processed_at.unwrap_or(wire.created_at),
        })
    })
    .collect()
}

/// Makes the parts come to the total where it is clear how: Shopify's adjustments are for some reasons signed from the merchant's side, for
/// others from the buyer's, and amounts in two currencies are converted one by one. Any other difference is left to be told.
fn settle(refund: &mut Refund) -> Result<(), Unmapped> {
    let open = difference(refund)?;
    if !is_zero(&open) && !refund.adjustments.is_empty() {
        let mut turned = refund.clone();
        for adjustment in &mut turned.adjustments {
            adjustment.amount = negated(&adjustment.amount);
            adjustment.tax = negated(&adjustment.tax);
        }
        let left = difference(&turned)?;
        if left.presentment.amount.abs() < open.presentment.amount.abs() {
            *refund = turned;
        }
    }
    let open = difference(refund)?;
    if open.presentment.is_zero() && !open.shop.is_zero() && is_rounding(refund, &open) {
        refund.adjustments.push(Adjustment {
            id: id("rounding")?,
            reason: Some("Rounding".to_owned()),
            tax: minus(&open, &open)?,
            amount: open,
        });
    }
    Ok(())
}

fn difference(refund: &Refund) -> Result<Amount, Unmapped> {
    Ok(Amount {
        shop: refund.total_check(Side::Shop)?.difference,
        presentment: refund.total_check(Side::Presentment)?.difference,
    })
}

/// Whether each converted amount's last digit explains it.
fn is_rounding(refund: &Refund, open: &Amount) -> bool {
    let (shop, seen) = (open.shop.currency, open.presentment.currency);
    let lines = refund.lines.iter().map(|line| 1 + line.taxes.len());
    let parts = lines.sum::<usize>() + 2 * refund.adjustments.len() + 1;
    let most = Decimal::new(1, minor_units(shop)) * Decimal::from(parts);
    shop != seen && open.shop.amount.abs() <= most
}
