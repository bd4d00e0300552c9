//! `causeway migrate`: the schema, before a rollout.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use crate::platform::PlatformArgs;

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    platform: PlatformArgs,
}

impl MigrateArgs {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        ledger::migrate(&self.platform.ledger)
            .await
            .context("migrating the ledger (--ledger)")?;
        println!("the ledger's schema is up to date");
        Ok(ExitCode::SUCCESS)
    }
}
