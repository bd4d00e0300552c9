//! How a record's way ends: from what happened to an outcome and a settlement.

use commerce::{ExternalId, Kind};
use ports::ledger::{Outcome, Push, Step, StepKind};
use ports::{Attempt, Effect, Fault, Settlement, Status, Twin, Written};

use super::{Item, Run};
use crate::judge::{Judged, due, is_admitted, judge, look_again, settlement};

impl Run<'_> {
    pub(super) fn take(&mut self, index: usize, mut item: Item, attempt: Attempt) {
        let at = self.target.clock.now();
        self.admitted |= is_admitted(&attempt);
        let last = attempt.exchanges.len().saturating_sub(1);
        let any = attempt.exchanges.iter().any(|one| one.kept.is_some());
        let withheld = item.lowered.as_ref().map(|lowered| lowered.units);
        for (place, mut exchange) in attempt.exchanges.into_iter().enumerate() {
            let kept = exchange.kept.take();
            let wrote = kept.is_some() || (!any && place == last);
            let push = wrote.then_some(Push {
                configuration: self.plan.configuration,
                revision: item.event.revision,
                withheld,
                kept,
            });
            let status = exchange
                .reply
                .as_ref()
                .map_or_else(|| "no answer".to_owned(), |reply| reply.status.to_string());
            let note = format!("{} {} -> {status}", exchange.method, exchange.url);
            item.steps.push(Step {
                at,
                kind: StepKind::Written,
                note,
                exchange: Some(exchange),
                push,
            });
        }
        match attempt.result {
            Ok(written) => {
                self.measure(&item, &written);
                self.succeed(index, item, written);
            }
            Err(fault) => self.fail(index, item, &fault),
        }
    }

    /// How old a level is that the target shows from now on.
    fn measure(&self, item: &Item, written: &Written) {
        let is_new = matches!(written.effect, Effect::Created | Effect::Updated);
        if item.event.kind() == Kind::Stock && is_new {
            let age = self.target.clock.now().duration_since(item.event.read_at);
            let (merchant, sync) = (&self.plan.sync.merchant, &self.plan.sync.id);
            let age = age.try_into().unwrap_or_default();
            telemetry::metrics::level_age(merchant.as_str(), sync.as_str(), age);
        }
    }

    pub(super) fn succeed(&mut self, index: usize, mut item: Item, written: Written) {
        let shown = written.discrepancy.is_none() && written.effect != Effect::NotOurs;
        if let Some(lowered) = item.lowered.take_if(|_| shown) {
            return self.wait_for_orders(index, item, written, &lowered);
        }
        if written.effect == Effect::NotOurs {
            let why = written.discrepancy;
            let why = why.unwrap_or_else(|| format!("not meant for {}", self.target.id));
            return self.close(index, item, Status::Skipped, why);
        }
        let (status, reason) = match (&written.discrepancy, written.effect) {
            (Some(why), _) => (Status::Held, Some(format!("written, but {why}"))),
            (
                None,
                Effect::Created | Effect::Updated | Effect::AlreadyThere | Effect::Unfinished,
            ) => (Status::Synced, None),
            (None, Effect::Unchanged | Effect::NotOurs) => (Status::Unchanged, None),
        };
        let actor = reason.is_some().then_some(ports::Actor::Operations);
        let outcome = Outcome {
            status,
            reason,
            actor,
            twin: Some(written.twin),
            ..self.outcome(item)
        };
        self.outcomes.push(outcome);
        self.settle(index, Settlement::Done);
    }

    /// A record that Causeway made at its source from one of the target's: the two are bound, and nothing is written.
    pub(super) fn come_back(&mut self, index: usize, mut item: Item, id: ExternalId) {
        let note = format!(
            "made by Causeway from {}'s {id}: nothing to write",
            self.target.id
        );
        item.steps.push(self.step(StepKind::Mapped, note));
        let known = item.bound.take().filter(|twin| twin.id == id);
        let written = Written {
            twin: known.unwrap_or(Twin { id, number: None }),
            effect: Effect::Unchanged,
            discrepancy: None,
        };
        self.succeed(index, item, written);
    }

    pub(super) fn fail(&mut self, index: usize, item: Item, fault: &Fault) {
        match judge(fault, item.attempt, &self.target.id) {
            Judged::Outcome {
                status,
                reason,
                actor,
                waits_for,
                rest,
            } => {
                let next_try = rest.map(|rest| due(self.target.clock.now(), rest));
                let twin = item.bound.clone();
                let outcome = Outcome {
                    status,
                    reason: Some(reason),
                    actor,
                    twin,
                    waits_for,
                    next_try,
                    ..self.outcome(item)
                };
                self.outcomes.push(outcome);
                self.settle(index, settlement(status, rest));
            }
            Judged::Paused { why } => {
                self.unclaimed.push(item.event.key());
                self.paused = Some(why);
            }
        }
    }

    pub(super) fn stay_uncertain(&mut self, index: usize, item: Item, fault: &Fault) {
        let rest = look_again(item.attempt);
        let outcome = Outcome {
            status: Status::Uncertain,
            reason: Some(format!(
                "an earlier write may have landed and could not be looked up: {fault}"
            )),
            next_try: Some(due(self.target.clock.now(), rest)),
            ..self.outcome(item)
        };
        self.outcomes.push(outcome);
        self.settle(index, Settlement::Retry(rest));
        if matches!(fault, Fault::Unauthorized { .. }) {
            self.paused = Some(fault.advice());
        }
    }

    pub(super) fn hold(&mut self, index: usize, item: Item, why: String) {
        let outcome = Outcome {
            status: Status::Held,
            reason: Some(why),
            actor: Some(ports::Actor::Operations),
            twin: item.bound.clone(),
            ..self.outcome(item)
        };
        self.outcomes.push(outcome);
        self.settle(index, Settlement::Done);
    }

    /// A paused sync's records wait in the ledger for its resumption: in the queue they would turn in circles.
    pub(super) fn park(&mut self, index: usize, item: Item) {
        let outcome = Outcome {
            status: Status::Waiting,
            reason: Some("the sync is paused".to_owned()),
            waits_for: Some(ports::ledger::resumption_key(&self.plan.sync.id)),
            twin: item.bound.clone(),
            ..self.outcome(item)
        };
        self.outcomes.push(outcome);
        self.settle(index, Settlement::Done);
    }

    pub(super) fn close(&mut self, index: usize, item: Item, status: Status, reason: String) {
        let outcome = Outcome {
            status,
            reason: Some(reason),
            twin: item.bound.clone(),
            ..self.outcome(item)
        };
        self.outcomes.push(outcome);
        self.settle(index, Settlement::Done);
    }
}
