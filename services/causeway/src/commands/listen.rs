//! `causeway listen`: answers webhooks. It knows webhook secrets and nothing else of any connection.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use commerce::{ConnectionId, Kind, MerchantId};
use ports::{Doorbell, SystemClock};
use proto::control::v1::RunRequest;
use telemetry::Telemetry;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::start::{LogArgs, stop_on_signal};
use crate::client::ClientArgs;
use crate::config;
use crate::platform::{Platform, PlatformArgs};

/// Rings remembered while control is slow; more of them would say nothing new.
const PENDING: usize = 256;

/// How often to look for another configuration.
const LOOK_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(crate) struct ListenArgs {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:7480")]
    listen: SocketAddr,
    /// Whose webhooks.
    #[arg(long, env = "CAUSEWAY_MERCHANT", default_value = "main")]
    merchant: String,
    #[command(flatten)]
    platform: PlatformArgs,
}

impl ListenArgs {
    pub(crate) async fn run(self, client: &ClientArgs, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        let telemetry = Arc::new(logs.start("causeway-listen")?);
        let stop = stop_on_signal()?;
        let platform = Platform::open(&self.platform, Arc::new(SystemClock)).await?;
        let merchant = MerchantId::new(self.merchant)?;
        let (rings, receiver) = mpsc::channel(PENDING);
        let carrying = tokio::spawn(carry(
            platform.clone(),
            merchant.clone(),
            client.clone(),
            receiver,
        ));
        let ring = Arc::new(move |connection: &ConnectionId, kinds| {
            // A full channel means that waking is under way already.
            if let Err(error) = rings.try_send((connection.clone(), kinds)) {
                warn!(connection = %connection, error = %error, "ring not carried; the schedule will find the change");
            }
        });
        start(&platform, &merchant, self.listen, ring, &telemetry, stop)
            .await?
            .await??;
        carrying.abort();
        Ok(ExitCode::SUCCESS)
    }
}

/// Starts to answer the webhooks of the active configuration.
pub(super) async fn start(
    platform: &Platform,
    merchant: &MerchantId,
    address: SocketAddr,
    ring: listen::Ring,
    telemetry: &Arc<Telemetry>,
    stop: CancellationToken,
) -> anyhow::Result<JoinHandle<anyhow::Result<()>>> {
    let listener = bind(address).await?;
    let metrics = Arc::clone(telemetry);
    let metrics: listen::Metrics = Arc::new(move || metrics_text(&metrics));
    let (platform, merchant) = (platform.clone(), merchant.clone());
    Ok(tokio::spawn(async move {
        let mut listener = listener;
        loop {
            let (version, routes) = doorbells(&platform, &merchant).await?;
            let round = stop.child_token();
            let serving = listen::serve(
                listener,
                routes,
                Arc::clone(&ring),
                Arc::clone(&metrics),
                round.clone(),
            );
            let serving = tokio::spawn(serving);
            tokio::select! {
                () = stop.cancelled() => {}
                () = changed(&platform, &merchant, version) => round.cancel(),
            }
            serving.await??;
            if stop.is_cancelled() {
                return Ok(());
            }
            // Between two configurations a call may be turned away; its sender repeats it, and the schedule finds the change anyhow.
            listener = bind(address).await?;
        }
    }))
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("listening on {address} (--listen)"))
}

/// Returns when another configuration is in force.
async fn changed(platform: &Platform, merchant: &MerchantId, version: i64) {
    loop {
        platform.clock.sleep(LOOK_EVERY).await;
        match platform.ledger.configuration(merchant).await {
            Ok(active) if active.as_ref().map_or(0, |active| active.version) != version => return,
            Ok(_) => {}
            Err(error) => {
                warn!(error = %error, "the configuration could not be read; answering on as before")
            }
        }
    }
}

/// Answers /metrics, /healthz and /readyz for a role that takes no webhooks.
pub(super) async fn answer_probes(
    address: SocketAddr,
    telemetry: &Arc<Telemetry>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("listening on {address} (--health)"))?;
    let metrics = Arc::clone(telemetry);
    let metrics = Arc::new(move || metrics_text(&metrics));
    let nobody_rings = Arc::new(|_: &ConnectionId, _: &'static [Kind]| {});
    tokio::spawn(listen::serve(
        listener,
        BTreeMap::new(),
        nobody_rings,
        metrics,
        stop,
    ));
    Ok(())
}

/// The active configuration's version, and the doorbells of its connections.
async fn doorbells(
    platform: &Platform,
    merchant: &MerchantId,
) -> anyhow::Result<(i64, BTreeMap<ConnectionId, Arc<dyn Doorbell>>)> {
    let Some(active) = platform.ledger.configuration(merchant).await? else {
        return Ok((0, BTreeMap::new()));
    };
    let config = config::read(&active.text).map_err(|problems| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(
            "the active configuration does not hold together:\n{}",
            all.join("\n")
        )
    })?;
    let mut routes = BTreeMap::new();
    for (id, connection) in &config.connections {
        let doorbell = (connection.endpoint.doorbell)(&connection.settings)
            .with_context(|| format!("connection {id}"))?;
        if let Some(doorbell) = doorbell {
            routes.insert(id.clone(), Arc::from(doorbell));
        }
    }
    Ok((active.version, routes))
}

/// The metrics, or why there are none: a scrape must not look like silence.
fn metrics_text(telemetry: &Telemetry) -> String {
    telemetry
        .metrics_text()
        .unwrap_or_else(|error| format!("# metrics cannot be told: {error}\n"))
}

/// Carries rings to control, which wakes the readers.
async fn carry(
    platform: Platform,
    merchant: MerchantId,
    client: ClientArgs,
    mut rings: mpsc::Receiver<(ConnectionId, &'static [Kind])>,
) {
    while let Some((connection, kinds)) = rings.recv().await {
        if let Err(error) = tell(&platform, &merchant, &client, &connection, kinds).await {
            warn!(connection = %connection, error = format!("{error:#}"), "ring not carried; the schedule will find the change");
        }
    }
}

async fn tell(
    platform: &Platform,
    merchant: &MerchantId,
    client: &ClientArgs,
    connection: &ConnectionId,
    kinds: &[Kind],
) -> anyhow::Result<()> {
    let Some(active) = platform.ledger.configuration(merchant).await? else {
        return Ok(());
    };
    let Ok(config) = config::read(&active.text) else {
        return Ok(());
    };
    let told_of = |sync: &ports::Sync| sync.from == *connection && kinds.contains(&sync.kind);
    let syncs = config.syncs.iter().map(|one| &one.sync);
    for sync in syncs.filter(|sync| told_of(sync)) {
        let sync = sync.id.to_string();
        client.connect().await?.run(RunRequest { sync }).await?;
    }
    Ok(())
}
