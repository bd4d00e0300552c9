//! `causeway dry-run`: what a sync would send for one record, without sending it.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use commerce::{ConnectionId, ExternalId, TargetKey};
use http::Client;
use mapping::Mapped;
use ports::{Attempt, Clock, Connected, Fault, SystemClock, Write};

use crate::client::ClientArgs;
use crate::config::Config;
use crate::lookup;
use crate::roles::{Budgets, client, connect};

#[derive(Debug, Args)]
#[command(override_usage = "causeway dry-run [OPTIONS] [FILE] <SYNC> <ID>")]
pub(crate) struct DryRunArgs {
    /// The sync and the record's id or number: the running installation is asked, about the record as it was last read. Or a configuration file, the
    /// sync and the record's id at its source: the record is read and mapped right here, with the secrets that the file names.
    #[arg(value_name = "FILE, SYNC, ID", num_args = 2..=3, required = true)]
    what: Vec<String>,
}

impl DryRunArgs {
    pub(crate) async fn run(self, client: &ClientArgs) -> anyhow::Result<ExitCode> {
        match self.what.as_slice() {
            [sync, number] => client.dry_run(sync, number).await,
            [file, sync, id] => here(file, sync, id).await,
            _ => anyhow::bail!("give a sync and a record, or a file, a sync and a record"),
        }
    }
}

/// Made in this process.
async fn here(file: &str, sync: &str, id: &str) -> anyhow::Result<ExitCode> {
    let config = lookup::read_file(Path::new(file)).await?;
    let one = config.syncs.iter().find(|one| one.sync.id.as_str() == sync);
    let one = one.with_context(|| format!("there is no sync '{sync}' in the file"))?;
    let source = open(&config, &one.sync.from, |client| client)?.source;
    let source = source.with_context(|| format!("connection {} cannot be read", one.sync.from))?;
    let sink = open(&config, &one.sync.to, |client| client.dry_run())?.sink;
    let sink = sink.with_context(|| format!("connection {} cannot be written", one.sync.to))?;

    let id = ExternalId::new(id)?;
    let event = source.one(one.sync.kind, &id).await?;
    let event =
        event.with_context(|| format!("{} has no {} {id}", one.sync.from, one.sync.kind))?;
    println!(
        "{} {} ({id}), as read from {}",
        one.sync.kind,
        event.record.number(),
        one.sync.from
    );
    let mapping = config.mapping(one)?;
    let set = match mapping.apply(&event) {
        Mapped::Write(set) => set,
        Mapped::Skip { rule } => {
            println!("would be skipped, by the filter: {rule}");
            return Ok(ExitCode::SUCCESS);
        }
        Mapped::Hold { why } => {
            println!("would be held: {why}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let write = Write {
        key: TargetKey::of(&event.connection, event.kind(), &event.external_id),
        event: Arc::new(event),
        bound: None,
        parent: None,
        set,
    };
    let attempts = sink.write(std::slice::from_ref(&write)).await;
    Ok(attempts
        .iter()
        .fold(ExitCode::SUCCESS, |_, attempt| show(attempt)))
}

/// A connection's capabilities, its client as it is or in a dry run.
fn open(
    config: &Config,
    id: &ConnectionId,
    prepare: impl Fn(Client) -> Client,
) -> anyhow::Result<Connected> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let connection = config
        .connections
        .get(id)
        .with_context(|| format!("connection {id}"))?;
    let budgets = Budgets::alone(Arc::clone(&clock));
    connect(
        config,
        id,
        connection,
        prepare(client(&config.merchant, id, connection, &budgets, &clock)?),
    )
}

fn show(attempt: &Attempt) -> ExitCode {
    for exchange in &attempt.exchanges {
        let sent = exchange.reply.as_ref().map_or_else(
            || "not sent".to_owned(),
            |reply| format!("answered {}", reply.status),
        );
        println!(
            "\n{} {} ({sent})\n{}",
            exchange.method, exchange.url, exchange.request
        );
    }
    match &attempt.result {
        Err(Fault::DryRun) => {
            println!("\nnothing was written");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            println!("\nit would not be written: {fault}");
            ExitCode::FAILURE
        }
        Ok(written) => {
            println!(
                "\nnothing would have to be written: {:?} {}",
                written.effect, written.twin.id
            );
            ExitCode::SUCCESS
        }
    }
}
