//! Who goes on when a record has come to its end: refunds wait for their orders, payouts for both, and lowered levels for the orders that
//! lower them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use commerce::{Event, ExternalId, Kind, Record, TargetKey};
use ports::ledger::Outcome;
use ports::{LedgerError, Status};
use tracing::warn;

use super::Run;
use super::belonging::{is_under_way, needed};
use super::withhold::arrival_key;

impl Run<'_> {
    /// Notes with each outcome whom it releases, so that the two are stored together: a release that came later could be lost.
    pub(super) fn release(&mut self, events: &[Arc<Event>]) {
        let lowers = self.plan.sync.kind == Kind::Order && !self.plan.counterparts.is_empty();
        if !lowers && !self.relations.is_awaited {
            return;
        }
        let events: HashMap<&ExternalId, &Record> = events
            .iter()
            .map(|event| (&event.external_id, &event.record))
            .collect();
        let mut outcomes = std::mem::take(&mut self.outcomes);
        for outcome in outcomes.iter_mut().filter(|one| is_settled(one)) {
            if self.relations.is_awaited {
                let of = &outcome.key;
                outcome.releases.push(self.awaited_key(of.kind, &of.id));
            }
            if let (true, Some(Record::Order(order))) = (lowers, events.get(&outcome.key.id)) {
                let skus = order.units().into_keys();
                let keys = skus.map(|sku| arrival_key(&self.target.id, &sku));
                outcome.releases.extend(keys);
            }
        }
        self.outcomes = outcomes;
    }

    /// What somebody waits for may arrive after it was looked for and before the wait was stored: it found none to release, so this does. Not in
    /// the transaction that stored them: two batches could wait for each other's records. What this misses is found by
    /// [`ports::ledger::Outbox::release_overdue`].
    pub(super) async fn release_late(&self, events: &[Arc<Event>]) {
        if let Err(error) = self.find_late(events).await {
            warn!(target = %self.target.id, error = %error, "records that wait for others are looked at a little later");
        }
    }

    async fn find_late(&self, events: &[Arc<Event>]) -> Result<(), LedgerError> {
        let mut arrived = self.arrived_orders().await?;
        arrived.extend(self.arrived_records(events).await?);
        if arrived.is_empty() {
            return Ok(());
        }
        let (ledger, now) = (&self.target.ledger, self.target.clock.now());
        let merchant = &self.plan.sync.merchant;
        ledger.release_waiting(merchant, &arrived, now).await?;
        Ok(())
    }

    /// What the batch's records wait for, as far as it came to its end since the batch began. Not what had come before: the target refused it
    /// for another reason (its record was deleted there, say), and would again.
    async fn arrived_records(&self, events: &[Arc<Event>]) -> Result<Vec<String>, LedgerError> {
        let waiting: BTreeSet<&String> = self
            .outcomes
            .iter()
            .filter_map(|one| one.waits_for.as_ref())
            .collect();
        let mut arrived = Vec::new();
        if waiting.is_empty() {
            return Ok(arrived);
        }
        for (kind, sync) in self.relations.needed() {
            let named = events.iter().flat_map(|event| needed(&event.record, kind));
            let ids: BTreeSet<&ExternalId> = named
                .filter(|id| waiting.contains(&self.awaited_key(kind, id)))
                .collect();
            let rows = self.rows(kind, sync, ids).await?;
            let ended = rows
                .iter()
                .filter(|row| !is_under_way(row) && row.changed_at >= self.begun);
            arrived.extend(ended.map(|row| self.awaited_key(kind, &row.key.id)));
        }
        Ok(arrived)
    }

    /// The key under which what belongs to a record waits for it: the one that it is written under.
    fn awaited_key(&self, kind: Kind, id: &ExternalId) -> String {
        let key = TargetKey::of(&self.plan.sync.from, kind, id);
        format!("{}/{kind}:{key}", self.target.id)
    }
}

/// Whether nobody has to wait for the record any more. One that is left out releases as well: what belongs to it is left out then.
fn is_settled(outcome: &Outcome) -> bool {
    outcome.twin.is_some() || outcome.status == Status::Skipped
}
