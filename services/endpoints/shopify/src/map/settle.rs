//! Makes an order's lines come to its total.
//!
//! Shopify states some charges only for the order as a whole (tips that are no line, cash rounding, the difference between what a
//! refund should have been and what it was), and rounds: a share of a line that was taken back in part, and every amount of
//! an order in two currencies, which it converts one by one. Each of these becomes a line, if and only if the total shows that
//! it is needed. A difference that none of them explains is left alone: the order does not add up, and says so.

use commerce::{Amount, LineKind, Order, OrderLine, Side, minor_units};
use rust_decimal::Decimal;

use super::amount::{is_zero, minus, negated};
use super::{Unmapped, id};

/// What Shopify says about the order as a whole.
pub(super) struct Facts {
    pub(super) tip: Amount,
    pub(super) cash_rounding: Amount,
    /// Of an order that is told as it stands.
    pub(super) refund_discrepancy: Option<Amount>,
    /// How many amounts are rounded shares.
    pub(super) shares: u32,
}

pub(super) fn settle(order: &mut Order, facts: &Facts) -> Result<(), Unmapped> {
    let tip_is_a_line = order.lines.iter().any(|line| line.kind == LineKind::Tip);
    if !tip_is_a_line && explains(&facts.tip, &difference(order)?)? {
        push(order, "tip", LineKind::Tip, "Tip", facts.tip)?;
    }
    if !is_zero(&facts.cash_rounding) {
        // The buyer paid the rounded sum. Where the total does not hold the rounding, it is part of what is owed all the same.
        if !explains(&facts.cash_rounding, &difference(order)?)? {
            order.total = order.total.plus(&facts.cash_rounding)?;
        }
        push(
            order,
            "cash-rounding",
            LineKind::Fee,
            "Cash rounding",
            facts.cash_rounding,
        )?;
    }
    if let Some(discrepancy) = facts.refund_discrepancy {
        let open = difference(order)?;
        for kept in [discrepancy, negated(&discrepancy)] {
            if explains(&kept, &open)? {
                push(
                    order,
                    "refund-difference",
                    LineKind::Fee,
                    "Difference of refunds",
                    kept,
                )?;
                break;
            }
        }
    }
    let open = difference(order)?;
    if !is_zero(&open) && is_rounding(order, facts, &open) {
        push(order, "rounding", LineKind::Fee, "Rounding", open)?;
    }
    Ok(())
}

/// What the stated total has over the lines.
fn difference(order: &Order) -> Result<Amount, Unmapped> {
    Ok(Amount {
        shop: order.total_check(Side::Shop)?.difference,
        presentment: order.total_check(Side::Presentment)?.difference,
    })
}

/// Whether the amount, taken away, brings the difference nearer to nothing.
fn explains(amount: &Amount, difference: &Amount) -> Result<bool, Unmapped> {
    let left = minus(difference, amount)?;
    Ok(left.presentment.amount.abs() < difference.presentment.amount.abs())
}

fn is_rounding(order: &Order, facts: &Facts, open: &Amount) -> bool {
    let converted = if order.shop_currency == order.presentment_currency {
        0
    } else {
        order
            .lines
            .iter()
            .map(|line| 1 + line.discounts.len() + line.taxes.len())
            .sum::<usize>()
    };
    let converted = u32::try_from(converted).unwrap_or(u32::MAX);
    let within = |money: commerce::Money, steps: u32| {
        let most = Decimal::new(1, minor_units(money.currency)) * Decimal::from(steps);
        money.amount.abs() <= most
    };
    within(open.presentment, facts.shares)
        && within(open.shop, facts.shares.saturating_add(converted))
}

fn push(
    order: &mut Order,
    key: &str,
    kind: LineKind,
    title: &str,
    amount: Amount,
) -> Result<(), Unmapped> {
    order.lines.push(OrderLine {
        id: id(key)?,
        kind,
        title: title.to_owned(),
        quantity: Decimal::ONE,
        unit_price: amount,
        amount,
        discounts: Vec::new(),
        taxes: Vec::new(),
    });
    Ok(())
}
