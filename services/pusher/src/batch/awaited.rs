//! What a payout waits for: orders and refunds that are on their way to the target, so that it finds their payments there.

use std::collections::BTreeSet;

use commerce::{Event, ExternalId, Kind, Record, SyncId, TargetKey};
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
            (Kind::Order, self.relations.orders, orders.collect()),
            (Kind::Refund, self.relations.refunds, refunds.collect()),
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
        let (ledger, merchant) = (&self.target.ledger, &self.plan.sync.merchant);
        let rows = ledger.records_of(merchant, sync, kind, &ids).await?;
        let left_out = [Status::Skipped, Status::Ignored];
        let under_way = rows
            .into_iter()
            .filter(|row| row.twin.is_none() && !left_out.contains(&row.status));
        Ok(under_way.map(|row| row.key.id).min())
    }
}
