//! Dry runs that control asks of a worker: made by whoever writes to the sync's target, from the record as it was last read, or as its source has it
//! where it never was.

use std::sync::Arc;

use anyhow::Context as _;
use commerce::{Event, ExternalId, MerchantId, RecordKey, SyncId};
use ports::ledger::{Holder, RecordRef};
use ports::{Attempt, Fault};
use proto::control::v1::{AnswerDryRunRequest, DryRunOrder, DryRunResponse, RecordName};
use pusher::{Plan, Rehearsed, Target, rehearse};
use tokio::sync::mpsc;
use tracing::{debug, warn};

use super::assemble::{Part, client, connect};
use super::budgets::Budgets;
use crate::client::ClientArgs;
use crate::config::{self, Config};
use crate::platform::Platform;

/// Where answers go.
pub(crate) enum Answers {
    /// To the control service in this process.
    Here(control::Workers),
    /// To one elsewhere.
    There(ClientArgs),
}

/// Makes dry runs, one after the other.
pub(crate) struct Rehearsals {
    pub(crate) platform: Platform,
    pub(crate) merchant: MerchantId,
    pub(crate) parts: Vec<Part>,
    pub(crate) holder: Holder,
    pub(crate) budgets: Arc<Budgets>,
    pub(crate) answers: Answers,
}

impl Rehearsals {
    /// Works until nobody can ask any more.
    pub(crate) async fn run(self, mut orders: mpsc::Receiver<DryRunOrder>) {
        while let Some(order) = orders.recv().await {
            let ticket = order.ticket.clone();
            let result = match self.made(order).await {
                Ok(Some(result)) => result,
                Ok(None) => continue,
                Err(error) => DryRunResponse {
                    outcome: "failed".to_owned(),
                    why: format!("{error:#}"),
                    ..DryRunResponse::default()
                },
            };
            if let Err(error) = self.answer(ticket, result).await {
                warn!(
                    error = format!("{error:#}"),
                    "a dry run's answer did not get to control"
                );
            }
        }
    }

    async fn answer(&self, ticket: String, result: DryRunResponse) -> anyhow::Result<()> {
        let answer = AnswerDryRunRequest {
            ticket,
            result: Some(result),
        };
        match &self.answers {
            Answers::Here(workers) => workers.answered(answer),
            Answers::There(client) => {
                client.connect().await?.answer_dry_run(answer).await?;
            }
        }
        Ok(())
    }

    /// `None` where it is for another worker.
    async fn made(&self, order: DryRunOrder) -> anyhow::Result<Option<DryRunResponse>> {
        let name = order.record.context("the order names no record")?;
        let active = self.platform.ledger.configuration(&self.merchant).await?;
        let active = active.context("no configuration is active")?;
        let config = config::read(&active.text).ok();
        let config = config.context("the active configuration does not hold together")?;
        let one = config
            .syncs
            .iter()
            .find(|one| one.sync.id.as_str() == name.sync);
        let one = one.with_context(|| format!("there is no sync '{}'", name.sync))?;
        let endpoint = config.connections.get(&one.sync.to);
        let endpoint = endpoint.map(|connection| connection.endpoint.name);
        let is_ours = |part: &Part| match part {
            Part::Push(Some(name)) => endpoint == Some(name.as_str()),
            Part::Push(None) => true,
            Part::Pull(_) => false,
        };
        if !self.parts.iter().any(is_ours) {
            debug!(sync = name.sync, "a dry run is for another worker");
            return Ok(None);
        }
        let plan = Plan {
            sync: one.sync.clone(),
            mapping: config.mapping(one)?,
            configuration: active.version,
            counterparts: Vec::new(),
        };
        self.rehearsed(&config, &plan, &name).await.map(Some)
    }

    async fn rehearsed(
        &self,
        config: &Config,
        plan: &Plan,
        name: &RecordName,
    ) -> anyhow::Result<DryRunResponse> {
        let record = RecordRef {
            sync: SyncId::new(name.sync.clone())?,
            key: RecordKey {
                kind: plan.sync.kind,
                id: ExternalId::new(name.id.clone())?,
            },
        };
        let ledger = &self.platform.ledger;
        let stored = ledger.record_of(&self.merchant, &record).await?;
        let (twin, event) = match stored {
            Some((row, event)) => (row.twin, codec::decode_event(&event).ok()),
            None => (None, None),
        };
        let event = match event {
            Some(event) => event,
            None => self.read(config, plan, &record.key.id).await?,
        };
        let read_at = event.read_at;
        let target = self.target(config, plan)?;
        let mut answer = answered(rehearse(&target, plan, event, twin).await?);
        answer.read_at = Some(prost_types::Timestamp {
            seconds: read_at.as_second(),
            nanos: read_at.subsec_nanosecond(),
        });
        Ok(answer)
    }

    /// A record of which nothing is kept, as its source has it.
    async fn read(&self, config: &Config, plan: &Plan, id: &ExternalId) -> anyhow::Result<Event> {
        let (from, kind) = (&plan.sync.from, plan.sync.kind);
        let connection = config.connections.get(from);
        let connection = connection.with_context(|| format!("connection {from}"))?;
        let client = client(
            &self.merchant,
            from,
            connection,
            &self.budgets,
            &self.platform.clock,
        )?;
        let source = connect(config, from, connection, client.dry_run())?.source;
        let source = source.with_context(|| format!("connection {from} cannot be read"))?;
        let found = source.one(kind, id).await.with_context(|| {
            format!(
                "{kind} {id} was never read before, and this worker could not read it from {from}; where it lacks that connection's secrets, `causeway dry-run FILE SYNC ID` reads it with those that the file names"
            )
        })?;
        found.with_context(|| format!("{from} has no {kind} {id}"))
    }

    /// The target, with a client that sends nothing that would write.
    fn target(&self, config: &Config, plan: &Plan) -> anyhow::Result<Target> {
        let id = &plan.sync.to;
        let connection = config.connections.get(id);
        let connection = connection.with_context(|| format!("connection {id}"))?;
        let clock = &self.platform.clock;
        let client = client(&self.merchant, id, connection, &self.budgets, clock)?;
        let sink = connect(config, id, connection, client.dry_run())?.sink;
        let sink = sink.with_context(|| format!("connection {id} cannot be written"))?;
        Ok(Target {
            merchant: self.merchant.clone(),
            id: id.clone(),
            sink: Arc::from(sink),
            ledger: Arc::clone(&self.platform.ledger),
            clock: Arc::clone(clock),
            holder: self.holder.clone(),
            claim: pusher::CLAIM,
        })
    }
}

/// What is told of a dry run.
pub(crate) fn answered(rehearsed: Rehearsed) -> DryRunResponse {
    match rehearsed {
        Rehearsed::Skipped(why) => told("would_be_skipped", why),
        Rehearsed::Held(why) => told("would_be_held", why),
        Rehearsed::Handed(attempt) => handed(*attempt),
    }
}

fn told(outcome: &str, why: String) -> DryRunResponse {
    DryRunResponse {
        outcome: outcome.to_owned(),
        why,
        ..DryRunResponse::default()
    }
}

fn handed(attempt: Attempt) -> DryRunResponse {
    let (outcome, why) = match &attempt.result {
        Err(Fault::DryRun) => ("would_write", String::new()),
        Err(fault) => ("would_not_write", fault.to_string()),
        Ok(written) => {
            let there = format!("it is {} there", written.twin.id);
            let why = written.discrepancy.clone().unwrap_or(there);
            ("nothing_to_write", why)
        }
    };
    DryRunResponse {
        exchanges: control::exchanges(attempt.exchanges),
        ..told(outcome, why)
    }
}
