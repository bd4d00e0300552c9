//! `causeway resolve`: a configuration with what its names stand for.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::client::read;
use crate::config::{self, Names};
use crate::lookup;

#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// The configuration file; - reads standard input.
    file: PathBuf,
}

impl ResolveArgs {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let text = read(&self.file)?;
        let text = lookup::resolved(&text, &Names::default()).await;
        let text = text.map_err(|problems| config::told(&self.file, &problems))?;
        println!("{}", text.trim_end());
        Ok(ExitCode::SUCCESS)
    }
}
