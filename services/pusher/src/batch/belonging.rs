//! What records belong to: a refund to its order, a payout to orders and refunds. A payout waits for those on their way to the target, so that
//! it finds their payments there.

use std::collections::{BTreeSet, HashMap};

use commerce::{ConnectionId, Event, ExternalId, Kind, Record, SyncId, TargetKey};
use ports::ledger::RecordRow;
use ports::{LedgerError, Status, Twin};

use super::Run;

impl Run<'_> {
    /// For each event, the twin at the target of the record it belongs to: one look-up for all.
    pub(super) async fn parents(
        &self,
        events: impl Iterator<Item = &Event> + Send,
    ) -> Result<Vec<Option<Twin>>, LedgerError> {
        let wanted: Vec<Option<ExternalId>> = events.map(parent_of).collect();
        let ids: Vec<ExternalId> = wanted.iter().flatten().cloned().collect();
        if ids.is_empty() {
            return Ok(vec![None; wanted.len()]);
        }
        let (merchant, here, there): (_, &ConnectionId, &ConnectionId) = (
            &self.plan.sync.merchant,
            &self.plan.sync.from,
            &self.plan.sync.to,
        );
        let mut found = self
            .target
            .ledger
            .twins(merchant, Kind::Order, here, there, &ids)
            .await?
            .into_iter();
        Ok(wanted
            .into_iter()
            .map(|id| id.and_then(|_| found.next().flatten()))
            .collect())
    }

    /// Why the orders of these refunds were left out, where they were, by their ids: what belongs to them would wait for ever. One look-up
    /// for all.
    pub(super) async fn left_out(
        &self,
        refunds: impl Iterator<Item = &Event> + Send,
    ) -> Result<HashMap<ExternalId, String>, LedgerError> {
        let Some(orders) = self.relations.orders else {
            return Ok(HashMap::new());
        };
        let ids = refunds
            .filter_map(|event| order_of(&event.record))
            .collect();
        let rows = self.rows(Kind::Order, orders, ids).await?;
        let left_out = rows
            .into_iter()
            .filter(|row| row.twin.is_none() && !is_under_way(row));
        let why = |row: RecordRow| {
            let why = row.reason.unwrap_or_else(|| row.status.as_str().to_owned());
            let why = format!("its order {} was left out: {why}", row.number);
            (row.key.id, why)
        };
        Ok(left_out.map(why).collect())
    }

    /// The first order or refund of a payout that is on its way; none where all are there, were left out, or were never heard of.
    pub(super) async fn awaited(&self, event: &Event) -> Result<Option<String>, LedgerError> {
        if event.kind() != Kind::Payout {
            return Ok(None);
        }
        for (kind, sync) in self.relations.needed() {
            let ids = needed(&event.record, kind).collect();
            let rows = self.rows(kind, sync, ids).await?;
            let under_way = rows.iter().filter(|row| is_under_way(row));
            if let Some(id) = under_way.map(|row| &row.key.id).min() {
                let key = TargetKey::of(&event.connection, kind, id);
                return Ok(Some(format!("{kind}:{key}")));
            }
        }
        Ok(None)
    }

    /// Those of these records that the ledger knows.
    pub(super) async fn rows(
        &self,
        kind: Kind,
        sync: &SyncId,
        ids: BTreeSet<&ExternalId>,
    ) -> Result<Vec<RecordRow>, LedgerError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<ExternalId> = ids.into_iter().cloned().collect();
        let (ledger, merchant) = (&self.target.ledger, &self.plan.sync.merchant);
        ledger.records_of(merchant, sync, kind, &ids).await
    }
}

/// The order that a record belongs to, by its id at the source.
pub(crate) fn parent_of(event: &Event) -> Option<ExternalId> {
    match &event.record {
        Record::Fulfilment(fulfilment) => Some(fulfilment.order.id.clone()),
        Record::Refund(refund) => Some(refund.order.id.clone()),
        Record::Cancellation(cancellation) => Some(cancellation.order.id.clone()),
        Record::Order(_)
        | Record::Stock(_)
        | Record::Product(_)
        | Record::Price(_)
        | Record::Customer(_)
        | Record::Company(_)
        | Record::Payout(_)
        | Record::ShippingOrder(_) => None,
    }
}

/// The order that a refund gives back of.
pub(super) fn order_of(record: &Record) -> Option<&ExternalId> {
    match record {
        Record::Refund(refund) => Some(&refund.order.id),
        _ => None,
    }
}

/// The orders or refunds that a record belongs to.
pub(super) fn needed(record: &Record, kind: Kind) -> impl Iterator<Item = &ExternalId> {
    let refunded = order_of(record).filter(|_| kind == Kind::Order);
    let lines = match record {
        Record::Payout(payout) => payout.lines.as_slice(),
        _ => &[],
    };
    let settled = lines.iter().filter_map(move |line| match kind {
        Kind::Order => Some(&line.order.as_ref()?.id),
        Kind::Refund => line.refund.as_ref(),
        _ => None,
    });
    refunded.into_iter().chain(settled)
}

/// Whether it is still to come to the target.
pub(super) fn is_under_way(row: &RecordRow) -> bool {
    row.twin.is_none() && !matches!(row.status, Status::Skipped | Status::Ignored)
}
