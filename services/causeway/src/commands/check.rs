//! `causeway check`: does the configuration hold together, and can each connection do its work?

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use ports::{Clock, Severity, SystemClock};

use crate::config;
use crate::roles::{Budgets, client, connect};

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The configuration file.
    file: PathBuf,
    /// Only read the file; call nobody.
    #[arg(long)]
    offline: bool,
}

impl CheckArgs {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = config::read_file(&self.file)?;
        println!(
            "{}: {} connections, {} syncs",
            self.file.display(),
            config.connections.len(),
            config.syncs.len()
        );
        if self.offline {
            return Ok(ExitCode::SUCCESS);
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let budgets = Budgets::alone(Arc::clone(&clock));
        let mut good = true;
        for (id, connection) in &config.connections {
            let connected = client(&config.merchant, id, connection, &budgets, &clock)
                .and_then(|client| connect(&config, id, connection, client));
            let health = match connected {
                Ok(connected) => connected.probe.probe().await,
                Err(error) => {
                    println!("{id}: BAD  {error:#}");
                    good = false;
                    continue;
                }
            };
            match health {
                Ok(health) => {
                    println!("{id}: {}", health.identity);
                    for finding in health.findings {
                        let mark = match finding.severity {
                            Severity::Good => "ok  ",
                            Severity::Warning => "WARN",
                            Severity::Bad => "BAD ",
                        };
                        good &= finding.severity != Severity::Bad;
                        println!("  {mark} {}: {}", finding.what, finding.detail);
                    }
                }
                Err(fault) => {
                    println!("{id}: BAD  {fault}");
                    good = false;
                }
            }
        }
        Ok(if good {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
