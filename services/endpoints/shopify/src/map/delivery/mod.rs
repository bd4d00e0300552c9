//! What has to be done so that an order's delivery is known to the shop: nothing, other tracking numbers, or fulfilments.
//!
//! Shopify gives a fulfilment no name of ours and has no idempotency for it, so an earlier one is recognised by what it says:
//! a tracking number in common; where the parcels have none, no tracking number and none but the wanted units, made since the
//! goods left. The latter could also be an earlier delivery of equal lines. Therefore a delivery without tracking numbers is
//! looked for only when an earlier write may have landed, or when the units that are left do not suffice; and whoever repeats a
//! write looks first.

mod allot;
mod input;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};

use commerce::{ExternalId, Fulfilment};
use jiff::{SignedDuration, Timestamp};
use kit::tracking_numbers;
use ports::{Fault, Twin};
use serde_json::{Value, json};
use url::Url;

use crate::wire::{
    Connection, Delivered, Fulfilled, OrderDeliveries, PageInfo, SoldLine, TrackingNumber,
};

pub(crate) use allot::Shipment;
pub(crate) use input::{Tracked, fulfilment, preferred, retracking};
pub(crate) use resolve::{Wanted, wanted};

/// Units by line item (its global id).
type Units = BTreeMap<String, i64>;

/// How much earlier than the goods left, by a system that may know only the day, a fulfilment of them can have been made.
const EARLIEST: SignedDuration = SignedDuration::from_hours(48);

/// What has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The delivery's fulfilments that are there.
    pub(crate) there: Vec<Landed>,
    /// Whether their tracking numbers are others than the delivery's.
    pub(crate) retrack: bool,
    /// What has to be made, one for each location.
    pub(crate) missing: Vec<Shipment>,
}

/// A fulfilment at the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Landed {
    /// Its global id.
    pub(crate) gid: String,
    /// Its number as an id.
    pub(crate) id: String,
    /// What people call it (`#1001-F1`).
    pub(crate) name: String,
}

impl From<&Delivered> for Landed {
    fn from(delivered: &Delivered) -> Self {
        Self {
            gid: delivered.id.clone(),
            id: delivered.legacy_resource_id.clone(),
            name: delivered.name.clone(),
        }
    }
}

/// The twin of a delivery: all its fulfilments, since goods from several locations need several.
pub(crate) fn twin(there: &[Landed]) -> Result<Twin, Fault> {
    let ids: Vec<&str> = there.iter().map(|landed| landed.id.as_str()).collect();
    let id = ExternalId::new(ids.join(",")).map_err(|error| Fault::Unreadable {
        why: error.to_string(),
    })?;
    Ok(Twin {
        id,
        number: there.first().map(|landed| landed.name.clone()),
    })
}

/// What is to be done about a delivery, given what the order looks like now.
///
/// # Errors
/// [`Fault::Held`] naming what does not fit.
pub(crate) fn plan(
    order: &OrderDeliveries,
    delivery: &Fulfilment,
    bound: Option<&Twin>,
    preferred: Option<&str>,
) -> Result<Plan, Fault> {
    let wanted = wanted(delivery)?;
    let numbers = tracking_numbers(delivery);
    if let Some(bound) = bound {
        return bound_plan(order, &wanted, &numbers, bound);
    }
    let found = if numbers.is_empty() {
        match rest(order, &wanted, Vec::new()) {
            Ok(found) => found,
            Err(shortage) => alike(order, &wanted, delivery.shipped_at).ok_or(shortage)?,
        }
    } else {
        rest(order, &wanted, sharing(order, &numbers))?
    };
    let retrack = found.missing.is_empty() && differs(&found.there, &numbers);
    Ok(Plan {
        missing: allot::shipments(order, &found.missing, preferred)?,
        there: found.there.into_iter().map(Landed::from).collect(),
        retrack,
    })
}

/// The delivery's fulfilments, if the shop has all of it.
///
/// # Errors
/// [`Fault::Held`] when the delivery itself makes no sense.
pub(crate) fn landed(
    order: &OrderDeliveries,
    delivery: &Fulfilment,
) -> Result<Option<Vec<Landed>>, Fault> {
    let wanted = wanted(delivery)?;
    let numbers = tracking_numbers(delivery);
    let found = if numbers.is_empty() {
        alike(order, &wanted, delivery.shipped_at)
    } else {
        rest(order, &wanted, sharing(order, &numbers)).ok()
    };
    Ok(found
        .filter(|found| !found.there.is_empty() && found.missing.is_empty())
        .map(|found| found.there.into_iter().map(Landed::from).collect()))
}

struct Found<'a> {
    there: Vec<&'a Delivered>,
    missing: Units,
}

/// What of the wanted units those fulfilments do not hold.
fn rest<'a>(
    order: &'a OrderDeliveries,
    wanted: &[Wanted],
    there: Vec<&'a Delivered>,
) -> Result<Found<'a>, Fault> {
    let held = units(&there);
    let mut missing = resolve::resolve(order, wanted, &held)?;
    for (line, units) in &held {
        if let Some(left) = missing.get_mut(line) {
            *left -= units;
        }
    }
    missing.retain(|_, units| *units > 0);
    Ok(Found { there, missing })
}

/// Fulfilments without tracking that together hold nothing but wanted units.
fn alike<'a>(
    order: &'a OrderDeliveries,
    wanted: &[Wanted],
    shipped_at: Timestamp,
) -> Option<Found<'a>> {
    let since = shipped_at.checked_sub(EARLIEST).unwrap_or(shipped_at);
    let mut there: Vec<&Delivered> = Vec::new();
    for candidate in underway(order) {
        if candidate.created_at < since || !tracked(&candidate.tracking_info).is_empty() {
            continue;
        }
        there.push(candidate);
        let held = units(&there);
        let fits = resolve::resolve(order, wanted, &held).is_ok_and(|resolved| {
            held.iter()
                .all(|(line, units)| resolved.get(line).is_some_and(|most| units <= most))
        });
        if !fits {
            there.pop();
        }
    }
    (!there.is_empty())
        .then(|| rest(order, wanted, there).ok())
        .flatten()
}

fn bound_plan(
    order: &OrderDeliveries,
    wanted: &[Wanted],
    numbers: &BTreeSet<String>,
    bound: &Twin,
) -> Result<Plan, Fault> {
    let ids: Vec<&str> = bound.id.as_str().split(',').collect();
    let there: Vec<&Delivered> = underway(order)
        .filter(|delivered| ids.contains(&delivered.legacy_resource_id.as_str()))
        .collect();
    let name = bound.number.as_deref().unwrap_or(bound.id.as_str());
    if there.len() != ids.len() {
        return Err(held(format!(
            "fulfilment {name} was cancelled in Shopify after it was written; fulfil the order there by hand, or ignore this record"
        )));
    }
    let held_units = units(&there);
    let same =
        resolve::resolve(order, wanted, &held_units).is_ok_and(|resolved| resolved == held_units);
    if !same {
        return Err(held(format!(
            "the lines changed after fulfilment {name} was written, and Shopify cannot change a fulfilment's lines; cancel it in Shopify and correct it there by hand"
        )));
    }
    Ok(Plan {
        retrack: differs(&there, numbers),
        there: there.into_iter().map(Landed::from).collect(),
        missing: Vec::new(),
    })
}

/// Whether the shop shows other numbers. A delivery without numbers leaves those alone that somebody entered.
fn differs(there: &[&Delivered], numbers: &BTreeSet<String>) -> bool {
    !numbers.is_empty()
        && there
            .iter()
            .any(|delivered| tracked(&delivered.tracking_info) != *numbers)
}

fn sharing<'a>(order: &'a OrderDeliveries, numbers: &BTreeSet<String>) -> Vec<&'a Delivered> {
    underway(order)
        .filter(|delivered| !tracked(&delivered.tracking_info).is_disjoint(numbers))
        .collect()
}

/// Fulfilments that count: not cancelled, not failed.
fn underway(order: &OrderDeliveries) -> impl Iterator<Item = &Delivered> {
    order
        .fulfillments
        .iter()
        .filter(|delivered| counts(&delivered.status))
}

/// Whether a fulfilment in that status counts.
pub(crate) fn counts(status: &str) -> bool {
    matches!(status, "SUCCESS" | "OPEN" | "PENDING")
}

pub(crate) fn tracked(shown: &[TrackingNumber]) -> BTreeSet<String> {
    let numbers = shown.iter();
    numbers
        .filter_map(|info| super::given(info.number.as_ref()))
        .collect()
}

fn units(there: &[&Delivered]) -> Units {
    let mut sum = Units::new();
    for line in there
        .iter()
        .flat_map(|delivered| &delivered.fulfillment_line_items.nodes)
    {
        *sum.entry(line.line_item.id.clone()).or_default() += line.quantity.unwrap_or(0);
    }
    sum
}

fn held(why: String) -> Fault {
    Fault::Held { why }
}

/// `FulfillmentTrackingInput`; nothing for a delivery without tracking numbers. Links are given only when every number has one: Shopify
/// matches them by position.
fn tracking(delivery: &Fulfilment, carriers: &BTreeMap<String, String>) -> Option<Value> {
    let tracked: Vec<_> = delivery
        .parcels
        .iter()
        .filter_map(|parcel| Some((super::given(parcel.tracking_number.as_ref())?, parcel)))
        .collect();
    let carrier = tracked
        .iter()
        .find_map(|(_, parcel)| super::given(parcel.carrier.as_ref()));
    let numbers: Vec<&str> = tracked.iter().map(|(number, _)| number.as_str()).collect();
    if numbers.is_empty() {
        return None;
    }
    let links: Vec<&str> = tracked
        .iter()
        .filter_map(|(_, parcel)| parcel.tracking_url.as_deref())
        .filter(|link| Url::parse(link).is_ok())
        .collect();
    let mut input = serde_json::Map::new();
    if links.len() == numbers.len() {
        input.insert("urls".to_owned(), json!(links));
    }
    input.insert("numbers".to_owned(), json!(numbers));
    if let Some(carrier) = carrier {
        let company = carriers.get(&carrier).unwrap_or(&carrier);
        input.insert("company".to_owned(), json!(company));
    }
    Some(Value::Object(input))
}

/// Takes a fulfilment that was just made into account, for what else is to be done about the same order.
pub(crate) fn after_creation(
    order: &mut OrderDeliveries,
    shipment: &Shipment,
    delivery: &Fulfilment,
    made: &Landed,
    at: Timestamp,
) {
    for line in order
        .fulfillment_orders
        .nodes
        .iter_mut()
        .flat_map(|it| &mut it.line_items.nodes)
    {
        line.remaining_quantity -= shipment.units_of(&line.id);
    }
    let nodes = shipment.sold.iter().map(|(line, units)| Fulfilled {
        quantity: Some(*units),
        line_item: SoldLine {
            id: line.clone(),
            quantity: 0,
            line_item_group: None,
        },
    });
    order.fulfillments.push(Delivered {
        id: made.gid.clone(),
        legacy_resource_id: made.id.clone(),
        name: made.name.clone(),
        status: "SUCCESS".to_owned(),
        created_at: at,
        tracking_info: tracking_numbers(delivery)
            .into_iter()
            .map(|number| TrackingNumber {
                number: Some(number),
            })
            .collect(),
        fulfillment_line_items: Connection {
            nodes: nodes.collect(),
            page_info: PageInfo::default(),
        },
    });
}

#[cfg(test)]
mod tests;
