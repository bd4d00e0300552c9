//! A worker: keeps the tasks that run equal to the tasks that should run.
//!
//! It compares the active configuration and the switches with what it runs, now and again and at every nudge; a difference means finishing what
//! runs and starting anew. The same path serves the first start, a changed mapping and a paused sync.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use commerce::{MerchantId, SyncId};
use ports::AuditCalls;
use ports::ledger::Holder;
use puller::Wake;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::assemble::{Assembly, Part};
use super::budgets::Budgets;
use super::tenure::Tenure;
use crate::config;
use crate::platform::Platform;

const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Everything a worker needs.
pub(crate) struct Worker {
    pub(crate) platform: Platform,
    pub(crate) merchant: MerchantId,
    pub(crate) parts: Vec<Part>,
    pub(crate) holder: Holder,
    pub(crate) tenure: Tenure,
    pub(crate) wake: Wake,
    pub(crate) audits: AuditCalls,
    pub(crate) budgets: Arc<Budgets>,
    /// Rung when the configuration may have changed.
    pub(crate) changed: Arc<Notify>,
}

#[derive(PartialEq, Eq)]
struct Desired {
    version: i64,
    paused: BTreeSet<SyncId>,
}

struct Running {
    desired: Desired,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Worker {
    /// Works until told to stop; then finishes what was begun.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut running: Option<Running> = None;
        let mut told_to_wait = false;
        while !stop.is_cancelled() {
            match self.desired().await {
                Ok(Some((desired, text))) => {
                    if running.as_ref().is_none_or(|now| now.desired != desired) {
                        finish(running.take()).await;
                        running = self.start(desired, &text).await;
                    }
                }
                Ok(None) if !told_to_wait => {
                    info!("no configuration is active yet: waiting for `causeway apply`");
                    told_to_wait = true;
                }
                Ok(None) => {}
                Err(error) => {
                    warn!(error = %error, "the configuration could not be read; going on with what runs")
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.changed.notified() => {}
                () = self.platform.clock.sleep(LOOK_EVERY) => {}
            }
        }
        finish(running).await;
    }

    async fn desired(&self) -> Result<Option<(Desired, String)>, ports::LedgerError> {
        let Some(active) = self.platform.ledger.configuration(&self.merchant).await? else {
            return Ok(None);
        };
        let paused = self
            .platform
            .ledger
            .paused(&self.merchant)
            .await?
            .into_iter()
            .collect();
        Ok(Some((
            Desired {
                version: active.version,
                paused,
            },
            active.text,
        )))
    }

    /// Starts what should run. Nothing is kept running when it cannot: the next look tries again only after a change.
    async fn start(&self, desired: Desired, text: &str) -> Option<Running> {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        match config::read(text) {
            Err(problems) => {
                for problem in problems {
                    error!(version = desired.version, problem = %problem, "the active configuration does not hold together");
                }
            }
            Ok(mut config) => {
                for one in &mut config.syncs {
                    one.sync.paused = desired.paused.contains(&one.sync.id);
                }
                let assembly = Assembly {
                    platform: &self.platform,
                    config: &config,
                    version: desired.version,
                    holder: &self.holder,
                    tenure: self.tenure,
                    wake: &self.wake,
                    audits: &self.audits,
                    budgets: &self.budgets,
                    stop: &stop,
                };
                for part in &self.parts {
                    if let Err(error) = assembly.add(part, &mut tasks).await {
                        error!(part = %part, error = format!("{error:#}"), "cannot start");
                        // Half a worker would look alive: stop, and try again at the next look.
                        stop.cancel();
                        while tasks.join_next().await.is_some() {}
                        return None;
                    }
                }
                info!(
                    version = desired.version,
                    tasks = tasks.len(),
                    "configuration in force"
                );
            }
        }
        Some(Running {
            desired,
            stop,
            tasks,
        })
    }
}

async fn finish(running: Option<Running>) {
    if let Some(mut running) = running {
        running.stop.cancel();
        while running.tasks.join_next().await.is_some() {}
    }
}
