//! `causeway control`: the control service as a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use commerce::MerchantId;
use control::{Access, ServeOptions, Service, Workers};
use ports::{SecretRef, SystemClock};
use tokio::net::TcpListener;

use super::start::{LogArgs, stop_on_signal};
use crate::platform::{Platform, PlatformArgs};
use crate::roles::{OutlineReader, watch_backlog};

/// Who may call control, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccessArgs {
    /// The token callers must send, as env:NAME or file:PATH. Without it only loopback addresses are served.
    #[arg(long, value_parser = secret_ref)]
    control_token_from: Option<SecretRef>,
    /// The server's certificate chain (PEM), as env:NAME or file:PATH; with --tls-key.
    #[arg(long, value_parser = secret_ref, requires = "tls_key")]
    tls_certificate: Option<SecretRef>,
    /// The server's private key (PEM), as env:NAME or file:PATH.
    #[arg(long, value_parser = secret_ref, requires = "tls_certificate")]
    tls_key: Option<SecretRef>,
}

fn secret_ref(text: &str) -> Result<SecretRef, String> {
    SecretRef::try_from(text.to_owned()).map_err(|error| error.to_string())
}

impl AccessArgs {
    pub(crate) fn options(&self) -> anyhow::Result<ServeOptions> {
        let access = match &self.control_token_from {
            Some(reference) => Access::Token(reference.resolve().context("--control-token-from")?),
            None => Access::LoopbackOnly,
        };
        let tls = match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => Some((
                certificate.resolve().context("--tls-certificate")?,
                key.resolve().context("--tls-key")?,
            )),
            _ => None,
        };
        Ok(ServeOptions { access, tls })
    }
}

#[derive(Debug, Args)]
pub(crate) struct ControlArgs {
    /// A configuration to apply at the start.
    #[arg(long, short, env = "CAUSEWAY_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    platform: PlatformArgs,
    /// Where to listen.
    #[arg(
        long,
        env = "CAUSEWAY_LISTEN_CONTROL",
        default_value = "127.0.0.1:7400"
    )]
    listen_control: SocketAddr,
    #[command(flatten)]
    access: AccessArgs,
    /// Where /metrics, /healthz and /readyz are answered; nowhere when left out.
    #[arg(long)]
    health: Option<SocketAddr>,
}

impl ControlArgs {
    pub(crate) async fn run(self, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        let telemetry = Arc::new(logs.start("causeway-control")?);
        let stop = stop_on_signal()?;
        let platform = Platform::open(&self.platform, Arc::new(SystemClock)).await?;
        let merchant = match &self.config {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("reading {}", path.display()))?;
                super::up::apply(&platform, &text)
                    .await
                    .with_context(|| path.display().to_string())?
            }
            None => MerchantId::default(),
        };
        if let Some(address) = self.health {
            super::listen::answer_probes(address, &telemetry, stop.clone()).await?;
        }
        let counting = tokio::spawn(watch_backlog(platform.clone(), merchant.clone()));
        let listener = TcpListener::bind(self.listen_control)
            .await
            .with_context(|| format!("listening on {} (--listen-control)", self.listen_control))?;
        let service = Service {
            merchant,
            ledger: platform.ledger,
            queue: platform.queue,
            clock: platform.clock,
            reader: Arc::new(OutlineReader),
            workers: Workers::default(),
        };
        control::serve(listener, service, self.access.options()?, stop).await?;
        counting.abort();
        Ok(ExitCode::SUCCESS)
    }
}
