//! Compares shipments: what NetSuite shipped, the store shows, with the same units and tracking numbers.

use std::collections::{BTreeMap, BTreeSet};

use ports::Status;
use rust_decimal::Decimal;
use sandbox::Sandbox;

use super::compare::{Report, unsettled};
use super::settle::Watcher;
use super::stores::Store;

/// Units by SKU, and tracking numbers, of one order.
#[derive(Debug, Default)]
struct Shipped {
    units: BTreeMap<String, Decimal>,
    tracking: BTreeSet<String>,
    /// How many tracking numbers the store can show.
    numbers: usize,
}

impl Shipped {
    /// Adds units; a kit counts as its members, which is how Shopify shows its bundles.
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

    /// Whether a store shows the same units, and as many of the tracking numbers as it can.
    fn is_shown_by(&self, shown: &Self) -> bool {
        self.units == shown.units
            && shown.tracking.is_subset(&self.tracking)
            && shown.tracking.len() == self.numbers
    }
}

/// How many of NetSuite's shipped fulfilments belong to orders of stores.
pub(in crate::commands) fn of_stores(sandbox: &Sandbox) -> usize {
    sandbox
        .netsuite()
        .shipments()
        .iter()
        .filter(|shipment| shipment.order_key.is_some())
        .count()
}

pub(in crate::commands) async fn compare(
    store: Store,
    sandbox: &Sandbox,
    watcher: &Watcher,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut ledger = watcher.records(&store.sync("shipments")).await?;
    let mut wanted: BTreeMap<String, Shipped> = BTreeMap::new();
    let mut own: BTreeSet<String> = BTreeSet::new();
    for shipment in sandbox.netsuite().shipments() {
        let key = shipment.order_key.as_deref();
        let Some(order) = key.and_then(|key| store.order_of(key)) else {
            continue;
        };
        own.insert(shipment.id.to_string());
        let shipped = wanted.entry(order.to_owned()).or_default();
        for (sku, units) in &shipment.units {
            shipped.add(sandbox, sku, *units);
        }
        shipped.numbers += store.shown().numbers(&shipment);
        shipped.tracking.extend(shipment.tracking_numbers);
    }
    // A sync reads all that left, and skips what was sold elsewhere.
    ledger.retain(|row| row.status != Status::Skipped || own.contains(row.key.id.as_str()));
    let mut differences: Vec<String> = unsettled("shipment", &ledger).collect();
    let mut shown: BTreeMap<String, Shipped> = BTreeMap::new();
    let in_store = store.shown().parcels(sandbox);
    for sent in &in_store {
        let shipped = shown.entry(sent.order.clone()).or_default();
        for (sku, units) in &sent.units {
            shipped.add(sandbox, sku, *units);
        }
        shipped.tracking.extend(sent.tracking.iter().cloned());
    }
    for (order, wanted) in &wanted {
        match shown.get(order) {
            Some(shown) if wanted.is_shown_by(shown) => {}
            shown => differences.push(format!(
                "order {order}: NetSuite shipped {wanted:?}, the shop shows {shown:?}"
            )),
        }
    }
    report.add(
        "shipments",
        [in_store.len(), ledger.len(), own.len()],
        differences,
    );
    Ok(())
}
