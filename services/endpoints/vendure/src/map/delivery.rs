//! What has to be done so that the shop knows a delivery, or that an order was called off.

use std::collections::BTreeMap;

use commerce::{Cancellation, Fulfilment};
use ports::Fault;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{key_in, marked};
use crate::wire::{Fulfillment, Line, Order, Units};

/// What is to be done about a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The shop has it whole. What it shows otherwise and cannot be changed there any more.
    Told { id: String, differs: Option<String> },
    /// The shop has it as one that has not left yet.
    Begun { id: String },
    /// It is to be made.
    New {
        lines: Vec<Units>,
        method: String,
        tracking: String,
    },
}

/// What is to be done about the delivery of that key.
///
/// # Errors
/// [`Fault::Held`] naming what does not fit.
pub(crate) fn plan(order: &Order, delivery: &Fulfilment, key: &str) -> Result<Delivery, Fault> {
    let tracking = tracking(delivery);
    let mut ours = living(order).filter(|one| key_in(&one.method) == Some(key));
    if let Some(there) = ours.next() {
        let shown = there.tracking_code.as_deref().unwrap_or_default();
        let differs = (!tracking.is_empty() && shown != tracking).then(|| {
            format!("tracking '{shown}' in the shop, '{tracking}' here: Vendure changes none of a fulfilment that is there")
        });
        let id = there.id.clone();
        return Ok(match there.state.as_str() {
            "Created" | "Pending" => Delivery::Begun { id },
            _ => Delivery::Told { id, differs },
        });
    }
    if order.state == "Cancelled" {
        return Err(held(format!(
            "the order is cancelled in the shop, and goods of it left as {}: look at both, then mark this record as ignored",
            delivery.number
        )));
    }
    let lines = allot(order, delivery)?;
    Ok(Delivery::New {
        lines,
        method: marked(&method(delivery), key),
        tracking,
    })
}

fn living(order: &Order) -> impl Iterator<Item = &Fulfillment> {
    let all = order.fulfillments.iter().flatten();
    all.filter(|one| one.state != "Cancelled")
}

fn method(delivery: &Fulfilment) -> String {
    let mut parcels = delivery.parcels.iter();
    let carrier = parcels.find_map(|parcel| parcel.carrier.clone());
    let method = carrier.or_else(|| delivery.method.clone());
    method.unwrap_or_else(|| delivery.number.clone())
}

/// A fulfilment has room for one text: all numbers stand in it.
fn tracking(delivery: &Fulfilment) -> String {
    let numbers = delivery
        .parcels
        .iter()
        .filter_map(|parcel| parcel.tracking_number.as_deref());
    let numbers: Vec<&str> = numbers
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .collect();
    numbers.join(", ")
}

/// Units by line: by the line's id where the delivery has kept it, else by SKU over all lines that bear it.
fn allot(order: &Order, delivery: &Fulfilment) -> Result<Vec<Units>, Fault> {
    let mut sent: BTreeMap<&str, i64> = BTreeMap::new();
    for units in living(order).flat_map(|one| &one.lines) {
        let sum = sent.entry(units.order_line_id.as_str()).or_default();
        *sum = sum.saturating_add(units.quantity);
    }
    let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
    let (by_id, by_sku): (Vec<_>, Vec<_>) = delivery.lines.iter().partition(|line| {
        let own = line.order_line.as_ref();
        own.is_some_and(|own| order.lines.iter().any(|sold| sold.id == own.as_str()))
    });
    let known = by_id.len();
    for (place, line) in by_id.into_iter().chain(by_sku).enumerate() {
        let is_it = |sold: &&Line| {
            if place < known {
                line.order_line
                    .as_ref()
                    .is_some_and(|own| own.as_str() == sold.id)
            } else {
                let variant = sold.product_variant.as_ref();
                variant.is_some_and(|variant| variant.sku == line.sku.as_str())
            }
        };
        let mut open = whole(line.quantity)?;
        let mut is_sold = false;
        for sold in order.lines.iter().filter(is_it) {
            is_sold = true;
            let now = taken.entry(sold.id.as_str()).or_default();
            let before = sent.get(sold.id.as_str()).copied().unwrap_or_default();
            let room = sold.quantity.saturating_sub(before).saturating_sub(*now);
            let units = open.min(room.max(0));
            open = open.saturating_sub(units);
            *now = now.saturating_add(units);
        }
        if !is_sold {
            return Err(held(format!(
                "the order in the shop has no line of {}: tell the shop by hand, then mark this record as ignored",
                line.sku
            )));
        }
        if open > 0 {
            return Err(held(format!(
                "{open} of {} units of {} are more than the order has left to be sent",
                line.quantity.normalize(),
                line.sku
            )));
        }
    }
    let lines: Vec<Units> = taken
        .into_iter()
        .filter(|(_, quantity)| *quantity > 0)
        .map(|(line, quantity)| Units {
            order_line_id: line.to_owned(),
            quantity,
        })
        .collect();
    if lines.is_empty() {
        return Err(held("the fulfilment has no lines".to_owned()));
    }
    Ok(lines)
}

fn whole(quantity: Decimal) -> Result<i64, Fault> {
    let quantity = quantity.normalize();
    let units = quantity.is_integer().then(|| quantity.to_i64()).flatten();
    units.ok_or_else(|| held(format!("{quantity} units: Vendure counts whole ones only")))
}

/// What becomes of an order in the shop that was called off elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallOff {
    /// Nothing: it is off already.
    Moot,
    /// It is cancelled.
    Cancel,
    /// A person decides: why, and between what.
    Hold(String),
}

/// The decision.
pub(crate) fn call_off(cancellation: &Cancellation, order: &Order) -> CallOff {
    let held = |why: &str| {
        CallOff::Hold(format!(
            "{} was called off as {}, but {why}. Nothing was written. Choices: cancel in the shop what will not be delivered, then mark this record as ignored; or open the lines there again",
            order.code, cancellation.number
        ))
    };
    if order.state == "Cancelled" {
        CallOff::Moot
    } else if living(order).next().is_some() {
        held("part of it has left by the shop's account")
    } else if cancellation.begun {
        held("part of it is in an item fulfilment there that the shop does not show yet")
    } else {
        CallOff::Cancel
    }
}

fn held(why: String) -> Fault {
    Fault::Held { why }
}
