//! What records belong to: a refund to its order, a payout to orders and refunds. A payout waits for those on their way to the target, so that
//! it finds their payments there.

use std::collections::BTreeSet;

use commerce::{Event, ExternalId, Kind, Record, SyncId, TargetKey};
use ports::ledger::RecordRow;
use ports::{LedgerError, Status};

use super::Run;

impl Run<'_> {
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

/// The orders or refunds that a record belongs to.
pub(super) fn needed(record: &Record, kind: Kind) -> impl Iterator<Item = &ExternalId> {
    let refunded = match (record, kind) {
        (Record::Refund(refund), Kind::Order) => Some(&refund.order.id),
        _ => None,
    };
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
