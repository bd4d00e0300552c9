//! Compares orders: each sale is one sales order, to the cent.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::ValueEnum as _;
use commerce::Money;
use ports::Status;
use ports::ledger::RecordRow;
use sandbox::netsuite::Record;
use sandbox::{Requests, Sandbox};

use super::compare::Report;
use super::settle::Watcher;
use super::stores::{Becomes, Placed, Store};

/// What NetSuite has of an order, and as which kind of record.
type Booked = (Becomes, Arc<Record>);

pub(in crate::commands) async fn compare(
    store: Store,
    sandbox: &Sandbox,
    watcher: &Watcher,
    report: &mut Report,
) -> anyhow::Result<()> {
    let placed = store.shown().orders(sandbox)?;
    let ledger: BTreeMap<String, RecordRow> = watcher
        .records(&store.sync("orders"))
        .await?
        .into_iter()
        .map(|row| (row.key.id.to_string(), row))
        .collect();
    let mut booked = booked(store, sandbox);
    let in_netsuite = booked.values().map(Vec::len).sum();
    let mut differences = Vec::new();
    let mut totals: BTreeMap<&str, Money> = BTreeMap::new();
    let mut sales = 0;
    for order in &placed {
        let found = booked.remove(&order.id).unwrap_or_default();
        let row = ledger.get(&order.id);
        if matches!(order.becomes, Becomes::Nothing | Becomes::NotYet) {
            let left_out = match order.becomes {
                Becomes::NotYet => row.is_none(),
                _ => row.is_some_and(|row| row.status == Status::Skipped),
            };
            if !found.is_empty() || !left_out {
                differences.push(format!(
                    "{}: no sale, yet {} sales orders",
                    order.name,
                    found.len()
                ));
            }
            continue;
        }
        sales += 1;
        let total = Money::parse(&order.total, &order.currency)?;
        let sum = totals
            .entry(&order.currency)
            .or_insert(Money::zero(total.currency));
        *sum = sum.plus(total)?;
        differences.extend(difference(order, total, row, &found));
    }
    differences.extend(booked.into_values().flatten().map(|(_, order)| {
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
        [placed.len(), ledger.len(), in_netsuite],
        differences,
    );
    Ok(())
}

/// What NetSuite has of a store's orders, by their ids; under its whole external id what it has of no store's.
fn booked(store: Store, sandbox: &Sandbox) -> BTreeMap<String, Vec<Booked>> {
    let mut booked: BTreeMap<String, Vec<Booked>> = BTreeMap::new();
    for (kind, becomes) in [
        ("salesOrder", Becomes::SalesOrder),
        ("cashSale", Becomes::CashSale),
    ] {
        for record in sandbox.netsuite().records(kind) {
            let key = record.external_id.clone().unwrap_or_default();
            let whose = Store::value_variants().iter();
            let mut whose = whose.filter_map(|one| Some((*one, one.order_of(&key)?)));
            let id = match whose.next() {
                Some((owner, id)) if owner == store => id.to_owned(),
                Some(_) => continue,
                None => key,
            };
            booked.entry(id).or_default().push((becomes, record));
        }
    }
    booked
}

fn difference(
    order: &Placed,
    total: Money,
    row: Option<&RecordRow>,
    found: &[Booked],
) -> Option<String> {
    let status = row.map(|row| row.status);
    if !matches!(status, Some(Status::Synced | Status::Unchanged)) {
        let reason = row.and_then(|row| row.reason.clone()).unwrap_or_default();
        let status = status.map_or("unknown", Status::as_str);
        return Some(format!("{}: {status} in Causeway: {reason}", order.name));
    }
    let [(becomes, booked)] = found else {
        return Some(format!(
            "{}: {} sales orders in NetSuite",
            order.name,
            found.len()
        ));
    };
    if *becomes != order.becomes {
        let is_cash_sale = *becomes == Becomes::CashSale;
        let what = if is_cash_sale {
            "a cash sale"
        } else {
            "a sales order"
        };
        return Some(format!("{}: {what} in NetSuite", order.name));
    }
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
