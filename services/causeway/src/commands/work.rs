//! `causeway pull` and `causeway push`: workers as processes of their own.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use commerce::MerchantId;
use ports::{AuditCalls, SystemClock};
use puller::Wake;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::start::{LogArgs, holder, stop_on_signal};
use super::up::REHEARSALS;
use crate::client::ClientArgs;
use crate::platform::{Platform, PlatformArgs};
use crate::roles::{Answers, Budgets, Line, Part, Rehearsals, Tenure, Worker, watch_slots};

/// How long a goodbye may take; a control service that does not hear it counts the slots until their grant runs out.
const GOODBYE: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    /// The endpoint whose connections to serve (netsuite, shopify); all of them when left out.
    endpoint: Option<String>,
    /// Whose connections.
    #[arg(long, env = "CAUSEWAY_MERCHANT", default_value = "main")]
    merchant: String,
    #[command(flatten)]
    platform: PlatformArgs,
    #[command(flatten)]
    tenure: Tenure,
    /// Where /metrics, /healthz and /readyz are answered; nowhere when left out.
    #[arg(long)]
    health: Option<SocketAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Pull,
    Push,
}

impl WorkArgs {
    pub(crate) async fn run(
        self,
        direction: Direction,
        client: &ClientArgs,
        logs: &LogArgs,
    ) -> anyhow::Result<ExitCode> {
        if let Some(name) = &self.endpoint {
            let names: Vec<&str> = endpoints::ALL.iter().map(|one| one.name).collect();
            anyhow::ensure!(
                names.contains(&name.as_str()),
                "there is no endpoint '{name}'; there are: {}",
                names.join(", ")
            );
        }
        let role = match direction {
            Direction::Pull => "pull",
            Direction::Push => "push",
        };
        let telemetry = Arc::new(logs.start(&format!("causeway-{role}"))?);
        let stop = stop_on_signal()?;
        let platform = Platform::open(&self.platform, Arc::new(SystemClock)).await?;
        if let Some(address) = self.health {
            super::listen::answer_probes(address, &telemetry, stop.clone()).await?;
        }
        let holder = holder(role);
        let wake = Wake::default();
        let changed = Arc::new(Notify::new());
        let budgets = Arc::new(Budgets::shared(Arc::clone(&platform.clock)));
        let audits = AuditCalls::default();
        let (rehearsals, asked) = mpsc::channel(REHEARSALS);
        let line = Line {
            wake: wake.clone(),
            audits: audits.clone(),
            rehearsals,
            clock: Arc::clone(&platform.clock),
            changed: Arc::clone(&changed),
            budgets: Arc::clone(&budgets),
        };
        let clock = Arc::clone(&platform.clock);
        let measuring = tokio::spawn(watch_slots(Arc::clone(&budgets), Arc::clone(&clock)));
        let hang_up = CancellationToken::new();
        let attending = tokio::spawn(line.attend(
            client.clone(),
            holder.clone(),
            role,
            Arc::clone(&clock),
            hang_up.clone(),
        ));
        let merchant = MerchantId::new(self.merchant)?;
        let parts = vec![match direction {
            Direction::Pull => Part::Pull(self.endpoint),
            Direction::Push => Part::Push(self.endpoint),
        }];
        let rehearsing = Rehearsals {
            platform: platform.clone(),
            merchant: merchant.clone(),
            parts: parts.clone(),
            holder: holder.clone(),
            budgets: Arc::clone(&budgets),
            answers: Answers::There(client.clone()),
        };
        let rehearsing = tokio::spawn(rehearsing.run(asked));
        let worker = Worker {
            platform,
            merchant,
            parts,
            holder,
            tenure: self.tenure,
            wake,
            audits,
            budgets,
            changed,
        };
        worker.run(stop).await;
        measuring.abort();
        rehearsing.abort();
        // Only now: as long as calls run, control has to count their slots.
        hang_up.cancel();
        tokio::select! {
            ended = attending => ended?,
            () = clock.sleep(GOODBYE) => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}
