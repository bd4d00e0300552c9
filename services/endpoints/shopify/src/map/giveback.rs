//! Money given back elsewhere, as a refund of the shop's.

#[cfg(test)]
mod tests;

use commerce::{Amount, Digest, LineLeft, Money, PaymentLeft, Refund, Remainder, Share, Side, Sku};
use kit::{key_in, more_than_is_left, note};
use ports::Fault;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::amount::amount;
use super::{Unmapped, Within, given, id, number};
use crate::Givebacks;
use crate::wire::{Bag, GivebackLine, Given, OrderGivebacks};

/// The refund of the order that was made under this key.
pub(crate) fn made_under<'a>(order: &'a OrderGivebacks, key: &str) -> Option<&'a Given> {
    let bears = |one: &&Given| one.note.as_deref().and_then(key_in) == Some(key);
    order.refunds.iter().find(bears)
}

/// What the refund was meant to give back and did not, or the other way round.
///
/// # Errors
/// [`Fault::Unreadable`] for an amount that is none.
pub(crate) fn discrepancy(given: &Given, refund: &Refund) -> Result<Option<String>, Fault> {
    let wanted = refund.total.on(Side::Shop);
    let there = amount(&given.total_refunded_set).map_err(unreadable)?;
    let there = in_currency(&there, wanted);
    Ok(match there {
        Some(there) if there == wanted => None,
        Some(there) => Some(format!(
            "the shop gave back {there}, and {} says {wanted}",
            refund.number
        )),
        None => Some(format!(
            "the shop gave back in another currency than {} says",
            refund.number
        )),
    })
}

/// What the order bears of the refund, in the currency that the refund is told in.
///
/// # Errors
/// [`Fault::Held`] for a refund of more than is left, or in a currency that the buyer did not pay in; [`Fault::Unreadable`] for an
/// order that makes no sense.
fn share(order: &OrderGivebacks, refund: &Refund) -> Result<Share, Fault> {
    let currency = refund.total.on(Side::Shop).currency;
    // Shopify takes amounts in the buyer's currency alone.
    if currency.code() != order.presentment_currency_code {
        return Err(more_than_is_left(
            refund,
            &order.name,
            &format!(
                "the buyer paid in {}, and the credit is in {}",
                order.presentment_currency_code,
                currency.code()
            ),
        ));
    }
    let left = remainder(order).map_err(unreadable)?;
    left.share(refund)
        .map_err(|excess| more_than_is_left(refund, &order.name, &excess.to_string()))
}

fn unreadable(why: Unmapped) -> Fault {
    Fault::Unreadable {
        why: format!("an order's payments: {why}"),
    }
}

fn in_currency(amount: &Amount, like: Money) -> Option<Money> {
    let sides = [amount.presentment, amount.shop].into_iter();
    let mut same = sides.filter(|money| money.currency == like.currency);
    same.next()
}

/// As the buyer saw it.
fn seen(bag: &Bag) -> Result<Money, Unmapped> {
    Ok(amount(bag)?.presentment)
}

/// What of the order can still be given back, in the buyer's currency.
fn remainder(order: &OrderGivebacks) -> Result<Remainder, Unmapped> {
    let delivery = seen(&order.current_shipping_price_set)?;
    let untouched = seen(&order.total_refunded_shipping_set)?.is_zero();
    let delivery_price = if untouched {
        seen(&order.total_shipping_price_set)?
    } else {
        delivery
    };
    let mut money = Money::zero(delivery.currency);
    let mut payments: Vec<PaymentLeft> = Vec::new();
    for one in order
        .transactions
        .iter()
        .filter(|one| one.status == "SUCCESS")
    {
        let moved =
            seen(&one.amount_set).within(format_args!("transaction {}", number(&one.id)))?;
        match one.kind.as_str() {
            "SALE" | "CAPTURE" => {
                money = money.plus(moved)?;
                payments.push(PaymentLeft {
                    id: id(number(&one.id))?,
                    method: one.gateway.clone().unwrap_or_default(),
                    amount: moved,
                });
            }
            "REFUND" => {
                money = money.minus(moved)?;
                let parent = one
                    .parent_transaction
                    .as_ref()
                    .map(|parent| number(&parent.id));
                let from = payments
                    .iter_mut()
                    .find(|payment| Some(payment.id.as_str()) == parent);
                if let Some(payment) = from {
                    payment.amount = payment.amount.minus(moved)?;
                }
            }
            _ => {}
        }
    }
    let line = |line: &GivebackLine| -> Result<LineLeft, Unmapped> {
        let quantity = Decimal::from(line.refundable_quantity);
        Ok(LineLeft {
            line: id(number(&line.id))?,
            sku: given(line.sku.as_ref()).and_then(|sku| Sku::new(sku).ok()),
            quantity,
            amount: seen(&line.original_unit_price_set)?.times(quantity)?,
        })
    };
    Ok(Remainder {
        lines: order
            .line_items
            .nodes
            .iter()
            .map(line)
            .collect::<Result<_, _>>()?,
        delivery,
        delivery_price,
        money,
        payments,
    })
}

/// The variables of the request that gives back. Its idempotency key: Shopify remembers failures, too, under the key, so that another request has
/// another one, and so has the same request an hour later; in between it is looked up.
pub(crate) fn once(key: &str, input: Value, hour: i64) -> Value {
    let parts = [key.to_owned(), input.to_string(), hour.to_string()];
    let key = Digest::of(parts.iter().map(String::as_bytes)).to_string();
    json!({ "input": input, "key": key })
}

/// The `RefundInput`.
///
/// # Errors
/// As [`share`].
pub(crate) fn input(
    order: &OrderGivebacks,
    refund: &Refund,
    key: &str,
    settings: &Givebacks,
) -> Result<Value, Fault> {
    let share = share(order, refund)?;
    let lines: Vec<Value> = share
        .lines
        .iter()
        .flat_map(|(line, units)| refunded(order, line.as_str(), *units, settings))
        .collect();
    let payments = share.payments.iter().map(|payment| {
        json!({
            "orderId": order.id,
            "parentId": format!("gid://shopify/OrderTransaction/{}", payment.id),
            "kind": "REFUND",
            "gateway": payment.method,
            "amount": payment.amount.amount.to_string(),
        })
    });
    let delivery =
        (!share.delivery.is_zero()).then(|| json!({ "amount": share.delivery.amount.to_string() }));
    Ok(json!({
        "orderId": order.id,
        "note": note(refund, key),
        "notify": settings.notify_customer,
        "currency": order.presentment_currency_code,
        "refundLineItems": lines,
        "shipping": delivery,
        "transactions": payments.collect::<Vec<_>>(),
    }))
}

/// Units that were not sent are called off, the others have come back; without a place to put them neither moves stock.
fn refunded(
    order: &OrderGivebacks,
    line: &str,
    units: Decimal,
    settings: &Givebacks,
) -> Vec<Value> {
    let mut lines = order.line_items.nodes.iter();
    let Some(known) = lines.find(|known| number(&known.id) == line) else {
        return Vec::new();
    };
    let part = |units: Decimal, kind: &str, place: Option<&String>| {
        json!({
            "lineItemId": known.id,
            "quantity": serde_json::from_str::<Value>(&units.normalize().to_string()).unwrap_or_default(),
            "restockType": kind,
            "locationId": place.map(|place| format!("gid://shopify/Location/{place}")),
        })
    };
    let Some(place) = &settings.restock_at else {
        return vec![part(units, "NO_RESTOCK", None)];
    };
    let unsent = Decimal::from(known.unfulfilled_quantity).clamp(Decimal::ZERO, units);
    let back = units.saturating_sub(unsent);
    let parts = [(unsent, "CANCEL"), (back, "RETURN")].into_iter();
    parts
        .filter(|(units, _)| *units > Decimal::ZERO)
        .map(|(units, kind)| part(units, kind, Some(place)))
        .collect()
}
