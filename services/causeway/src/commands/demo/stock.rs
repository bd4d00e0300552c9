//! Compares stock: what NetSuite has for sale, the shop offers.

use std::collections::{HashMap, HashSet};

use ports::Status;
use rust_decimal::Decimal;
use sandbox::{Item, Location, Sandbox};

use super::compare::{Report, unsettled};
use super::pools::{POOLS, Pool};
use super::settle::Watcher;

/// Places where the shop offers something else than NetSuite has for sale, in words.
pub(in crate::commands) fn differences(sandbox: &Sandbox) -> Vec<String> {
    let offered: HashMap<(String, String), i64> = sandbox
        .shopify()
        .inventory()
        .into_iter()
        .map(|view| ((view.sku, view.location), view.available))
        .collect();
    let mut differences = Vec::new();
    for item in counted(sandbox) {
        for pool in &POOLS {
            let (Some(available), Some(place)) = (
                available(sandbox, item, pool),
                pool.shown_at(sandbox.catalogue()),
            ) else {
                continue;
            };
            let shown = offered
                .get(&(item.sku.clone(), place.name.clone()))
                .copied();
            if shown.map(Decimal::from) != Some(available) {
                differences.push(format!(
                    "{} in {}: {available} for sale by NetSuite, {shown:?} offered in the shop",
                    item.sku, pool.name
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

/// What can be sold from a pool: a shop offers whole units and never fewer than none. Of a kit it is what its scarcest part makes
/// above the buffer, and no more than can be put together at one location each.
fn available(sandbox: &Sandbox, item: &Item, pool: &Pool) -> Option<Decimal> {
    let catalogue = sandbox.catalogue();
    let at = |sku: &str, location: &Location| {
        let level = sandbox.netsuite().stock(sku, location.netsuite_id);
        level.map(|level| level.available())
    };
    let spare = |sku: &str| {
        let there = pool.sources(catalogue).map(|location| at(sku, location));
        let there: Decimal = there.sum::<Option<Decimal>>()?;
        let left = there - Decimal::from(pool.buffer);
        Some(left.floor().max(Decimal::ZERO))
    };
    if !item.is_kit() {
        return spare(&item.sku);
    }
    let parts = item.members.iter().map(|member| {
        let part = catalogue
            .items
            .iter()
            .find(|one| one.index == member.index)?;
        Some((part.sku.as_str(), Decimal::from(member.quantity)))
    });
    let parts: Vec<(&str, Decimal)> = parts.collect::<Option<_>>()?;
    let least = |made: Option<Vec<Decimal>>| made?.into_iter().min();
    let above = parts
        .iter()
        .map(|(sku, each)| Some((spare(sku)? / each).floor()));
    let above = least(above.collect())?;
    let together = pool.sources(catalogue).map(|location| {
        let here = parts.iter().map(|(sku, each)| {
            let units = at(sku, location)?.max(Decimal::ZERO);
            Some((units / each).floor())
        });
        least(here.collect())
    });
    Some(above.min(together.sum::<Option<Decimal>>()?))
}

pub(in crate::commands) async fn compare(
    sandbox: &Sandbox,
    watcher: &Watcher,
    report: &mut Report,
) -> anyhow::Result<()> {
    let places = counted(sandbox).count() * POOLS.len();
    let shown: HashSet<&str> = POOLS
        .iter()
        .filter_map(|pool| Some(pool.shown_at(sandbox.catalogue())?.name.as_str()))
        .collect();
    let levels = sandbox.shopify().inventory();
    let offered = levels
        .iter()
        .filter(|level| shown.contains(level.location.as_str()));
    let offered = offered.count();
    let mut differences = differences(sandbox);
    let mut ledger = watcher.records("stock").await?;
    // The shop's bundles are left to the shop.
    let counted: HashSet<&str> = counted(sandbox).map(|item| item.sku.as_str()).collect();
    ledger.retain(|row| row.status != Status::Skipped || counted.contains(row.number.as_str()));
    differences.extend(unsettled("stock", &ledger));
    report.add("stock levels", [offered, ledger.len(), places], differences);
    Ok(())
}
