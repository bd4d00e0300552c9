//! Work that is not done: nothing may be left when a scenario ends.

use std::collections::BTreeSet;
use std::time::Duration;

use commerce::{MerchantId, Revision, SyncId};
use jiff::{SignedDuration, Timestamp};
use ports::ledger::{Claim, ClaimRequest, Filter, Holder, RecordRef, RecordRow, SyncRef};
use ports::{Ledger, Queue};
use sandbox::Sandbox;

use crate::Phase;

/// What is queued, buried, unfinished or due, in words.
pub async fn leftovers(
    ledger: &dyn Ledger,
    queue: &dyn Queue,
    merchant: &MerchantId,
) -> Vec<String> {
    let mut left = Vec::new();
    for depth in queue.depths(merchant).await.unwrap() {
        if depth.ready + depth.resting > 0 {
            left.push(format!(
                "{}: {} ready, {} resting",
                depth.queue, depth.ready, depth.resting
            ));
        }
    }
    for buried in queue.buried(merchant, 20).await.unwrap() {
        left.push(format!("buried in {}: {}", buried.queue, buried.why));
    }
    for count in ledger.counts(merchant).await.unwrap() {
        if count.records > 0 && count.status.is_unfinished() {
            left.push(format!(
                "{}: {} {}",
                count.sync,
                count.records,
                count.status.as_str()
            ));
        }
    }
    let due = ledger.due(merchant, 20).await.unwrap();
    left.extend(due.iter().map(|due| format!("due: {}", due.record.key.id)));
    left
}

/// What the ledger has not even seen: fewer orders than the shop has, fewer shipments than NetSuite made.
pub async fn unseen_records(
    sandbox: &Sandbox,
    ledger: &dyn Ledger,
    merchant: &MerchantId,
) -> Vec<String> {
    let orders = sandbox.shopify().orders().len();
    let mut left = unseen(Phase::Orders, orders, ledger, merchant).await;
    left.extend(unseen(Phase::Shipments, shipped(sandbox), ledger, merchant).await);
    left
}

/// How many shipments of orders that Causeway brought there are.
pub(crate) fn shipped(sandbox: &Sandbox) -> usize {
    let shipments = sandbox.netsuite().shipments();
    shipments
        .iter()
        .filter(|one| one.order_key.is_some())
        .count()
}

/// What the shipping software sent and NetSuite does not show, and what it voided and NetSuite shows still.
pub(crate) fn undelivered(sandbox: &Sandbox) -> Vec<String> {
    let there = sandbox.netsuite().shipments().into_iter();
    let there: BTreeSet<String> = there.flat_map(|one| one.tracking_numbers).collect();
    let sent = sandbox.shipstation().sent();
    let missing = sent
        .difference(&there)
        .map(|number| format!("{number} is not in NetSuite"));
    let voided = sandbox.shipstation().shipments().into_iter();
    let voided = voided.filter(|label| label.voided && there.contains(&label.tracking));
    let voided = voided.map(|label| format!("{} is in NetSuite still", label.tracking));
    missing.chain(voided).collect()
}

/// How many products NetSuite tells of: items whose checkbox says something, each matrix item with its children as one.
pub(crate) fn told_products(sandbox: &Sandbox) -> usize {
    let netsuite = sandbox.netsuite();
    let items = ["inventoryItem", "kitItem"].map(|kind| netsuite.records(kind));
    let items = items.iter().flatten();
    items
        .filter(|item| item.get("custitem_web").is_some() && item.reference("parent").is_none())
        .count()
}

/// How many sales orders were called off, there or by Causeway.
pub(crate) fn called_off(sandbox: &Sandbox) -> usize {
    let orders = sandbox.netsuite().records("salesOrder");
    let off = |order: &&_| ["C", "H"].contains(&status(order));
    orders.iter().filter(off).count()
}

/// How many credits hang on what an order became.
pub(crate) fn credited(sandbox: &Sandbox) -> usize {
    let kinds = ["creditMemo", "cashRefund", "customerRefund"].into_iter();
    let all = kinds.flat_map(|kind| sandbox.netsuite().records(kind));
    all.filter(|credit| credit.get("createdFrom").is_some())
        .count()
}

/// How many payouts have reached the bank.
pub(crate) fn paid_out(sandbox: &Sandbox) -> usize {
    let all = sandbox.shopify().payouts().into_iter();
    all.filter(|payout| payout.status == "PAID").count()
}

fn status(order: &std::sync::Arc<sandbox::netsuite::Record>) -> &'static str {
    order.status
}

pub(crate) async fn unseen(
    phase: Phase,
    expected: usize,
    ledger: &dyn Ledger,
    merchant: &MerchantId,
) -> Vec<String> {
    let seen = records(ledger, merchant, &phase.sync(merchant).id)
        .await
        .len();
    let short = (seen < expected).then(|| format!("{phase:?}: {seen} of {expected} seen"));
    short.into_iter().collect()
}

/// Every record of a sync.
pub async fn records(ledger: &dyn Ledger, merchant: &MerchantId, sync: &SyncId) -> Vec<RecordRow> {
    let filter = Filter {
        sync: Some(sync.clone()),
        ..Filter::default()
    };
    let mut all: Vec<RecordRow> = Vec::new();
    loop {
        let after = all.last().map(|row| {
            let record = RecordRef {
                sync: row.sync.clone(),
                key: row.key.clone(),
            };
            (row.changed_at, record)
        });
        let page = ledger.records(merchant, &filter, after, 500).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// Records of a sync whose last write began and has no outcome. Asks by claiming a later version of each, and so ends what it looks at.
pub async fn open_intents(ledger: &dyn Ledger, sync: &SyncRef, now: Timestamp) -> Vec<String> {
    let rows = records(ledger, &sync.merchant, &sync.id).await;
    let requests: Vec<ClaimRequest> = rows
        .into_iter()
        .map(|row| ClaimRequest {
            key: row.key,
            number: row.number,
            revision: Revision {
                at: row.revision.at + SignedDuration::from_secs(1),
                ..row.revision
            },
        })
        .collect();
    let asker = Holder("the end of the scenario".to_owned());
    let claims = ledger
        .claim(sync, &asker, Duration::ZERO, now, &requests)
        .await
        .unwrap();
    requests
        .iter()
        .zip(claims)
        .filter(|(_, claim)| matches!(claim, Claim::Busy { .. } | Claim::Uncertain { .. }))
        .map(|(request, claim)| format!("{} {}: {claim:?}", sync.id, request.number))
        .collect()
}
