//! `causeway bench`: figures, measured on sandboxes in this process.
//!
//! Nothing here says how fast a shop or a NetSuite account is. What is measured is what Causeway adds: how well it keeps an account's slots busy,
//! what it spends on an order, and what is left after processes died in the middle of their work.

mod ceilings;
mod chaos;
mod ends;
mod figures;
mod governor;
mod numbers;
mod pipeline;
mod process;
mod system;
mod underway;

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::start::{LogArgs, stop_on_signal};
use crate::client::ClientArgs;

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How much of a NetSuite account's slots is kept busy, and how many refusals that costs.
    Governor(governor::GovernorArgs),
    /// How fast orders go from the shop into NetSuite, and what an order costs.
    Pipeline(pipeline::PipelineArgs),
    /// Kill the roles again and again while both sides misbehave; then compare all three sides.
    Chaos(chaos::ChaosArgs),
}

impl BenchArgs {
    pub(crate) async fn run(self, client: &ClientArgs, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        let _telemetry = logs.quiet().start("causeway-bench")?;
        let stop = stop_on_signal()?;
        if cfg!(debug_assertions) {
            eprintln!("This is a debug build: its figures say nothing about a release build's.");
        }
        let json = client.json();
        let measuring = Box::pin(async {
            match self.what {
                What::Governor(args) => args.run(json).await,
                What::Pipeline(args) => Box::pin(args.run(json, logs)).await,
                What::Chaos(args) => args.run(json, logs).await,
            }
        });
        tokio::select! {
            done = measuring => done,
            // What is dropped here takes its child processes along.
            () = stop.cancelled() => bail!("stopped before the end: there are no figures"),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn no_two_options_of_the_command_line_get_into_each_others_way() {
        crate::commands::Cli::command().debug_assert();
    }
}
