//! Stock levels less what was sold in orders that the level's source has not heard of: a level that was read before an order arrives there does
//! not contain it, and would offer its units once more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use commerce::{Event, Kind, Record, Sku};
use jiff::Timestamp;
use ports::ledger::{Outcome, Sold, StepKind};
use ports::{LedgerError, Settlement, Written};
use rust_decimal::Decimal;

use super::{Item, Run};
use crate::judge::{due, look_again};

/// Orders named in a reason.
const NAMED: usize = 3;

/// A level as it may be shown until the orders have arrived.
pub(super) struct Lowered {
    pub(super) event: Arc<Event>,
    pub(super) units: Decimal,
    why: String,
}

/// The key for which a lowered level waits: an order with the SKU arriving where the level is read.
pub(super) fn arrival_key(connection: &commerce::ConnectionId, sku: &Sku) -> String {
    format!("{connection}/sold:{sku}")
}

impl Run<'_> {
    /// Lowers the levels of a batch: one look for all.
    pub(super) async fn withhold(
        &self,
        mut items: Vec<(usize, Item)>,
    ) -> Result<Vec<(usize, Item)>, LedgerError> {
        let plan = self.plan;
        if plan.sync.kind != Kind::Stock || plan.counterparts.is_empty() {
            return Ok(items);
        }
        let levels = items.iter().filter_map(|(_, item)| item.level());
        let skus: BTreeSet<Sku> = levels.map(|level| level.sku.clone()).collect();
        let Some(since) = items.iter().map(|(_, item)| item.event.read_at).min() else {
            return Ok(items);
        };
        let by_sku = self.underway(&skus, since).await?;
        for (_, item) in &mut items {
            let lowered = item.lowered_by(&by_sku);
            if let Some(lowered) = &lowered {
                let step = self.step(StepKind::Checked, lowered.why.clone());
                item.steps.push(step);
            }
            item.lowered = lowered;
        }
        Ok(items)
    }

    /// The level stands as it may until the orders arrive; then it is read anew. Its event is kept for what was made of it alone: a stored
    /// level is of the past.
    pub(super) fn wait_for_orders(
        &mut self,
        index: usize,
        item: Item,
        written: Written,
        lowered: &Lowered,
    ) {
        let level = item.level();
        let waits_for = level.map(|level| arrival_key(&item.event.connection, &level.sku));
        self.lowered
            .extend(level.map(|level| (level.sku.clone(), item.event.read_at)));
        let source = item.event.source.as_ref();
        let source = source.map(|document| document.body.clone().into());
        let made_of = Some(codec::encode_event(&item.event).into());
        let outcome = Outcome {
            made_of,
            status: ports::Status::Waiting,
            reason: Some(lowered.why.clone()),
            twin: Some(written.twin),
            waits_for,
            next_try: Some(due(self.target.clock.now(), look_again(item.attempt))),
            event: source.unwrap_or_default(),
            ..self.outcome(item)
        };
        self.outcomes.push(outcome);
        self.settle(index, Settlement::Done);
    }

    /// What the batch's levels wait for, as far as no order is on its way any more.
    pub(super) async fn arrived_orders(&self) -> Result<Vec<String>, LedgerError> {
        let Some(since) = self.lowered.iter().map(|(_, read_at)| *read_at).min() else {
            return Ok(Vec::new());
        };
        let skus: BTreeSet<Sku> = self.lowered.iter().map(|(sku, _)| sku.clone()).collect();
        let by_sku = self.underway(&skus, since).await?;
        let is_open = |sku: &Sku| {
            let mut sold = by_sku.get(sku).into_iter().flatten();
            sold.any(|one| one.landed.is_none())
        };
        let arrived = skus.iter().filter(|sku| !is_open(sku));
        let from = &self.plan.sync.from;
        Ok(arrived.map(|sku| arrival_key(from, sku)).collect())
    }

    async fn underway(
        &self,
        skus: &BTreeSet<Sku>,
        since: Timestamp,
    ) -> Result<BTreeMap<Sku, Vec<Sold>>, LedgerError> {
        let (ledger, plan) = (&self.target.ledger, self.plan);
        let sold = ledger
            .underway(&plan.sync.merchant, &plan.counterparts, skus, since)
            .await?;
        let mut by_sku: BTreeMap<Sku, Vec<Sold>> = BTreeMap::new();
        for one in sold {
            by_sku.entry(one.sku.clone()).or_default().push(one);
        }
        Ok(by_sku)
    }
}

impl Item {
    fn level(&self) -> Option<&commerce::StockLevel> {
        match &self.event.record {
            Record::Stock(level) => Some(level),
            _ => None,
        }
    }

    fn lowered_by(&self, sold: &BTreeMap<Sku, Vec<Sold>>) -> Option<Lowered> {
        let level = self.level()?;
        let unheard = sold.get(&level.sku)?.iter();
        let unheard: Vec<&Sold> = unheard
            .filter(|one| one.landed.is_none_or(|at| at >= self.event.read_at))
            .collect();
        let units = unheard.iter().map(|one| one.units);
        let units = units.fold(Decimal::ZERO, Decimal::saturating_add);
        if units.is_zero() {
            return None;
        }
        let mut orders: Vec<&str> = unheard.iter().map(|one| one.order.as_str()).collect();
        let more = orders.len().saturating_sub(NAMED);
        orders.truncate(NAMED);
        let mut named = orders.join(", ");
        if more > 0 {
            named.push_str(&format!(" and {more} more"));
        }
        let why = format!(
            "{units} of {} units are held back for orders that {} did not have when the level was read: {named}",
            level.available, self.event.connection
        );
        Some(Lowered {
            event: Arc::new((*self.event).clone().withholding(units)),
            units,
            why,
        })
    }
}
