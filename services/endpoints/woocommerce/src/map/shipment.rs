//! What has to be done so that an order's delivery is known to the shop.
//!
//! WooCommerce does not know which units of an order have left. Each delivery leaves a mark in the order's meta data, under a name of its own:
//! its key, units by line, tracking numbers. By the marks a delivery is found again, none is told twice, and the one that completes the order is known.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{Fulfilment, LineId};
use kit::{Room, Unmapped, allot, tracking_numbers};
use ports::Fault;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::order::decimal;
use super::{id, meta};
use crate::wire::{Charge, Order};

/// What the names of marks begin with; the key follows.
const MARK: &str = "_causeway_shipment_";

/// A delivery that the shop was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The delivery's number.
    pub(crate) number: String,
    /// Units by the order's line.
    pub(crate) lines: BTreeMap<String, Decimal>,
    /// Its tracking numbers.
    #[serde(default)]
    pub(crate) tracking: BTreeSet<String>,
}

/// What is to be done about a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shipment {
    /// The mark to be left.
    pub(crate) mark: Mark,
    /// The one that is there.
    pub(crate) there: Option<Mark>,
    /// Whether nothing is left to be sent of the order then.
    pub(crate) completes: bool,
}

impl Shipment {
    /// Whether there is nothing to be told. A delivery without tracking numbers leaves those alone that were told before.
    pub(crate) fn is_told(&self) -> bool {
        self.there.as_ref().is_some_and(|there| {
            self.mark.tracking.is_empty() || there.tracking == self.mark.tracking
        })
    }
}

/// The mark of the delivery of that key.
pub(crate) fn mark(order: &Order, key: &str) -> Option<Mark> {
    let value = meta(&order.meta_data, &format!("{MARK}{key}"))?;
    serde_json::from_value(value.clone()).ok()
}

/// Whether meta data of that name tell a delivery.
pub(crate) fn is_mark(key: &str) -> bool {
    key.starts_with(MARK)
}

/// Whether any delivery was told.
pub(super) fn has_shipments(order: &Order) -> bool {
    let mut all = order.meta_data.iter();
    all.any(|meta| meta.key.starts_with(MARK) && !meta.value.is_null())
}

/// What is to be done about the delivery of that key, of an order of which refunds took back those units.
///
/// # Errors
/// [`Fault::Held`] naming what does not fit.
pub(crate) fn plan(
    order: &Order,
    delivery: &Fulfilment,
    key: &str,
    refunded: &BTreeMap<LineId, Decimal>,
) -> Result<Shipment, Fault> {
    let own = format!("{MARK}{key}");
    let mut sent: BTreeMap<String, Decimal> = BTreeMap::new();
    for meta in &order.meta_data {
        let other = meta.key.starts_with(MARK) && meta.key != own;
        if let Ok(mark) = serde_json::from_value::<Mark>(meta.value.clone())
            && other
        {
            for (line, units) in mark.lines {
                let sum = sent.entry(line).or_default();
                *sum = sum.saturating_add(units);
            }
        }
    }
    let there = mark(order, key);
    let rooms = rooms(order, &sent).map_err(unreadable);
    let lines = match rooms.and_then(|rooms| allot(delivery, &rooms)) {
        Ok(lines) => lines,
        // What was told stays told, whatever became of the order since.
        Err(_) if there.is_some() => there.iter().flat_map(|one| one.lines.clone()).collect(),
        Err(fault) => return Err(fault),
    };
    if let Some(there) = &there
        && there.lines != lines
    {
        return Err(held(format!(
            "the lines changed after {} was told to the shop: correct the order's notes or tracking there, then mark this record as ignored",
            there.number
        )));
    }
    let done = matches!(
        order.status.as_str(),
        "cancelled" | "refunded" | "failed" | "trash"
    );
    if done && there.is_none() {
        return Err(held(format!(
            "the order is '{}' in the shop, and goods of it left as {}: look at both, then mark this record as ignored or give the order another status and retry",
            order.status, delivery.number
        )));
    }
    for (line, units) in &lines {
        let sum = sent.entry(line.clone()).or_default();
        *sum = sum.saturating_add(*units);
    }
    Ok(Shipment {
        completes: is_complete(order, &sent, refunded).map_err(unreadable)?,
        mark: Mark {
            number: delivery.number.clone(),
            lines,
            tracking: tracking_numbers(delivery),
        },
        there,
    })
}

/// What of the order's lines has not been sent.
fn rooms(order: &Order, sent: &BTreeMap<String, Decimal>) -> Result<Vec<Room>, Unmapped> {
    let room = |line: &Charge| {
        let id = line.id.to_string();
        let before = sent.get(&id).copied().unwrap_or_default();
        Ok(Room {
            units: decimal(&line.quantity)?.saturating_sub(before),
            sku: line.sku.0.clone(),
            line: id,
        })
    };
    order.line_items.iter().map(room).collect()
}

fn is_complete(
    order: &Order,
    sent: &BTreeMap<String, Decimal>,
    refunded: &BTreeMap<LineId, Decimal>,
) -> Result<bool, Unmapped> {
    for line in &order.line_items {
        let number = line.id.to_string();
        let gone = sent.get(&number).copied().unwrap_or_default();
        let back = refunded.get(&id(number)?).copied().unwrap_or_default();
        if gone.saturating_add(back) < decimal(&line.quantity)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The change of the order that leaves the mark, with these meta data beside it, and completes the order where it is to.
pub(crate) fn put(
    order: &Order,
    key: &str,
    shipment: &Shipment,
    beside: Option<(&str, Value)>,
    complete: bool,
) -> Value {
    let mut meta = vec![json!({ "key": format!("{MARK}{key}"), "value": shipment.mark })];
    meta.extend(beside.map(|(key, value)| json!({ "key": key, "value": value })));
    let mut body = Map::new();
    body.insert("meta_data".to_owned(), Value::Array(meta));
    let open = !matches!(
        order.status.as_str(),
        "completed" | "cancelled" | "refunded" | "failed" | "trash"
    );
    if complete && shipment.completes && open {
        body.insert("status".to_owned(), json!("completed"));
    }
    Value::Object(body)
}

fn held(why: String) -> Fault {
    Fault::Held { why }
}

fn unreadable(why: Unmapped) -> Fault {
    Fault::Unreadable {
        why: format!("an order of the shop: {why}"),
    }
}

#[cfg(test)]
mod tests;
