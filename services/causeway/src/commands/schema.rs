//! `causeway schema`: the JSON schema of the configuration file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use commerce::ConnectionId;

use crate::{config, lookup};

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// With the names that the account of this connection has for what settings name by id, so that an editor completes them.
    #[arg(long)]
    connection: Option<String>,
    /// The configuration file with that connection.
    #[arg(long, default_value = "causeway.yaml", requires = "connection")]
    config: PathBuf,
}

impl SchemaArgs {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let schema = match &self.connection {
            Some(id) => self.completed(&ConnectionId::new(id.clone())?).await?,
            None => config::schema(),
        };
        println!("{schema:#}");
        Ok(ExitCode::SUCCESS)
    }

    async fn completed(&self, id: &ConnectionId) -> anyhow::Result<serde_json::Value> {
        let text = config::text(&self.config)?;
        let draft =
            config::draft(&text).map_err(|problems| config::told(&self.config, &problems))?;
        let directory = lookup::directory(&draft.config, id)?;
        let connection = draft.config.connections.get(id);
        let endpoint = connection
            .context("the connection is in the file")?
            .endpoint;
        let mut lists = BTreeMap::new();
        for list in config::lists(endpoint) {
            match directory.list(&list).await {
                Ok(entries) => {
                    lists.insert(list, entries);
                }
                Err(fault) => eprintln!("causeway: the account's {list} are left out: {fault}"),
            }
        }
        Ok(config::schema_with(id, endpoint, &lists))
    }
}
