//! Compares orders: each sale is one sales order, to the cent.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::Money;
use ports::Status;
use ports::ledger::RecordRow;
use sandbox::netsuite::Record;
use sandbox::shopify::OrderView;
use sandbox::{Requests, Sandbox};

use super::compare::Report;
use super::settle::Watcher;

pub(in crate::commands) async fn compare(
    sandbox: &Sandbox,
    watcher: &Watcher,
    report: &mut Report,
) -> anyhow::Result<()> {
    let shop = sandbox.shopify().orders();
    let ledger: BTreeMap<String, RecordRow> = watcher
        .records("orders")
        .await?
        .into_iter()
        .map(|row| (row.key.id.to_string(), row))
        .collect();
    let mut booked: BTreeMap<String, Vec<Arc<Record>>> = BTreeMap::new();
    for order in sandbox.netsuite().records("salesOrder") {
        booked
            .entry(order.external_id.clone().unwrap_or_default())
            .or_default()
            .push(order);
    }
    let mut differences = Vec::new();
    let mut totals: BTreeMap<&str, Money> = BTreeMap::new();
    let mut sales = 0;
    for order in &shop {
        let id = number(&order.id);
        let found = booked.remove(&format!("shop-{id}")).unwrap_or_default();
        let row = ledger.get(id);
        if order.cancelled || order.test {
            if !found.is_empty() || row.is_none_or(|row| row.status != Status::Skipped) {
                differences.push(format!(
                    "{}: no sale, yet {} sales orders",
                    order.name,
                    found.len()
                ));
            }
            continue;
        }
        sales += 1;
        let total = Money::parse(&order.total, order.currency)?;
        let sum = totals
            .entry(order.currency)
            .or_insert(Money::zero(total.currency));
        *sum = sum.plus(total)?;
        differences.extend(difference(order, total, row, &found));
    }
    differences.extend(booked.into_values().flatten().map(|order| {
        format!(
            "sales order {} ({}) belongs to no order",
            order.id,
            order.external_id.clone().unwrap_or_default()
        )
    }));
    for total in totals.values() {
        report.remark(format!("{sales} sales over {total} in all."));
    }
    report.add(
        "orders",
        [
            shop.len(),
            ledger.len(),
            sandbox.netsuite().records("salesOrder").len(),
        ],
        differences,
    );
    Ok(())
}

fn difference(
    order: &OrderView,
    total: Money,
    row: Option<&RecordRow>,
    found: &[Arc<Record>],
) -> Option<String> {
    let status = row.map(|row| row.status);
    if !matches!(status, Some(Status::Synced | Status::Unchanged)) {
        let reason = row.and_then(|row| row.reason.clone()).unwrap_or_default();
        let status = status.map_or("unknown", Status::as_str);
        return Some(format!("{}: {status} in Causeway: {reason}", order.name));
    }
    let [booked] = found else {
        return Some(format!(
            "{}: {} sales orders in NetSuite",
            order.name,
            found.len()
        ));
    };
    let in_netsuite = Money::new(booked.number("total"), total.currency);
    (in_netsuite.amount != total.amount).then(|| {
        format!(
            "{}: {total} in the shop, {in_netsuite} in NetSuite",
            order.name
        )
    })
}

/// The number at the end of a global id.
pub(in crate::commands) fn number(gid: &str) -> &str {
    gid.rsplit('/').next().unwrap_or(gid)
}

/// How many requests NetSuite was sent per order.
pub(super) fn economy(requests: &Requests, orders: u32) -> String {
    let all: u64 = requests
        .requests
        .iter()
        .flat_map(|count| count.statuses.values())
        .sum();
    format!(
        "NetSuite answered {all} requests in all, {} of them refused, for {orders} orders, their shipments and stock.",
        requests.refused
    )
}
