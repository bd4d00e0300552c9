//! Compares stock: what NetSuite has for sale, the store offers.

use std::collections::HashSet;

use ports::Status;
use rust_decimal::Decimal;
use sandbox::{Item, Location, Sandbox};

use super::compare::{Report, unsettled};
use super::pools::Pool;
use super::settle::Watcher;
use super::stores::Store;

/// Places where the store offers something else than NetSuite has for sale, in words.
pub(in crate::commands) fn differences(store: Store, sandbox: &Sandbox) -> Vec<String> {
    let offered = store.shown().levels(sandbox);
    let mut differences = Vec::new();
    for item in counted(store, sandbox) {
        for pool in store.shown().pools() {
            let Some(available) = available(sandbox, item, pool) else {
                continue;
            };
            let shown = offered.get(&(item.sku.clone(), pool.name)).copied();
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

/// What the store keeps count of for the merchant: not bundles whose stock is that of their parts.
fn counted(store: Store, sandbox: &Sandbox) -> impl Iterator<Item = &Item> {
    let levels = store.shown().levels(sandbox).into_keys();
    let shown: HashSet<String> = levels.map(|(sku, _)| sku).collect();
    let kept = store.shown().kept_by_store(sandbox);
    let items = sandbox.catalogue().items.iter();
    let items = items.filter(move |item| !kept.contains(&item.sku));
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
    store: Store,
    sandbox: &Sandbox,
    watcher: &Watcher,
    report: &mut Report,
) -> anyhow::Result<()> {
    let pools = store.shown().pools();
    let counted: HashSet<&str> = counted(store, sandbox)
        .map(|item| item.sku.as_str())
        .collect();
    let places = counted.len() * pools.len();
    let offered = store.shown().levels(sandbox).len();
    let mut differences = differences(store, sandbox);
    let mut ledger = watcher.records(&store.sync("stock")).await?;
    // What the store counts by itself is left to it, and pools that it does not show are left out.
    ledger.retain(|row| {
        let id = row.key.id.as_str();
        let is_shown = pools.iter().any(|pool| pool.is_of(id));
        row.status != Status::Skipped || is_shown && counted.contains(row.number.as_str())
    });
    differences.extend(unsettled("stock", &ledger));
    report.add("stock levels", [offered, ledger.len(), places], differences);
    Ok(())
}
