//! Which of an order's line items a delivery is about.

use std::collections::BTreeMap;

use commerce::Fulfilment;
use ports::Fault;
use rust_decimal::prelude::ToPrimitive;

use super::{Units, held};
use crate::map::kits::KIT;
use crate::map::number;
use crate::wire::{OrderDeliveries, SoldLine};

/// Whole units of one line of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    order_line: Option<String>,
    sku: String,
    units: i64,
}

/// The delivery's lines in whole units.
///
/// # Errors
/// [`Fault::Held`] for a fraction of a unit, which Shopify cannot fulfil, and for a delivery of nothing.
pub(crate) fn wanted(delivery: &Fulfilment) -> Result<Vec<Wanted>, Fault> {
    let mut all = Vec::with_capacity(delivery.lines.len());
    for line in &delivery.lines {
        let whole = line
            .quantity
            .is_integer()
            .then(|| line.quantity.to_i64())
            .flatten();
        let Some(units) = whole.filter(|units| *units > 0) else {
            return Err(held(format!(
                "{} units of {}: Shopify fulfils whole units only",
                line.quantity, line.sku
            )));
        };
        all.push(Wanted {
            order_line: line.order_line.as_ref().map(ToString::to_string),
            sku: line.sku.to_string(),
            units,
        });
    }
    if all.is_empty() {
        return Err(held("the fulfilment has no lines".to_owned()));
    }
    Ok(all)
}

/// A line item as the order's fulfilment orders show it.
struct Line<'a> {
    sold: &'a SoldLine,
    sku: Option<&'a str>,
    /// Units that can still be taken.
    room: i64,
}

impl Line<'_> {
    fn group(&self) -> Option<&str> {
        self.sold
            .line_item_group
            .as_ref()
            .map(|group| group.id.as_str())
    }

    /// Units of this component in one kit.
    fn per_kit(&self) -> Option<i64> {
        let group = self.sold.line_item_group.as_ref()?;
        (self.sold.quantity.checked_rem(group.quantity)? == 0)
            .then(|| self.sold.quantity.checked_div(group.quantity))
            .flatten()
            .filter(|units| *units > 0)
    }
}

/// Units by line item: by the line's id where the delivery has kept it, else by SKU, over all lines that bear it; a kit by its
/// line or its SKU, taken apart into its components. `held` units count as still to be had.
pub(super) fn resolve(
    order: &OrderDeliveries,
    wanted: &[Wanted],
    held_units: &Units,
) -> Result<Units, Fault> {
    let mut lines = lines(order, held_units);
    let mut taken = Units::new();
    // Lines known by id first: what is known by SKU takes what they leave.
    let (by_id, by_sku): (Vec<&Wanted>, Vec<&Wanted>) = wanted
        .iter()
        .partition(|wanted| wanted.order_line.is_some());
    for wanted in by_id.into_iter().chain(by_sku) {
        take(&mut lines, &mut taken, wanted)?;
    }
    Ok(taken)
}

fn lines<'a>(order: &'a OrderDeliveries, held_units: &Units) -> Vec<Line<'a>> {
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines: Vec<Line<'a>> = Vec::new();
    for remaining in order
        .fulfillment_orders
        .nodes
        .iter()
        .flat_map(|it| &it.line_items.nodes)
    {
        let id = remaining.line_item.id.as_str();
        let place = *by_id.entry(id).or_insert(lines.len());
        match lines.get_mut(place) {
            Some(line) => line.room += remaining.remaining_quantity,
            None => lines.push(Line {
                sold: &remaining.line_item,
                sku: remaining.sku.as_deref().map(str::trim),
                room: remaining.remaining_quantity + held_units.get(id).copied().unwrap_or(0),
            }),
        }
    }
    lines
}

fn take(lines: &mut [Line<'_>], taken: &mut Units, wanted: &Wanted) -> Result<(), Fault> {
    let sku = wanted.sku.as_str();
    let own = |line: &Line<'_>| Some(number(&line.sold.id)) == wanted.order_line.as_deref();
    if lines.iter().any(own) {
        return spread(lines, taken, wanted, own);
    }
    let kit = wanted
        .order_line
        .as_deref()
        .and_then(|id| id.strip_prefix(KIT));
    let in_kit = |line: &Line<'_>| kit.is_some() && line.group().map(number) == kit;
    if lines.iter().any(in_kit) {
        let component = |line: &Line<'_>| in_kit(line) && line.sku == Some(sku);
        if lines.iter().any(component) {
            return spread(lines, taken, wanted, component);
        }
        return apart(lines, taken, wanted, in_kit);
    }
    let same_sku = |line: &Line<'_>| line.sku == Some(sku);
    if lines.iter().any(same_sku) {
        return spread(lines, taken, wanted, same_sku);
    }
    let kit_sku = |line: &Line<'_>| {
        let group = line.sold.line_item_group.as_ref();
        group.and_then(|group| group.variant_sku.as_deref()) == Some(sku)
    };
    if lines.iter().any(kit_sku) {
        return apart(lines, taken, wanted, kit_sku);
    }
    Err(held(format!(
        "the order has no line with SKU {sku} that is to be fulfilled"
    )))
}

/// Takes the units from the lines, first come first served.
fn spread(
    lines: &mut [Line<'_>],
    taken: &mut Units,
    wanted: &Wanted,
    fits: impl Fn(&Line<'_>) -> bool,
) -> Result<(), Fault> {
    let mut left = wanted.units;
    for line in lines.iter_mut().filter(|line| fits(line)) {
        let units = left.min(line.room);
        if units > 0 {
            line.room -= units;
            left -= units;
            *taken.entry(line.sold.id.clone()).or_default() += units;
        }
    }
    if left == 0 {
        return Ok(());
    }
    Err(held(format!(
        "{} of {} delivered, but only {} left to fulfil in Shopify: fulfilled by hand, refunded or removed from the order there",
        wanted.units,
        wanted.sku,
        wanted.units - left
    )))
}

/// Takes kits, component by component, from the first group that has them all.
fn apart(
    lines: &mut [Line<'_>],
    taken: &mut Units,
    wanted: &Wanted,
    fits: impl Fn(&Line<'_>) -> bool,
) -> Result<(), Fault> {
    let groups: Vec<String> = lines
        .iter()
        .filter(|line| fits(line))
        .filter_map(|line| line.group().map(str::to_owned))
        .collect();
    let mut left = wanted.units;
    for group in groups {
        let parts = || lines.iter().filter(|line| line.group() == Some(&group));
        let whole = parts()
            .map(|line| {
                line.per_kit()
                    .and_then(|per| line.room.checked_div(per))
                    .unwrap_or(0)
            })
            .min();
        let kits = whole.unwrap_or(0).min(left);
        if kits <= 0 {
            continue;
        }
        left -= kits;
        for line in lines.iter_mut().filter(|line| line.group() == Some(&group)) {
            let units = kits * line.per_kit().unwrap_or(0);
            line.room -= units;
            *taken.entry(line.sold.id.clone()).or_default() += units;
        }
    }
    if left == 0 {
        return Ok(());
    }
    Err(held(format!(
        "{} of kit {} delivered, but only {} left to fulfil whole in Shopify",
        wanted.units,
        wanted.sku,
        wanted.units - left
    )))
}
