//! `causeway dry-run`: what a sync would send for one record, without sending it.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use commerce::{ConnectionId, ExternalId};
use http::Client;
use ports::ledger::Holder;
use ports::{Clock, Connected, SystemClock};
use pusher::{Plan, Target, rehearse};

use crate::client::{Called, ClientArgs, tell};
use crate::config::{self, Config};
use crate::lookup;
use crate::roles::{Budgets, answered, client, connect};

#[derive(Debug, Args)]
#[command(override_usage = "causeway dry-run [OPTIONS] [FILE] <SYNC> <ID>")]
pub(crate) struct DryRunArgs {
    /// The sync and the record's id or number: the running installation is asked, about the record as it was last read, or as its source has it where it
    /// never was (then by its id there). Or a configuration file, the
    /// sync and the record's id at its source: the record is read and mapped right here, with the secrets that the file names.
    #[arg(value_name = "FILE, SYNC, ID", num_args = 2..=3, required = true)]
    what: Vec<String>,
}

impl DryRunArgs {
    pub(crate) async fn run(self, client: &ClientArgs) -> anyhow::Result<ExitCode> {
        match self.what.as_slice() {
            [sync, number] => client.dry_run(sync, number).await,
            [file, sync, id] => here(file, sync, id, client.json()).await,
            _ => anyhow::bail!("give a sync and a record, or a file, a sync and a record"),
        }
    }
}

/// Made in this process.
async fn here(file: &str, sync: &str, id: &str, json: bool) -> anyhow::Result<ExitCode> {
    let config = lookup::read_file(Path::new(file)).await?;
    let text = config::text(Path::new(file))?;
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
    if !json {
        println!(
            "{} {} ({id}), as read from {}",
            one.sync.kind,
            event.record.number(),
            one.sync.from
        );
    }
    let plan = Plan {
        sync: one.sync.clone(),
        mapping: config.mapping(one)?,
        configuration: 0,
        counterparts: Vec::new(),
    };
    let target = Target {
        merchant: config.merchant.clone(),
        id: one.sync.to.clone(),
        sink: Arc::from(sink),
        // Nothing is known here of what was written before.
        ledger: ledger::open("sqlite::memory:").await?,
        clock: Arc::new(SystemClock),
        holder: Holder("dry run".to_owned()),
        claim: pusher::CLAIM,
    };
    let rehearsed = rehearse(&target, &plan, event, None).await?;
    let called = Called::by([text.as_str()]);
    tell(&answered(rehearsed), sync, called, json).await
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
