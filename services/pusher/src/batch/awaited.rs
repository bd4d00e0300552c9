//! What a payout waits for: orders and refunds that are on their way to the target, so that it finds their payments there.

use std::collections::BTreeSet;

use commerce::{Event, ExternalId, Kind, Record, RecordKey, SyncId, TargetKey};
use ports::ledger::RecordRef;
use ports::{LedgerError, Status};

use super::Run;

impl Run<'_> {
    /// The first order or refund of a payout that is on its way; none where all are there, were left out, or were never heard of.
    pub(super) async fn awaited(&self, event: &Event) -> Result<Option<String>, LedgerError> {
        let Record::Payout(payout) = &event.record else {
            return Ok(None);
        };
        let lines = &payout.lines;
        let orders = lines
            .iter()
            .filter_map(|line| Some(&line.order.as_ref()?.id));
        let refunds = lines.iter().filter_map(|line| line.refund.as_ref());
        let sought = [
            (Kind::Order, self.parents.orders, orders.collect()),
            (Kind::Refund, self.parents.refunds, refunds.collect()),
        ];
        for (kind, sync, ids) in sought {
            let Some(sync) = sync else { continue };
            if let Some(id) = self.first_under_way(kind, sync, ids).await? {
                let key = TargetKey::of(&event.connection, kind, &id);
                return Ok(Some(format!("{kind}:{key}")));
            }
        }
        Ok(None)
    }

    async fn first_under_way(
        &self,
        kind: Kind,
        sync: &SyncId,
        ids: BTreeSet<&ExternalId>,
    ) -> Result<Option<ExternalId>, LedgerError> {
        let ids: Vec<ExternalId> = ids.into_iter().cloned().collect();
        let (ledger, of) = (&self.target.ledger, &self.plan.sync);
        let twins = ledger
            .twins(&of.merchant, kind, &of.from, &of.to, &ids)
            .await?;
        let without = ids
            .into_iter()
            .zip(twins)
            .filter(|(_, twin)| twin.is_none());
        for (id, _) in without {
            let record = RecordRef {
                sync: sync.clone(),
                key: RecordKey {
                    kind,
                    id: id.clone(),
                },
            };
            let found = ledger.record_of(&of.merchant, &record).await?;
            let left_out = [Status::Skipped, Status::Ignored];
            if found.is_some_and(|(row, _)| row.twin.is_none() && !left_out.contains(&row.status)) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}
