//! Money given back elsewhere, as refunds of the shop's.

use std::collections::BTreeMap;

use commerce::{LineLeft, Money, PaymentLeft, Refund, Remainder, Share, Side, Sku};
use ports::Fault;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use super::refund::key;
use super::{Digits, Unmapped, currency, id, marked};
use crate::wire::{self, Order};

/// The most characters of the merchant's own words that are kept.
const WORDS: usize = 200;

/// What of a refund the shop has: the first of its parts, and the sum of all. One that goes back by several payments has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// The number of the first part.
    pub(crate) id: String,
    /// What the parts come to, in the server's integers.
    pub(crate) total: i64,
}

/// What was made under that key, failed attempts left out.
pub(crate) fn given_under(order: &Order, wanted: &str) -> Option<Given> {
    let ours = all(order).filter(|refund| key(refund) == Some(wanted));
    let ours: Vec<&wire::Refund> = ours.collect();
    Some(Given {
        id: ours.first()?.id.clone(),
        total: ours.iter().map(|refund| refund.total).sum(),
    })
}

/// The refunds that have not failed.
fn all(order: &Order) -> impl Iterator<Item = &wire::Refund> {
    let all = order.payments.iter().flatten();
    all.flat_map(|payment| &payment.refunds)
        .filter(|refund| refund.state != "Failed")
}

/// The inputs of the refunds by which that comes back which is not back yet.
///
/// # Errors
/// [`Fault::Held`] for a refund of more than the order bears, or in another currency.
pub(crate) fn remainder(
    order: &Order,
    refund: &Refund,
    write_key: &str,
    digits: Digits,
) -> Result<Vec<Value>, Fault> {
    let total = refund.total.on(Side::Shop);
    if total.currency.code() != order.currency_code {
        let why = format!(
            "the buyer paid in {}, and the credit is in {}",
            order.currency_code,
            total.currency.code()
        );
        return Err(held(order, refund, &why));
    }
    let left = left(order, digits).map_err(|why| Fault::Unreadable {
        why: format!("order {} of the shop: {why}", order.code),
    })?;
    let mut meant = refund.clone();
    if let Some(given) = given_under(order, write_key) {
        let given = digits.of(given.total, total.currency);
        let open = total
            .minus(given)
            .map_err(|error| held(order, refund, &error.to_string()))?;
        // Its goods went with the first part.
        meant.lines.clear();
        meant.total = commerce::Amount::same(open);
    }
    let share = left
        .share(&meant)
        .map_err(|excess| held(order, refund, &excess.to_string()))?;
    let words: String = refund
        .note
        .iter()
        .flat_map(|note| note.trim().chars())
        .take(WORDS)
        .collect();
    let reason = marked(&format!("{} {words}", refund.number), write_key);
    let mut inputs = Vec::with_capacity(share.payments.len());
    for (place, part) in share.payments.iter().enumerate() {
        let amount = digits.units(part.amount).ok_or_else(|| {
            held(
                order,
                refund,
                &format!("the shop has no digits for {}", part.amount),
            )
        })?;
        // The amount decides. Lines, delivery and adjustment are deprecated, and the server's database refuses a refund without them.
        inputs.push(json!({
            "paymentId": part.id,
            "amount": amount,
            "reason": reason,
            "lines": if place == 0 { lines(&share) } else { Vec::new() },
            "shipping": 0,
            "adjustment": 0,
        }));
    }
    Ok(inputs)
}

/// What of the order can still be given back. Amounts of lines are without tax, as credits tell them.
fn left(order: &Order, digits: Digits) -> Result<Remainder, Unmapped> {
    let currency = currency(&order.currency_code)?;
    let mut back: BTreeMap<&str, i64> = BTreeMap::new();
    for units in all(order).flat_map(|refund| &refund.lines) {
        let sum = back.entry(units.order_line_id.as_str()).or_default();
        *sum = sum.saturating_add(units.quantity);
    }
    let mut lines = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        let sold = line.order_placed_quantity.max(line.quantity);
        let gone = back.get(line.id.as_str()).copied().unwrap_or_default();
        let quantity = sold.saturating_sub(gone).max(0);
        let by_unit = digits.of(line.unit_price.saturating_mul(quantity), currency);
        let whole = digits.of(line.line_price, currency);
        let by_line = Decimal::from(quantity).checked_div(Decimal::from(line.quantity));
        let by_line = whole.times(by_line.unwrap_or_default())?.rounded();
        lines.push(LineLeft {
            line: id(line.id.clone())?,
            sku: line
                .product_variant
                .as_ref()
                .and_then(|one| Sku::new(&one.sku).ok()),
            quantity: Decimal::from(quantity),
            // Each is rounded in its own way.
            amount: Money::new(by_unit.amount.max(by_line.amount), currency),
        });
    }
    let delivery: i64 = order
        .shipping_lines
        .iter()
        .map(|line| line.discounted_price)
        .sum();
    let price: i64 = order.shipping_lines.iter().map(|line| line.price).sum();
    let mut payments = Vec::new();
    let mut money = Money::zero(currency);
    for payment in order
        .payments
        .iter()
        .flatten()
        .filter(|one| one.state == "Settled")
    {
        let gone = payment
            .refunds
            .iter()
            .filter(|refund| refund.state != "Failed");
        let gone: i64 = gone.map(|refund| refund.total).sum();
        let amount = digits.of(payment.amount.saturating_sub(gone).max(0), currency);
        money = money.plus(amount)?;
        payments.push(PaymentLeft {
            id: id(payment.id.clone())?,
            method: payment.method.clone(),
            amount,
        });
    }
    Ok(Remainder {
        lines,
        delivery: digits.of(delivery, currency),
        delivery_price: digits.of(price, currency),
        money,
        payments,
    })
}

fn lines(share: &Share) -> Vec<Value> {
    let mut units: BTreeMap<&str, Decimal> = BTreeMap::new();
    for (line, quantity) in &share.lines {
        let sum = units.entry(line.as_str()).or_default();
        *sum = sum.saturating_add(*quantity);
    }
    let whole = units.into_iter().filter_map(|(line, quantity)| {
        let quantity = quantity.to_i64().filter(|quantity| *quantity > 0)?;
        Some(json!({ "orderLineId": line, "quantity": quantity }))
    });
    whole.collect()
}

fn held(order: &Order, refund: &Refund, why: &str) -> Fault {
    Fault::Held {
        why: format!(
            "{} gives back of {}, but {why}. Nothing was written. Choices: give back in the shop by hand what is due and mark this record as ignored; or correct {} and retry",
            refund.number, order.code, refund.number
        ),
    }
}
