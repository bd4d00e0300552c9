//! The command line.

mod bench;
mod check;
mod control;
mod demo;
mod dry_run;
mod endpoint;
mod listen;
mod lists;
mod migrate;
mod resolve;
mod sandbox;
mod schema;
mod start;
mod up;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::client::{ClientArgs, ClientCommand};

/// Connects Oracle NetSuite with storefronts: orders in, fulfilments and stock out; each once, to the cent.
#[derive(Debug, Parser)]
#[command(name = "causeway", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    logs: start::LogArgs,
    #[command(flatten)]
    client: ClientArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the main job on sandboxes: a shop's orders become sales orders, shipments and stock go back, all is compared.
    Demo(demo::DemoArgs),
    /// Run every role in this process on the embedded platform (or the one named).
    Up(up::UpArgs),
    /// Role: the control service.
    Control(control::ControlArgs),
    /// Role: read the connections of an endpoint and publish what changed.
    Pull(work::WorkArgs),
    /// Role: write to the connections of an endpoint.
    Push(work::WorkArgs),
    /// Role: answer webhooks.
    Listen(listen::ListenArgs),
    /// Bring the ledger's schema up to this version.
    Migrate(migrate::MigrateArgs),
    /// Run a stateful NetSuite and a stateful Shopify on loopback.
    Sandbox(sandbox::SandboxArgs),
    /// Check a configuration and whether each of its connections can do its work.
    Check(check::CheckArgs),
    /// Show what an account's ids are called: its locations, ship methods, price levels, custom fields.
    Lists(lists::ListsArgs),
    /// Check whether endpoints keep their contract.
    Endpoint(endpoint::EndpointArgs),
    /// Measure: how busy an account's slots are kept, how fast the whole line is, what a crash run ends with.
    Bench(bench::BenchArgs),
    /// Show what a sync would send for one record, without sending it.
    DryRun(dry_run::DryRunArgs),
    /// Print a configuration with the ids that its names stand for, for machines without the accounts' credentials.
    Resolve(resolve::ResolveArgs),
    /// Print the JSON schema of the configuration file; with an account's own names, where a connection is given.
    Schema(schema::SchemaArgs),
    #[command(flatten)]
    Client(ClientCommand),
}

impl Cli {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Demo(args) => args.run(&self.logs).await,
            Command::Up(args) => args.run(&self.logs).await,
            Command::Control(args) => args.run(&self.logs).await,
            Command::Pull(args) => {
                args.run(work::Direction::Pull, &self.client, &self.logs)
                    .await
            }
            Command::Push(args) => {
                args.run(work::Direction::Push, &self.client, &self.logs)
                    .await
            }
            Command::Listen(args) => args.run(&self.client, &self.logs).await,
            Command::Migrate(args) => args.run().await,
            Command::Sandbox(args) => args.run(&self.logs).await,
            Command::Check(args) => args.run().await,
            Command::Lists(args) => args.run(self.client.json()).await,
            Command::Endpoint(args) => args.run(self.client.json()).await,
            Command::Bench(args) => args.run(&self.client, &self.logs).await,
            Command::DryRun(args) => args.run(&self.client).await,
            Command::Resolve(args) => args.run().await,
            Command::Schema(args) => args.run().await,
            Command::Client(command) => command.run(&self.client).await,
        }
    }
}
