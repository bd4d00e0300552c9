//! Who goes on when a record has come to its end: refunds wait for their orders, payouts for both, and lowered levels for the orders that
//! lower them.

use std::collections::HashMap;
use std::sync::Arc;

use commerce::{Event, ExternalId, Kind, Record, TargetKey};
use ports::Status;
use ports::ledger::Outcome;

use super::Run;
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
                outcome.releases.push(self.awaited_key(outcome));
            }
            if let (true, Some(Record::Order(order))) = (lowers, events.get(&outcome.key.id)) {
                let skus = order.units().into_keys();
                let keys = skus.map(|sku| arrival_key(&self.target.id, &sku));
                outcome.releases.extend(keys);
            }
        }
        self.outcomes = outcomes;
    }

    /// The key under which what belongs to the record waits for it: the one that it is written under.
    fn awaited_key(&self, outcome: &Outcome) -> String {
        let of = &outcome.key;
        let key = TargetKey::of(&self.plan.sync.from, of.kind, &of.id);
        format!("{}/{}:{key}", self.target.id, of.kind)
    }
}

/// Whether nobody has to wait for the record any more. One that is left out releases as well: what belongs to it is left out then.
fn is_settled(outcome: &Outcome) -> bool {
    outcome.twin.is_some() || outcome.status == Status::Skipped
}
