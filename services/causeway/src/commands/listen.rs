//! `causeway listen`: answers webhooks. It knows webhook secrets and nothing else of any connection.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

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
        let ring = Arc::new(move |connection: &ConnectionId, kind| {
            // A full channel means that waking is under way already.
            if let Err(error) = rings.try_send((connection.clone(), kind)) {
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
    ring: Arc<dyn Fn(&ConnectionId, Kind) + Send + Sync>,
    telemetry: &Arc<Telemetry>,
    stop: CancellationToken,
) -> anyhow::Result<JoinHandle<anyhow::Result<()>>> {
    let routes = doorbells(platform, merchant).await?;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("listening on {address} (--listen)"))?;
    let metrics = Arc::clone(telemetry);
    let metrics = Arc::new(move || metrics_text(&metrics));
    Ok(tokio::spawn(async move {
        Ok(listen::serve(listener, routes, ring, metrics, stop).await?)
    }))
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
    let nobody_rings = Arc::new(|_: &ConnectionId, _: Kind| {});
    tokio::spawn(listen::serve(
        listener,
        BTreeMap::new(),
        nobody_rings,
        metrics,
        stop,
    ));
    Ok(())
}

/// The doorbells of the active configuration's connections.
async fn doorbells(
    platform: &Platform,
    merchant: &MerchantId,
) -> anyhow::Result<BTreeMap<ConnectionId, Arc<dyn Doorbell>>> {
    let Some(active) = platform.ledger.configuration(merchant).await? else {
        return Ok(BTreeMap::new());
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
    Ok(routes)
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
    mut rings: mpsc::Receiver<(ConnectionId, Kind)>,
) {
    while let Some((connection, kind)) = rings.recv().await {
        if let Err(error) = tell(&platform, &merchant, &client, &connection, kind).await {
            warn!(connection = %connection, error = format!("{error:#}"), "ring not carried; the schedule will find the change");
        }
    }
}

async fn tell(
    platform: &Platform,
    merchant: &MerchantId,
    client: &ClientArgs,
    connection: &ConnectionId,
    kind: Kind,
) -> anyhow::Result<()> {
    let Some(active) = platform.ledger.configuration(merchant).await? else {
        return Ok(());
    };
    let Ok(config) = config::read(&active.text) else {
        return Ok(());
    };
    let sync = config
        .syncs
        .iter()
        .find(|one| one.sync.from == *connection && one.sync.kind == kind);
    if let Some(sync) = sync {
        client
            .connect()
            .await?
            .run(RunRequest {
                sync: sync.sync.id.to_string(),
            })
            .await?;
    }
    Ok(())
}
