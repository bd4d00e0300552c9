//! `causeway lists`: what an account's ids are called.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use commerce::ConnectionId;
use ports::Directory;
use serde_json::json;

use crate::{config, lookup};

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
        let text = config::text(&self.config)?;
        let draft =
            config::draft(&text).map_err(|problems| config::told(&self.config, &problems))?;
        let id = ConnectionId::new(self.connection.clone())?;
        let directory = lookup::directory(&draft.config, &id)?;
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
