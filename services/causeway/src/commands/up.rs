//! `causeway up`: every role in one process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use commerce::MerchantId;
use ports::{AuditCalls, Clock, SystemClock};
use puller::Wake;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::control::AccessArgs;
use super::start::{LogArgs, holder, stop_on_signal};
use crate::platform::{Platform, PlatformArgs};
use crate::roles::{
    Answers, Budgets, Line, Part, Rehearsals, Tenure, Worker, watch_backlog, watch_slots,
};
use crate::{config, lookup};

/// Dry runs that may wait for the one before.
pub(super) const REHEARSALS: usize = 8;

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    /// The configuration to apply at the start; without it the one applied last stays in force.
    #[arg(long, short, env = "CAUSEWAY_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    platform: PlatformArgs,
    #[command(flatten)]
    tenure: Tenure,
    /// Where the control service listens.
    #[arg(long, default_value = "127.0.0.1:7400")]
    listen_control: SocketAddr,
    #[command(flatten)]
    access: AccessArgs,
    /// Where webhooks, /metrics, /healthz and /readyz are answered; nowhere when left out.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

impl UpArgs {
    pub(crate) async fn run(self, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        let telemetry = Arc::new(logs.start("causeway")?);
        let stop = stop_on_signal()?;
        let alone = self.platform.alone()?;
        let platform = Platform::open_migrated(&self.platform, Arc::new(SystemClock)).await?;
        if alone.is_some() {
            let now = platform.clock.now();
            let claims = platform.ledger.take_over(now).await?;
            if claims > 0 {
                info!(
                    records = claims,
                    "was stopped in the middle of writing: looking up what became of it"
                );
            }
        }
        let merchant = match &self.config {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("reading {}", path.display()))?;
                apply(&platform, &text)
                    .await
                    .with_context(|| path.display().to_string())?
            }
            None => MerchantId::default(),
        };
        let control = TcpListener::bind(self.listen_control)
            .await
            .with_context(|| format!("listening on {} (--listen-control)", self.listen_control))?;
        let system = System::new(platform, merchant, self.access.options()?, self.tenure);
        let web = match self.listen {
            Some(address) => Some(system.listen(address, &telemetry, stop.clone()).await?),
            None => None,
        };
        system.run(control, stop).await?;
        if let Some(web) = web {
            web.await??;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Checks a configuration, looks its names up, and makes it the active one; returns whose it is. One that is active already stays as it
/// is: what its names stand for does not change by a start.
pub(crate) async fn apply(platform: &Platform, text: &str) -> anyhow::Result<MerchantId> {
    let told = |problems: Vec<config::Problem>| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(
            "the configuration does not hold together:\n{}",
            all.join("\n")
        )
    };
    let merchant = config::draft(text).map_err(told)?.config.merchant;
    let active = platform.ledger.configuration(&merchant).await?;
    let active = active.map(|active| active.text).unwrap_or_default();
    let before = config::names(&active);
    if config::with_names(text, &before) == active {
        return Ok(merchant);
    }
    let text = lookup::resolved(text, &before).await.map_err(told)?;
    let now = platform.clock.now();
    platform
        .ledger
        .apply(&merchant, &text, "file at start", now)
        .await?;
    Ok(merchant)
}

/// Control, pullers and pushers together in one process.
pub(crate) struct System {
    platform: Platform,
    merchant: MerchantId,
    options: control::ServeOptions,
    tenure: Tenure,
    workers: control::Workers,
    pub(crate) wake: Wake,
    changed: Arc<Notify>,
}

impl System {
    pub(crate) fn new(
        platform: Platform,
        merchant: MerchantId,
        options: control::ServeOptions,
        tenure: Tenure,
    ) -> Self {
        Self {
            platform,
            merchant,
            options,
            tenure,
            workers: control::Workers::default(),
            wake: Wake::default(),
            changed: Arc::new(Notify::new()),
        }
    }

    /// Answers webhooks and probes beside the other roles.
    async fn listen(
        &self,
        address: SocketAddr,
        telemetry: &Arc<telemetry::Telemetry>,
        stop: CancellationToken,
    ) -> anyhow::Result<tokio::task::JoinHandle<anyhow::Result<()>>> {
        let wake = self.wake.clone();
        let ring = Arc::new(
            move |connection: &commerce::ConnectionId, kinds: &'static [commerce::Kind]| {
                for kind in kinds {
                    wake.ring(connection, *kind);
                }
            },
        );
        super::listen::start(
            &self.platform,
            &self.merchant,
            address,
            ring,
            telemetry,
            stop,
        )
        .await
    }

    /// Runs until told to stop; then finishes what was begun.
    pub(crate) async fn run(
        self,
        control: TcpListener,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let clock: Arc<dyn Clock> = Arc::clone(&self.platform.clock);
        let holder = holder("up");
        let budgets = Arc::new(Budgets::alone(Arc::clone(&clock)));
        let mut gauges = JoinSet::new();
        gauges.spawn(watch_backlog(self.platform.clone(), self.merchant.clone()));
        gauges.spawn(watch_slots(Arc::clone(&budgets), Arc::clone(&clock)));
        let audits = AuditCalls::default();
        let (rehearsals, asked) = mpsc::channel(REHEARSALS);
        let line = Line {
            wake: self.wake.clone(),
            audits: audits.clone(),
            rehearsals,
            clock: Arc::clone(&clock),
            changed: Arc::clone(&self.changed),
            budgets: Arc::clone(&budgets),
        };
        let service = control::Service {
            merchant: self.merchant.clone(),
            ledger: Arc::clone(&self.platform.ledger),
            queue: Arc::clone(&self.platform.queue),
            clock: Arc::clone(&self.platform.clock),
            reader: Arc::new(crate::roles::OutlineReader),
            workers: self.workers.clone(),
        };
        let orders = self.workers.join(&holder.0, "up");
        let follow = tokio::spawn(line.follow(orders));
        let parts = vec![Part::Pull(None), Part::Push(None)];
        let rehearsing = Rehearsals {
            platform: self.platform.clone(),
            merchant: self.merchant.clone(),
            parts: parts.clone(),
            holder: holder.clone(),
            budgets: Arc::clone(&budgets),
            answers: Answers::Here(self.workers.clone()),
        };
        let rehearsing = tokio::spawn(rehearsing.run(asked));
        let worker = Worker {
            platform: self.platform,
            merchant: self.merchant,
            parts,
            holder,
            tenure: self.tenure,
            wake: self.wake,
            audits,
            budgets,
            changed: self.changed,
        };
        let serving = tokio::spawn(control::serve(control, service, self.options, stop.clone()));
        worker.run(stop).await;
        follow.abort();
        rehearsing.abort();
        serving.await??;
        Ok(())
    }
}
