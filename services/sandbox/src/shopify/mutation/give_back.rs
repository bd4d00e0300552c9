use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;

use super::{GraphError, Payload, Store, UserError};
use crate::shopify::model::store::to_second;
use crate::shopify::model::{Order, ids};
use crate::shopify::money::Money;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RefundInput {
    order_id: String,
    #[serde(default)]
    note: Option<String>,
    #[serde(default, rename = "notify")]
    _notify: Option<bool>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    refund_line_items: Option<Vec<LineInput>>,
    #[serde(default)]
    shipping: Option<ShippingInput>,
    #[serde(default)]
    transactions: Option<Vec<TransactionInput>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LineInput {
    line_item_id: String,
    quantity: u32,
    #[serde(default)]
    restock_type: Option<String>,
    #[serde(default)]
    location_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ShippingInput {
    amount: Decimal,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TransactionInput {
    amount: Decimal,
    gateway: String,
    kind: String,
    order_id: String,
    parent_id: String,
}

/// A refund that may be made.
struct Checked {
    order: usize,
    lines: Vec<(usize, u32, &'static str, Option<usize>)>,
    delivery: Money,
    by: Vec<(usize, Money)>,
}

/// Gives back money, and what it was paid for.
pub(super) fn refund(
    store: &mut Store,
    asked: &RefundInput,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let checked = match check(store, asked) {
        Ok(checked) => checked,
        Err((field, message)) => {
            return Ok(Payload::Refund {
                made: None,
                errors: vec![UserError::new(&[field], message)],
            });
        }
    };
    for (line, units, kind, place) in &checked.lines {
        restock(store, &checked, (*line, *units, kind), *place, now);
    }
    let made = store.change(checked.order, now, |order, at| {
        let lines = checked.lines.iter();
        let lines: Vec<_> = lines
            .map(|(line, units, kind, _)| (*line, *units, *kind))
            .collect();
        let refund = order.taken_back(&lines, checked.delivery, asked.note.as_deref(), at);
        order.pay_back(refund, &checked.by)
    });
    Ok(Payload::Refund {
        made: made.map(|place| (checked.order, place)),
        errors: Vec::new(),
    })
}

type Refusal = (&'static str, String);

fn check(store: &Store, asked: &RefundInput) -> Result<Checked, Refusal> {
    let index = ids::number("Order", &asked.order_id).and_then(ids::order_index);
    let order = index.and_then(|index| store.orders.get(index));
    let order = order.ok_or(("orderId", "Order does not exist".to_owned()))?;
    let money = order.currencies;
    // Required where the two differ.
    let (shop, buyer) = (money.shop.code, money.presentment.code);
    match asked.currency.as_deref() {
        None if shop == buyer => {}
        Some(code) if code == buyer => {}
        _ => {
            return Err((
                "currency",
                "Currency must be the presentment currency of the order".to_owned(),
            ));
        }
    }
    let mut lines = Vec::new();
    for line in asked.refund_line_items.iter().flatten() {
        lines.push(goods(store, order, line)?);
    }
    for (place, ..) in &lines {
        let wanted = lines.iter().filter(|(one, ..)| one == place);
        let wanted: u32 = wanted.map(|(_, units, ..)| *units).sum();
        let left = order
            .lines
            .get(*place)
            .map_or(0, |line| order.current_quantity(line));
        if wanted > left {
            let message = "Quantity cannot refund more items than were purchased".to_owned();
            return Err(("refundLineItems", message));
        }
    }
    let amount = |amount: Decimal| of(order, amount);
    let delivery = match &asked.shipping {
        Some(shipping) => amount(shipping.amount),
        None => Money::ZERO,
    };
    if delivery.presentment > order.current_shipping().presentment {
        let message = "Refund amount cannot be greater than the shipping amount".to_owned();
        return Err(("shipping", message));
    }
    let mut by: Vec<(usize, Money)> = Vec::new();
    for one in asked.transactions.iter().flatten() {
        let parent = ids::number("OrderTransaction", &one.parent_id).and_then(ids::part_place);
        let parent = parent.filter(|(of, _)| *of == order.index);
        let payment = parent.and_then(|(_, place)| order.payments().find(|one| one.place == place));
        let payment = payment.ok_or((
            "transactions",
            "Parent transaction does not exist".to_owned(),
        ))?;
        let refused = |message: &str| Err(("transactions", message.to_owned()));
        if one.kind != "REFUND" || one.order_id != asked.order_id || one.gateway != payment.gateway
        {
            return refused("Transaction is invalid");
        }
        let back = amount(one.amount);
        let before: i64 = by
            .iter()
            .filter(|(place, _)| *place == payment.place)
            .map(|(_, amount)| amount.presentment)
            .sum();
        if back.presentment <= 0 || back.presentment + before > order.left_of(payment).presentment {
            return refused(
                "Refund amount cannot be greater than the amount left of the transaction",
            );
        }
        by.push((payment.place, back));
    }
    let total: Money = by.iter().map(|(_, amount)| *amount).sum();
    let left = order.received() - order.refunded();
    if total.presentment > left.presentment {
        return Err((
            "transactions",
            "Refund amount cannot be greater than what was paid".to_owned(),
        ));
    }
    if lines.is_empty() && by.is_empty() && delivery.is_zero() {
        return Err((
            "refundLineItems",
            "Refund must give something back".to_owned(),
        ));
    }
    Ok(Checked {
        order: order.index,
        lines,
        delivery,
        by,
    })
}

fn goods(
    store: &Store,
    order: &Order,
    line: &LineInput,
) -> Result<(usize, u32, &'static str, Option<usize>), Refusal> {
    let place = ids::number("LineItem", &line.line_item_id).and_then(ids::part_place);
    let place = place.filter(|(of, place)| *of == order.index && *place < order.lines.len());
    let (_, place) = place.ok_or(("refundLineItems", "Line item does not exist".to_owned()))?;
    if line.quantity == 0 {
        return Err((
            "refundLineItems",
            "Quantity must be greater than 0".to_owned(),
        ));
    }
    let kind = match line.restock_type.as_deref() {
        Some("RETURN") => "RETURN",
        Some("CANCEL") => "CANCEL",
        None | Some("NO_RESTOCK") => "NO_RESTOCK",
        Some(_) => return Err(("refundLineItems", "Restock type is invalid".to_owned())),
    };
    let location = line.location_id.as_deref();
    let location = location
        .and_then(|id| ids::number("Location", id))
        .and_then(|id| store.location(id))
        .map(|location| location.index);
    if kind != "NO_RESTOCK" && location.is_none() {
        return Err((
            "refundLineItems",
            "Location is required to restock items".to_owned(),
        ));
    }
    if kind == "CANCEL" && line.quantity > order.unfulfilled(place) {
        return Err((
            "refundLineItems",
            "Only unfulfilled items can be cancelled".to_owned(),
        ));
    }
    Ok((place, line.quantity, kind, location))
}

/// What the client says in the buyer's currency, in both.
fn of(order: &Order, amount: Decimal) -> Money {
    let exponent = order.currencies.presentment.exponent;
    let minor = amount * Decimal::from(10_u64.pow(exponent));
    let minor = minor.round().to_i64().unwrap_or_default();
    let total = order.total();
    if total.presentment == minor {
        return total;
    }
    let shared = total.share(minor, total.presentment.max(1));
    Money {
        presentment: minor,
        ..shared
    }
}

/// Units come back into stock; those that were not sent will not be.
fn restock(
    store: &mut Store,
    checked: &Checked,
    (line, units, kind): (usize, u32, &str),
    place: Option<usize>,
    now: Timestamp,
) {
    let variant = store
        .orders
        .get(checked.order)
        .and_then(|order| order.lines.get(line))
        .and_then(|line| line.variant);
    if kind == "CANCEL"
        && let Some(order) = store.orders.get_mut(checked.order)
    {
        let mut open = units;
        for part in order
            .fulfilment_orders
            .iter_mut()
            .flat_map(|part| &mut part.lines)
        {
            if part.line == line {
                let taken = part.remaining.min(open);
                part.remaining -= taken;
                open -= taken;
            }
        }
    }
    let level = variant.zip(place).filter(|_| kind != "NO_RESTOCK");
    let level = level.and_then(|(variant, place)| store.inventory.get_mut(variant, place));
    if let Some(level) = level {
        level.available += i64::from(units);
        if kind == "CANCEL" {
            level.committed -= i64::from(units).min(level.committed);
        }
        level.updated_at = to_second(now);
    }
}
