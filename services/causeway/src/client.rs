//! Commands that talk to a running control service.

mod act;
mod audit;
mod backfill;
mod backfills;
mod buried;
mod called;
mod configuration;
mod connect;
mod csv;
mod dry_run;
mod export;
mod find;
mod json;
mod log;
mod output;
mod payload;
mod preview;
mod record;
mod records;
mod replay;
mod status;
mod story;
mod time;
mod unmapped;
mod versions;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

pub(crate) use called::Called;
pub(crate) use configuration::read;
pub(crate) use dry_run::tell;
use output::Output;

/// Where control is, and how to answer.
#[derive(Debug, Clone, Args)]
pub(crate) struct ClientArgs {
    /// Where the control service answers.
    #[arg(
        long,
        env = "CAUSEWAY_CONTROL",
        default_value = "http://127.0.0.1:7400",
        global = true
    )]
    control: String,
    /// The control service's token, where it asks for one.
    #[arg(
        long,
        env = "CAUSEWAY_CONTROL_TOKEN",
        hide_env_values = true,
        global = true
    )]
    control_token: Option<String>,
    /// The certificate (PEM) of the authority that the control service's own certificate comes from, where this machine does not trust it
    /// anyway; needs an https:// address.
    #[arg(long, env = "CAUSEWAY_CONTROL_CA", global = true)]
    control_ca: Option<PathBuf>,
    /// Answer in JSON, for programs: one document, or one per line where there is no end to them.
    #[arg(long, global = true)]
    json: bool,
}

impl ClientArgs {
    /// Whether the answer is for a program.
    pub(crate) const fn json(&self) -> bool {
        self.json
    }
}

/// What can be asked of a running Causeway.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Show what applying a configuration would change.
    Plan(configuration::PlanArgs),
    /// Make a configuration the active one.
    Apply(configuration::ApplyArgs),
    /// Show what changed rules would have done to records that came before; ends with status 2 when they differ.
    Preview(preview::PreviewArgs),
    /// Show the active configuration or an earlier one, list all versions, or go back to one.
    Configuration(versions::ConfigurationArgs),
    /// Make the requests of past pushes anew and compare them byte for byte with what was sent; ends with status 2 when one differs.
    Replay(replay::ReplayArgs),
    /// List the values that tables of the mapping have no entry for.
    Unmapped(unmapped::UnmappedArgs),
    /// Show how all syncs stand.
    Status(status::StatusArgs),
    /// List records, last changed first.
    Records(records::RecordsArgs),
    /// Show one record: where it stands, why, what to do, and its journey.
    Record(record::RecordArgs),
    /// Send records through the queue once more.
    Retry(act::ChosenArgs),
    /// Set records aside for good.
    Ignore(act::ChosenArgs),
    /// Let a sync look for changes now.
    Run(act::SyncArgs),
    /// Switch a sync off; what is queued stays queued.
    Pause(act::SyncArgs),
    /// Switch a sync on again.
    Resume(act::SyncArgs),
    /// Read a span of time or named records again, behind everything that happens now.
    Backfill(backfill::BackfillArgs),
    /// List what is being read again, with how far it is, or stop one.
    Backfills(backfills::BackfillsArgs),
    /// Write records to a file: where each stands, why, and its twin.
    Export(export::ExportArgs),
    /// List messages that nobody could read, or put them back into their queues.
    Buried(buried::BuriedArgs),
    /// Show whether anything is missing: what each source has and Causeway has never heard of.
    Audit(audit::AuditArgs),
    /// Show who changed what, and what Causeway noticed.
    Log(log::LogArgs),
}

impl ClientCommand {
    pub(crate) async fn run(self, args: &ClientArgs) -> anyhow::Result<ExitCode> {
        match self.answer(args).await {
            // Whoever reads us has read enough (`causeway records | head`).
            Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
            answered => answered,
        }
    }

    async fn answer(self, args: &ClientArgs) -> anyhow::Result<ExitCode> {
        let out = Output::new(args.json);
        match self {
            Self::Plan(command) => command.run(args, &out).await,
            Self::Apply(command) => command.run(args, &out).await,
            Self::Preview(command) => command.run(args, &out).await,
            Self::Configuration(command) => command.run(args, &out).await,
            Self::Replay(command) => command.run(args, &out).await,
            Self::Unmapped(command) => command.run(args, &out).await,
            Self::Status(command) => command.run(args, &out).await,
            Self::Records(command) => command.run(args, &out).await,
            Self::Record(command) => command.run(args, &out).await,
            Self::Retry(command) => command.retry(args, &out).await,
            Self::Ignore(command) => command.ignore(args, &out).await,
            Self::Run(command) => command.run_now(args, &out).await,
            Self::Pause(command) => command.pause(args, &out).await,
            Self::Resume(command) => command.resume(args, &out).await,
            Self::Backfill(command) => command.run(args, &out).await,
            Self::Backfills(command) => command.run(args, &out).await,
            Self::Export(command) => command.run(args, &out).await,
            Self::Buried(command) => command.run(args, &out).await,
            Self::Audit(command) => command.run(args, &out).await,
            Self::Log(command) => command.run(args, &out).await,
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
