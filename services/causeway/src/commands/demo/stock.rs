//! Compares stock: what NetSuite has available, the shop offers.

use std::collections::{HashMap, HashSet};

use ports::Status;
use rust_decimal::Decimal;
use sandbox::{Item, Sandbox};

use super::compare::{Report, unsettled};
use super::settle::Watcher;

/// Places where the shop offers something else than NetSuite has available, in words.
pub(in crate::commands) fn differences(sandbox: &Sandbox) -> Vec<String> {
    let offered: HashMap<(String, String), i64> = sandbox
        .shopify()
        .inventory()
        .into_iter()
        .map(|view| ((view.sku, view.location), view.available))
        .collect();
    let mut differences = Vec::new();
    for item in counted(sandbox) {
        for location in &sandbox.catalogue().locations {
            let Some(available) = available(sandbox, item, location.netsuite_id) else {
                continue;
            };
            let shown = offered
                .get(&(item.sku.clone(), location.name.clone()))
                .copied();
            if shown.map(Decimal::from) != Some(available) {
                differences.push(format!(
                    "{} at {}: {available} available in NetSuite, {shown:?} offered in the shop",
                    item.sku, location.name
                ));
            }
        }
    }
    differences
}

/// What the shop keeps count of: not its bundles, whose stock is that of their parts.
fn counted(sandbox: &Sandbox) -> impl Iterator<Item = &Item> {
    let shown: HashSet<String> = sandbox
        .shopify()
        .inventory()
        .into_iter()
        .map(|view| view.sku)
        .collect();
    let items = sandbox.catalogue().items.iter();
    items.filter(move |item| !item.is_kit() || shown.contains(&item.sku))
}

/// What can be sold from a location of NetSuite's: a shop offers whole units and never fewer than none, and of a kit as many as
/// can be put together there.
fn available(sandbox: &Sandbox, item: &Item, location: u64) -> Option<Decimal> {
    let whole = |item: &Item, each: u32| {
        let level = sandbox.netsuite().stock(&item.sku, location)?;
        let units = level.available() / Decimal::from(each);
        Some(units.floor().max(Decimal::ZERO))
    };
    if !item.is_kit() {
        return whole(item, 1);
    }
    let items = &sandbox.catalogue().items;
    let made = item.members.iter().map(|member| {
        let part = items.iter().find(|part| part.index == member.index)?;
        whole(part, member.quantity)
    });
    made.collect::<Option<Vec<Decimal>>>()?.into_iter().min()
}

pub(in crate::commands) async fn compare(
    sandbox: &Sandbox,
    watcher: &Watcher,
    report: &mut Report,
) -> anyhow::Result<()> {
    let places = counted(sandbox).count() * sandbox.catalogue().locations.len();
    let offered = sandbox.shopify().inventory().len();
    let mut differences = differences(sandbox);
    let mut ledger = watcher.records("stock").await?;
    // The shop's bundles are left to the shop.
    let counted: HashSet<&str> = counted(sandbox).map(|item| item.sku.as_str()).collect();
    ledger.retain(|row| row.status != Status::Skipped || counted.contains(row.number.as_str()));
    differences.extend(unsettled("stock", &ledger));
    report.add("stock levels", [offered, ledger.len(), places], differences);
    Ok(())
}
