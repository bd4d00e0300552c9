//! `causeway lists`: what an account's ids are called.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use commerce::ConnectionId;
use ports::{Clock, Directory, SystemClock};
use serde_json::json;

use crate::config;
use crate::roles::{Budgets, client, connect};

#[derive(Debug, Args)]
pub(crate) struct ListsArgs {
    /// The connection, by its name in the configuration.
    connection: String,
    /// The list (`locations`); left out, all that can be read are named.
    list: Option<String>,
    /// The configuration file.
    #[arg(long, default_value = "causeway.yaml")]
    config: PathBuf,
}

impl ListsArgs {
    pub(crate) async fn run(self, as_json: bool) -> anyhow::Result<ExitCode> {
        let config = config::read_file(&self.config)?;
        let id = ConnectionId::new(self.connection.clone())?;
        let connection = config
            .connections
            .get(&id)
            .with_context(|| format!("there is no connection '{id}' in the file"))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let budgets = Budgets::alone(Arc::clone(&clock));
        let client = client(&config.merchant, &id, connection, &budgets, &clock)?;
        let directory = connect(&config, &id, connection, client)?.directory;
        let directory = directory
            .with_context(|| format!("{} has no lists to be read", connection.endpoint.name))?;
        match &self.list {
            Some(list) => show(&*directory, list, as_json).await?,
            None if as_json => println!("{:#}", json!(directory.lists())),
            None => println!("{}", directory.lists().join("\n")),
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn show(directory: &dyn Directory, list: &str, as_json: bool) -> anyhow::Result<()> {
    let entries = directory.list(list).await?;
    if as_json {
        println!("{:#}", serde_json::to_value(&entries)?);
        return Ok(());
    }
    if entries.is_empty() {
        println!("the account's {list} are empty");
    }
    let width = entries
        .iter()
        .map(|entry| entry.id.len())
        .max()
        .unwrap_or(0);
    for entry in entries {
        println!("{:width$}  {}", entry.id, entry.name);
    }
    Ok(())
}
