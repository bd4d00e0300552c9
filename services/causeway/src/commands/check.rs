//! `causeway check`: does the configuration hold together, and can each connection do its work?

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use ports::{Clock, Directory, Listing, Severity, SystemClock};

use crate::config::{self, Mention};
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
        let text = config::text(&self.file)?;
        let draft = config::draft(&text).map_err(|problems| config::told(&self.file, &problems))?;
        let config = draft.config;
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
                    let mentions = draft.mentions.iter().filter(|one| one.connection == *id);
                    for one in mentions {
                        good &= listed(connected.directory.as_deref(), one).await;
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

/// Whether the account has what a setting, rule or table names, by id or name; prints what is to be said of it.
async fn listed(directory: Option<&dyn Directory>, one: &Mention) -> bool {
    let Some(directory) = directory else {
        return true;
    };
    let entries = match directory.list(&one.list).await {
        Ok(entries) => entries,
        Err(fault) => {
            let (path, text) = (&one.path, &one.text);
            println!("  WARN {path}: whether '{text}' exists is not known: {fault}");
            return true;
        }
    };
    let trouble = match &one.id {
        Some(id) => Listing::trouble_with(id, &one.list, &entries),
        None => Listing::named(&one.text, &one.list, &entries).err(),
    };
    if let Some(why) = trouble {
        println!("  BAD  {}: {why}", one.path);
        return false;
    }
    let named = entries
        .iter()
        .find(|entry| Some(&entry.id) == one.id.as_ref());
    if let Some(entry) = named.filter(|entry| one.is_name() && entry.name != one.text) {
        println!(
            "  WARN {}: '{}' stands for {}, which is called '{}' today",
            one.path, one.text, entry.id, entry.name
        );
    }
    true
}
