//! What every long-running role does at its start and end.

use clap::Args;
use ports::ledger::Holder;
use telemetry::Telemetry;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::info;

/// Logs and traces.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogArgs {
    /// What to log: error, warn, info, debug, or a filter like info,causeway_pusher=debug.
    #[arg(long, env = "CAUSEWAY_LOG", default_value = "info", global = true)]
    pub(crate) log: String,
    /// Log one JSON object per line.
    #[arg(long, env = "CAUSEWAY_LOG_JSON", global = true)]
    pub(crate) log_json: bool,
    /// Send traces to this OTLP collector (gRPC), for instance http://127.0.0.1:4317.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true)]
    pub(crate) otlp: Option<String>,
}

impl LogArgs {
    /// Silent unless asked to speak: for commands that print a story or figures of their own.
    pub(crate) fn quiet(&self) -> Self {
        let mut quiet = self.clone();
        if quiet.log == "info" {
            "off".clone_into(&mut quiet.log);
        }
        quiet
    }

    pub(crate) fn start(&self, service: &str) -> anyhow::Result<Telemetry> {
        Ok(telemetry::init(telemetry::Options {
            service: service.to_owned(),
            json_logs: self.log_json,
            otlp_endpoint: self.otlp.clone(),
            filter: self.log.clone(),
        })?)
    }
}

/// Cancelled by SIGTERM or Ctrl-C: finish what was begun, then end. A second signal ends at once.
pub(crate) fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let token = stop.clone();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        info!("stopping: finishing what was begun");
        token.cancel();
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        // What was begun and not recorded is looked up at the next start.
        std::process::exit(130);
    });
    Ok(stop)
}

/// A name for this start of this process: host, process number, random.
pub(crate) fn holder(role: &str) -> Holder {
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "local".to_owned());
    Holder(format!(
        "{role}@{host}/{}-{:08x}",
        std::process::id(),
        fastrand::u32(..)
    ))
}
