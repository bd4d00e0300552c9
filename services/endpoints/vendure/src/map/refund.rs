//! Refunds. They are parts of an order's payments: a refund's id is the order's, a point, and its own.

use commerce::{
    Adjustment, Amount, Currency, ExternalId, LineKind, Money, OrderRef, Refund, RefundLine,
    Repayment, Restock, Side,
};
use rust_decimal::Decimal;

use super::order::{article, delivery_of, tax_line, title};
use super::{Digits, Unmapped, currency, given, id, key_in};
use crate::wire;

/// Whether the refund is one that has happened.
fn is_told(refund: &wire::Refund, pending_too: bool) -> bool {
    refund.state == "Settled" || (pending_too && refund.state == "Pending")
}

/// The order's refunds in commerce's terms, with their ids, oldest first.
pub(crate) fn refunds(
    order: &wire::Order,
    digits: Digits,
    pending_too: bool,
) -> Result<Vec<(ExternalId, Refund)>, Unmapped> {
    let currency = currency(&order.currency_code)?;
    let mut all: Vec<(&wire::Payment, &wire::Refund)> = order
        .payments
        .iter()
        .flatten()
        .flat_map(|payment| payment.refunds.iter().map(move |refund| (payment, refund)))
        .filter(|(_, refund)| is_told(refund, pending_too))
        .collect();
    all.sort_by_key(|(_, refund)| refund.created_at);
    let paid = order.payments.iter().flatten();
    let paid: i64 = paid
        .filter(|payment| payment.state == "Settled")
        .map(|payment| payment.amount)
        .sum();
    // What was called off lessens the total; what was paid for it goes back all the same.
    let total = digits.of(order.total_with_tax.max(paid), currency);
    let (mut before, mut told) = (Money::zero(currency), Vec::with_capacity(all.len()));
    for (place, (payment, wire)) in all.into_iter().enumerate() {
        let amount = digits.of(wire.total, currency);
        let mut refund = Refund {
            number: format!("{}-R{}", order.code, place + 1),
            key: key(wire).map(str::to_owned),
            order: OrderRef {
                id: id(order.id.clone())?,
                key: None,
            },
            order_number: order.code.clone(),
            at: wire.created_at,
            test: false,
            taxes_included: false,
            lines: lines(wire, order, digits, currency)?,
            adjustments: Vec::new(),
            transactions: vec![Repayment {
                id: id(wire.id.clone())?,
                method: payment.method.clone(),
                amount: Amount::same(amount),
                at: wire.created_at,
            }],
            total: Amount::same(amount),
            order_total: Amount::same(total),
            refunded_before: Amount::same(before),
            note: given(wire.reason.as_ref()),
        };
        settle(&mut refund)?;
        before = before.plus(amount)?;
        told.push((id(format!("{}.{}", order.id, wire.id))?, refund));
    }
    Ok(told)
}

/// The key that Causeway made it under.
pub(super) fn key(wire: &wire::Refund) -> Option<&str> {
    let key = key_in(wire.reason.as_deref()?)?;
    key.contains("-refund-").then_some(key)
}

fn lines(
    wire: &wire::Refund,
    order: &wire::Order,
    digits: Digits,
    currency: Currency,
) -> Result<Vec<RefundLine>, Unmapped> {
    let amount = |units| Amount::same(digits.of(units, currency));
    let mut all = Vec::new();
    for units in &wire.lines {
        let sold = order
            .lines
            .iter()
            .find(|line| line.id == units.order_line_id);
        let Some(sold) = sold.filter(|_| units.quantity > 0) else {
            continue;
        };
        let net = sold.prorated_unit_price.saturating_mul(units.quantity);
        let gross = sold
            .prorated_unit_price_with_tax
            .saturating_mul(units.quantity);
        let tax = gross.saturating_sub(net);
        all.push(RefundLine {
            id: id(sold.id.clone())?,
            order_line: id(sold.id.clone())?,
            kind: article(sold),
            title: title(sold),
            quantity: Decimal::from(units.quantity),
            amount: amount(net),
            taxes: (tax != 0)
                .then(|| tax_line(&sold.tax_lines, amount(tax)))
                .into_iter()
                .collect(),
            restock: Restock::No,
            location: None,
        });
    }
    if let Some(sold) = order.shipping_lines.first()
        && wire.shipping != 0
    {
        let method = delivery_of(sold);
        let gross = digits.of(wire.shipping, currency);
        let whole = digits.of(sold.discounted_price_with_tax, currency);
        let net = digits.of(sold.discounted_price, currency);
        let share = net.amount.checked_div(whole.amount).unwrap_or(Decimal::ONE);
        let net = gross.times(share)?.rounded();
        let tax = Amount::same(gross.minus(net)?);
        all.push(RefundLine {
            id: id(format!("shipping-{}", sold.id))?,
            order_line: id(format!("shipping-{}", sold.id))?,
            kind: LineKind::Shipping {
                method: method.clone(),
            },
            title: method,
            quantity: Decimal::ONE,
            amount: Amount::same(net),
            taxes: (!tax.shop.is_zero())
                .then(|| tax_line(&[], tax))
                .into_iter()
                .collect(),
            restock: Restock::No,
            location: None,
        });
    }
    Ok(all)
}

/// What is given back for no line, or less than the lines come to: the server's people state the amount freely.
fn settle(refund: &mut Refund) -> Result<(), Unmapped> {
    let rest = refund.total_check(Side::Shop)?.difference;
    if !rest.is_zero() {
        refund.adjustments.push(Adjustment {
            id: id("amount")?,
            reason: refund.note.clone(),
            amount: Amount::same(rest),
            tax: Amount::same(Money::zero(rest.currency)),
        });
    }
    Ok(())
}
