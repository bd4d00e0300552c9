//! `causeway check`: does the configuration hold together, and can each connection do its work?

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use ports::{Clock, Severity, SystemClock};

use crate::config;
use crate::roles::{Budgets, connect};

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
        let text = std::fs::read_to_string(&self.file)
            .with_context(|| format!("reading {}", self.file.display()))?;
        let config = match config::read(&text) {
            Ok(config) => config,
            Err(problems) => {
                for problem in problems {
                    println!("{}: {problem}", self.file.display());
                }
                return Ok(ExitCode::FAILURE);
            }
        };
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
            let health = match connect(&config, id, connection, &budgets, &clock) {
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
