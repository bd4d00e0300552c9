//! From a configuration to running tasks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use anyhow::Context as _;
use commerce::{ConnectionId, Kind, MerchantId};
use ports::ledger::{Holder, resumption_key};
use ports::{AuditCalls, Connected, Lane, Sync, Urgency};
use puller::{Auditor, Backfiller, Puller, Wake};
use pusher::{Courier, Inspected, Inspector, Plan, Pusher, Syncs, Target};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::budgets::Budgets;
use super::tenure::Tenure;
use crate::config::{Config, ConnectionConfig};
use crate::platform::Platform;

/// A part of the work that a process takes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Reads connections of that endpoint, or of every one.
    Pull(Option<String>),
    /// Writes to connections of that endpoint, or of every one.
    Push(Option<String>),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, endpoint) = match self {
            Self::Pull(endpoint) => ("pull", endpoint),
            Self::Push(endpoint) => ("push", endpoint),
        };
        write!(f, "{name} {}", endpoint.as_deref().unwrap_or("everything"))
    }
}

/// How many deliveries a lane takes at once, and how many such batches it works on at the same time: enough that claiming and recording one batch
/// overlaps with writing another.
const BATCH: usize = 100;
const IN_FLIGHT: usize = 4;

/// What tasks are made of.
pub(crate) struct Assembly<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) config: &'a Config,
    /// The configuration's version.
    pub(crate) version: i64,
    pub(crate) holder: &'a Holder,
    pub(crate) tenure: Tenure,
    pub(crate) wake: &'a Wake,
    pub(crate) audits: &'a AuditCalls,
    pub(crate) budgets: &'a Budgets,
    pub(crate) stop: &'a CancellationToken,
}

impl Assembly<'_> {
    /// Adds the tasks of a part.
    pub(crate) async fn add(&self, part: &Part, tasks: &mut JoinSet<()>) -> anyhow::Result<()> {
        self.platform
            .queue
            .declare(&self.config.routes())
            .await
            .context("declaring queues")?;
        let wanted = match part {
            Part::Pull(endpoint) | Part::Push(endpoint) => endpoint.as_deref(),
        };
        for (id, connection) in &self.config.connections {
            if wanted.is_some_and(|name| name != connection.endpoint.name) {
                continue;
            }
            match part {
                Part::Pull(_) => self.pull(id, connection, tasks).await?,
                Part::Push(_) => self.push(id, connection, tasks).await?,
            }
        }
        Ok(())
    }

    async fn pull(
        &self,
        id: &ConnectionId,
        config: &ConnectionConfig,
        tasks: &mut JoinSet<()>,
    ) -> anyhow::Result<()> {
        let syncs: Vec<&Sync> = self
            .config
            .syncs
            .iter()
            .map(|one| &one.sync)
            .filter(|sync| sync.from == *id && !sync.paused)
            .collect();
        if syncs.is_empty() {
            return Ok(());
        }
        let source = self
            .connect(id, config)?
            .source
            .with_context(|| format!("connection {id} cannot be read"))?;
        let connection = puller::Connection {
            merchant: self.config.merchant.clone(),
            id: id.clone(),
            source: Arc::from(source),
            publisher: Arc::from(
                self.platform
                    .queue
                    .publisher()
                    .await
                    .context("opening a publisher")?,
            ),
            ledger: Arc::clone(&self.platform.ledger),
            clock: Arc::clone(&self.platform.clock),
            holder: self.holder.clone(),
            lease: self.tenure.lease,
        };
        let mut by_kind: BTreeMap<Kind, Vec<Sync>> = BTreeMap::new();
        for sync in syncs {
            by_kind.entry(sync.kind).or_default().push(sync.clone());
        }
        let all: Vec<Sync> = by_kind.values().flatten().cloned().collect();
        for (kind, readers) in by_kind {
            // Syncs of one stream share its reader, which looks as often as the most impatient of them wants.
            let Some(every) = readers.iter().map(|sync| sync.schedule.every).min() else {
                continue;
            };
            let bell = self.wake.bell(id, kind);
            let puller = Puller::live(connection.clone(), kind, readers);
            if let Some(auditor) = Auditor::of(&puller, self.audits.clone()) {
                tasks.spawn(auditor.run(self.stop.clone()));
            }
            tasks.spawn(puller.run(every, bell, self.stop.clone()));
        }
        tasks.spawn(Backfiller::new(connection, all).run(self.stop.clone()));
        Ok(())
    }

    /// Releases what was parked while the sync was paused. Done here, not where it is resumed: whoever still works by the old state
    /// parks on, and releases when he begins anew.
    async fn resume(&self, sync: &Sync) -> anyhow::Result<()> {
        let parked = [resumption_key(&sync.id)];
        let now = self.platform.clock.now();
        let ledger = &self.platform.ledger;
        ledger.release_waiting(&sync.merchant, &parked, now).await?;
        Ok(())
    }

    async fn push(
        &self,
        id: &ConnectionId,
        config: &ConnectionConfig,
        tasks: &mut JoinSet<()>,
    ) -> anyhow::Result<()> {
        let mut syncs = Syncs::default();
        let mut lanes: Vec<Lane> = Vec::new();
        for one in self.config.syncs.iter().filter(|one| one.sync.to == *id) {
            let mapping = self.config.mapping(one)?;
            // A paused sync is known all the same: what it has in a lane that it shares with others must stay queued.
            if !one.sync.paused {
                lanes.extend(Urgency::lanes(one.sync.kind));
                self.resume(&one.sync).await?;
            }
            let all = self.config.syncs.iter().map(|one| &one.sync);
            syncs.insert(Plan {
                counterparts: pusher::counterparts(&one.sync, all),
                sync: one.sync.clone(),
                mapping,
                configuration: self.version,
            });
        }
        lanes.sort_unstable();
        lanes.dedup();
        if lanes.is_empty() {
            return Ok(());
        }
        let sink = self
            .connect(id, config)?
            .sink
            .with_context(|| format!("connection {id} cannot be written"))?;
        let target = Target {
            merchant: self.config.merchant.clone(),
            id: id.clone(),
            sink: Arc::from(sink),
            ledger: Arc::clone(&self.platform.ledger),
            clock: Arc::clone(&self.platform.clock),
            holder: self.holder.clone(),
            claim: self.tenure.claim,
        };
        let mut inspected = Vec::new();
        for one in self.config.syncs.iter().filter(|one| one.sync.to == *id) {
            inspected.push(Inspected {
                sync: one.sync.clone(),
                mapping: self.config.mapping(one)?,
            });
        }
        if let Some(inspector) = Inspector::of(&target, inspected, self.audits.clone()) {
            tasks.spawn(inspector.run(self.stop.clone()));
        }
        for lane in lanes {
            let prefetch = u16::try_from(BATCH * (IN_FLIGHT + 1)).unwrap_or(u16::MAX);
            let consumer = self
                .platform
                .queue
                .consumer(&self.config.merchant, id, lane, prefetch)
                .await?;
            let pusher = Pusher::new(target.clone(), syncs.clone(), BATCH, IN_FLIGHT);
            tasks.spawn(pusher.run(consumer, self.stop.clone()));
        }
        let courier = Courier {
            merchant: self.config.merchant.clone(),
            ledger: Arc::clone(&self.platform.ledger),
            publisher: Arc::from(
                self.platform
                    .queue
                    .publisher()
                    .await
                    .context("opening a publisher")?,
            ),
            clock: Arc::clone(&self.platform.clock),
            sources: self
                .config
                .syncs
                .iter()
                .map(|one| (one.sync.id.clone(), one.sync.from.clone()))
                .collect(),
        };
        tasks.spawn(courier.run(self.stop.clone()));
        Ok(())
    }

    pub(crate) fn connect(
        &self,
        id: &ConnectionId,
        config: &ConnectionConfig,
    ) -> anyhow::Result<Connected> {
        let clock = &self.platform.clock;
        let client = client(&self.config.merchant, id, config, self.budgets, clock)?;
        connect(self.config, id, config, client)
    }
}

/// The HTTP client of a connection.
pub(crate) fn client(
    merchant: &MerchantId,
    id: &ConnectionId,
    connection: &ConnectionConfig,
    budgets: &Budgets,
    clock: &Arc<dyn ports::Clock>,
) -> anyhow::Result<http::Client> {
    let limits = (connection.endpoint.limits)(&connection.settings)
        .with_context(|| format!("connection {id}"))?;
    let budget = budgets.of(id, limits);
    let client = http::Client::new(http::Options::default(), budget, Arc::clone(clock))
        .with_context(|| format!("connection {id}"))?;
    let (merchant, id) = (merchant.clone(), id.clone());
    let count = move |status| {
        telemetry::metrics::http_request(merchant.as_str(), id.as_str(), status);
    };
    Ok(client
        .with_trace(telemetry::trace::headers)
        .with_observer(Arc::new(count)))
}

/// A connection's capabilities; reads its secrets, sends nothing.
pub(crate) fn connect(
    config: &Config,
    id: &ConnectionId,
    connection: &ConnectionConfig,
    client: http::Client,
) -> anyhow::Result<Connected> {
    let merchant = config.merchant.clone();
    (connection.endpoint.connect)(merchant, id.clone(), &connection.settings, client)
        .with_context(|| format!("connection {id}"))
}
