//! Compares shipments: what NetSuite shipped, the shop shows, with the same units and tracking numbers.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use sandbox::Sandbox;

use super::compare::{Report, unsettled};
use super::orders::number;
use super::settle::Watcher;

/// Units by SKU, and tracking numbers, of one order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shipped {
    units: BTreeMap<String, Decimal>,
    tracking: BTreeSet<String>,
}

impl Shipped {
    /// Adds units; a kit counts as its members, which is how the shop shows its bundles.
    fn add(&mut self, sandbox: &Sandbox, sku: &str, units: Decimal) {
        let items = &sandbox.catalogue().items;
        let kit = items.iter().find(|item| item.sku == sku && item.is_kit());
        let Some(kit) = kit else {
            *self.units.entry(sku.to_owned()).or_default() += units;
            return;
        };
        for member in &kit.members {
            let part = items.iter().find(|item| item.index == member.index);
            let Some(part) = part else { continue };
            *self.units.entry(part.sku.clone()).or_default() +=
                units * Decimal::from(member.quantity);
        }
    }
}

/// How many of NetSuite's shipped fulfilments belong to the shop's orders.
pub(in crate::commands) fn of_shop(sandbox: &Sandbox) -> usize {
    sandbox
        .netsuite()
        .shipments()
        .iter()
        .filter(|shipment| shipment.order_key.is_some())
        .count()
}

pub(in crate::commands) async fn compare(
    sandbox: &Sandbox,
    watcher: &Watcher,
    report: &mut Report,
) -> anyhow::Result<()> {
    let ledger = watcher.records("shipments").await?;
    let mut differences: Vec<String> = unsettled("shipment", &ledger).collect();
    let mut wanted: BTreeMap<String, Shipped> = BTreeMap::new();
    let shipments = sandbox.netsuite().shipments();
    for shipment in &shipments {
        let Some(order) = shipment
            .order_key
            .as_deref()
            .and_then(|key| key.strip_prefix("shop-"))
        else {
            continue;
        };
        let shipped = wanted.entry(order.to_owned()).or_default();
        for (sku, units) in &shipment.units {
            shipped.add(sandbox, sku, *units);
        }
        shipped
            .tracking
            .extend(shipment.tracking_numbers.iter().cloned());
    }
    let mut shown: BTreeMap<String, Shipped> = BTreeMap::new();
    let in_shop = sandbox.shopify().fulfilments();
    for fulfilment in in_shop
        .iter()
        .filter(|one| !one.tracking_numbers.is_empty() || wanted.contains_key(number(&one.order)))
    {
        let shipped = shown
            .entry(number(&fulfilment.order).to_owned())
            .or_default();
        for (sku, units) in &fulfilment.lines {
            shipped.add(sandbox, sku, Decimal::from(*units));
        }
        shipped
            .tracking
            .extend(fulfilment.tracking_numbers.iter().cloned());
    }
    for (order, wanted) in &wanted {
        match shown.get(order) {
            Some(shown) if shown == wanted => {}
            shown => differences.push(format!(
                "order {order}: NetSuite shipped {wanted:?}, the shop shows {shown:?}"
            )),
        }
    }
    report.add(
        "shipments",
        [in_shop.len(), ledger.len(), shipments.len()],
        differences,
    );
    Ok(())
}
