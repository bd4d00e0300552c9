//! Compares stock: what NetSuite has available, the shop offers.

use std::collections::HashMap;

use rust_decimal::Decimal;
use sandbox::Sandbox;

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
    for item in sandbox
        .catalogue()
        .items
        .iter()
        .filter(|item| !item.is_kit())
    {
        for location in &sandbox.catalogue().locations {
            let Some(level) = sandbox.netsuite().stock(&item.sku, location.netsuite_id) else {
                continue;
            };
            // A shop offers whole units and never fewer than none.
            let available = level.available().floor().max(Decimal::ZERO);
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

pub(in crate::commands) async fn compare(
    sandbox: &Sandbox,
    watcher: &Watcher,
    report: &mut Report,
) -> anyhow::Result<()> {
    let places = sandbox
        .catalogue()
        .items
        .iter()
        .filter(|item| !item.is_kit())
        .count()
        * sandbox.catalogue().locations.len();
    let offered = sandbox.shopify().inventory().len();
    let mut differences = differences(sandbox);
    let ledger = watcher.records("stock").await?;
    differences.extend(unsettled("stock", &ledger));
    report.add("stock levels", [offered, ledger.len(), places], differences);
    Ok(())
}
