//! Money given back elsewhere, as a refund of the shop's.

use std::collections::BTreeMap;

use commerce::{
    Currency, LineId, LineLeft, Money, PaymentLeft, Refund, Remainder, Share, Side, Sku,
    minor_units,
};
use kit::{Unmapped, key_in, more_than_is_left, note};
use ports::Fault;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::order::decimal;
use super::refund::named;
use super::{KEY, given, id, meta, money};
use crate::Givebacks;
use crate::wire::{self, Exact, Part, PartTax};

/// What people call the order.
pub(crate) fn order_number(order: &wire::Order) -> String {
    if order.number.0.is_empty() {
        return order.id.to_string();
    }
    order.number.0.clone()
}

/// The key that a refund was made under: in its meta data, and at the end of its reason, which is there from the first moment.
pub(crate) fn key_of(wire: &wire::Refund) -> Option<String> {
    let marked = meta(&wire.meta_data, KEY).and_then(Value::as_str);
    marked.or_else(|| key_in(&wire.reason.0)).map(str::to_owned)
}

/// The refund that was made under this key.
pub(crate) fn made_under<'a>(refunds: &'a [wire::Refund], key: &str) -> Option<&'a wire::Refund> {
    let mut all = refunds.iter();
    all.find(|refund| key_of(refund).as_deref() == Some(key))
}

/// What the refund was meant to give back and did not, or the other way round.
///
/// # Errors
/// [`Fault::Unreadable`] for an amount that is none.
pub(crate) fn discrepancy(there: &wire::Refund, refund: &Refund) -> Result<Option<String>, Fault> {
    let wanted = refund.total.on(Side::Shop);
    let there = money(&there.amount, wanted.currency).map_err(unreadable)?;
    Ok((there.amount != wanted.amount).then(|| {
        format!(
            "the shop gave back {there}, and {} says {wanted}",
            refund.number
        )
    }))
}

/// The body of the refund: what the order bears of it.
///
/// # Errors
/// [`Fault::Held`] for a refund of more than is left, or in another currency; [`Fault::Unreadable`] for an order that makes no sense.
pub(crate) fn body(
    order: &wire::Order,
    refunds: &[wire::Refund],
    refund: &Refund,
    key: &str,
    settings: &Givebacks,
) -> Result<wire::Giveback, Fault> {
    let total = refund.total.on(Side::Shop);
    if total.currency.code() != order.currency {
        return Err(more_than_is_left(
            refund,
            &order.number.0,
            &format!(
                "the buyer paid in {}, and the credit is in {}",
                order.currency,
                total.currency.code()
            ),
        ));
    }
    let left = remainder(order, refunds, total.currency).map_err(unreadable)?;
    let share = left
        .share(refund)
        .map_err(|excess| more_than_is_left(refund, &order.number.0, &excess.to_string()))?;
    let lines = lines(order, &share, total).map_err(unreadable)?;
    Ok(wire::Giveback {
        amount: total.rounded().amount.to_string(),
        reason: note(refund, key),
        api_refund: settings.through_gateway,
        api_restock: settings.restock,
        line_items: lines,
        meta_data: vec![json!({ "key": KEY, "value": key })],
    })
}

/// What of the order can still be given back. Lines are without tax and before discounts, as credits tell them.
fn remainder(
    order: &wire::Order,
    refunds: &[wire::Refund],
    currency: Currency,
) -> Result<Remainder, Unmapped> {
    let back = |line: &wire::Charge| -> Result<Decimal, Unmapped> {
        let mut units = Decimal::ZERO;
        let all = refunds.iter().flat_map(|refund| &refund.line_items);
        for one in all.filter(|one| named(one) == Some(line.id)) {
            units = units.saturating_add(decimal(&one.quantity)?.abs());
        }
        Ok(units)
    };
    let mut lines = Vec::with_capacity(order.line_items.len());
    for line in &order.line_items {
        let ordered = decimal(&line.quantity)?;
        let quantity = ordered.saturating_sub(back(line)?).max(Decimal::ZERO);
        let price = money(&line.subtotal, currency)?;
        let part = quantity.checked_div(ordered).unwrap_or_default();
        lines.push(LineLeft {
            line: id(line.id.to_string())?,
            sku: given(&line.sku).and_then(|sku| Sku::new(sku).ok()),
            quantity,
            amount: price.times(part)?.rounded(),
        });
    }
    let mut delivery = Money::zero(currency);
    for line in &order.shipping_lines {
        delivery = delivery.plus(money(&line.total, currency)?)?;
    }
    let mut given_back = Money::zero(currency);
    for one in refunds {
        given_back = given_back.plus(money(&one.amount, currency)?)?;
        for line in &one.shipping_lines {
            delivery = delivery.plus(money(&line.total, currency)?)?;
        }
    }
    let paid = money(&order.total, currency)?.minus(given_back)?;
    Ok(Remainder {
        lines,
        delivery,
        delivery_price: delivery,
        money: paid,
        payments: vec![PaymentLeft {
            id: id("payment")?,
            method: order.payment_method.0.clone(),
            amount: paid,
        }],
    })
}

/// The lines that go back, by their numbers: units with what the buyer paid for them, after discounts and with tax, as far as the refund's
/// total goes; what it has beyond them is an amount without a line.
fn lines(order: &wire::Order, share: &Share, total: Money) -> Result<Vec<Part>, Unmapped> {
    let mut open = total.amount;
    let mut all = Vec::new();
    // A line that is named twice: of two entries, WooCommerce would take the last.
    let mut taken: BTreeMap<&LineId, Decimal> = BTreeMap::new();
    for (line, units) in &share.lines {
        let sum = taken.entry(line).or_default();
        *sum = sum.saturating_add(*units);
    }
    for (line, units) in taken {
        let Some(sold) = by_id(&order.line_items, line) else {
            continue;
        };
        let ordered = decimal(&sold.quantity)?;
        let share = units.checked_div(ordered).unwrap_or_default();
        all.push(Part {
            quantity: Some(Exact(units)),
            ..part(sold, share, &mut open, total.currency)?
        });
    }
    if let Some(sold) = order.shipping_lines.first()
        && !share.delivery.is_zero()
    {
        let price = money(&sold.total, total.currency)?;
        let share = share.delivery.amount.checked_div(price.amount);
        let share = share.unwrap_or_default().min(Decimal::ONE);
        all.push(part(sold, share, &mut open, total.currency)?);
    }
    Ok(all)
}

/// A share of a line's charge and of its taxes, never more than is open.
fn part(
    sold: &wire::Charge,
    share: Decimal,
    open: &mut Decimal,
    currency: Currency,
) -> Result<Part, Unmapped> {
    let digits = minor_units(currency);
    let mut take = |text: &wire::Text| -> Result<Exact, Unmapped> {
        let whole = money(text, currency)?.amount.saturating_mul(share);
        let part = whole.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
        let taken = part.min(*open).max(Decimal::ZERO);
        *open = open.saturating_sub(taken);
        Ok(Exact(taken))
    };
    let refund_total = take(&sold.total)?;
    let mut refund_tax = Vec::with_capacity(sold.taxes.len());
    for tax in &sold.taxes {
        refund_tax.push(PartTax {
            id: tax.id.0.clone(),
            refund_total: take(&tax.total)?,
        });
    }
    Ok(Part {
        id: sold.id.to_string(),
        quantity: None,
        refund_total,
        refund_tax,
    })
}

fn by_id<'a>(lines: &'a [wire::Charge], line: &LineId) -> Option<&'a wire::Charge> {
    let mut all = lines.iter();
    all.find(|one| one.id.to_string() == line.as_str())
}

fn unreadable(why: Unmapped) -> Fault {
    Fault::Unreadable {
        why: format!("an order of the shop: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_named_twice_goes_back_once_with_all_its_units() {
        let order = json!({
            "id": 7, "status": "processing", "currency": "EUR", "total": "35.70",
            "line_items": [{
                "id": 5, "quantity": 3, "subtotal": "30.00", "total": "30.00",
                "taxes": [{ "id": 1, "total": "5.70" }],
            }],
        });
        let order: wire::Order = serde_json::from_value(order).unwrap();
        let euro = |text: &str| Money::new(text.parse().unwrap(), Currency::EUR);
        let line = LineId::new("5").unwrap();
        let share = Share {
            lines: vec![(line.clone(), Decimal::ONE), (line, Decimal::ONE)],
            delivery: euro("0"),
            payments: Vec::new(),
        };
        let parts = lines(&order, &share, euro("23.80")).unwrap();
        assert_eq!(
            serde_json::to_string(&parts).unwrap(),
            r#"[{"id":"5","quantity":2,"refund_total":20,"refund_tax":[{"id":"1","refund_total":3.8}]}]"#
        );
    }
}
