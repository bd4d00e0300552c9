//! `causeway check`: does the configuration hold together, and can each connection do its work?

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use commerce::ConnectionId;
use mapping::Origin;
use ports::{Clock, Connected, Listing, Severity, SystemClock};

use crate::config::{self, Config};
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
            let connected = match connected {
                Ok(connected) => connected,
                Err(error) => {
                    println!("{id}: BAD  {error:#}");
                    good = false;
                    continue;
                }
            };
            match connected.probe.probe().await {
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
                    good &= ids(&config, id, &connected).await;
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

/// Whether the account has what rules and tables name by id; prints what it has not.
async fn ids(config: &Config, id: &ConnectionId, connected: &Connected) -> bool {
    let Some(directory) = &connected.directory else {
        return true;
    };
    let mut good = true;
    for one in config.syncs.iter().filter(|one| one.sync.to == *id) {
        let Ok(mapping) = config.mapping(one) else {
            continue;
        };
        for reference in mapping.references() {
            let place = match &reference.place {
                Origin::Rule(rule) => format!("syncs.{}.{rule}", one.sync.id),
                Origin::Table(table, Some(value)) => format!("tables.{table}.entries.{value}"),
                Origin::Table(table, None) => format!("tables.{table}.unmapped"),
            };
            match directory.list(reference.list).await {
                Ok(entries) => {
                    let trouble = Listing::trouble_with(&reference.id, reference.list, &entries);
                    if let Some(why) = trouble {
                        println!("  BAD  {place}: {why}");
                        good = false;
                    }
                }
                Err(fault) => println!(
                    "  WARN {place}: whether '{}' exists is not known: {fault}",
                    reference.id
                ),
            }
        }
    }
    good
}
