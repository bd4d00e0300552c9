//! Retry, ignore, run, pause, resume.

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{
    IgnoreRequest, PauseRequest, ResumeRequest, RetryRequest, RunRequest, Selection,
};
use serde_json::json;

use super::connect::{Control, told};
use super::output::{Output, counted};
use super::{ClientArgs, find};

/// Which records: some by name, or all of a sync in a status.
#[derive(Debug, Args)]
pub(crate) struct ChosenArgs {
    /// The sync.
    #[arg(requires = "records", required_unless_present = "all_of")]
    sync: Option<String>,
    /// Ids or numbers of its records.
    #[arg(value_name = "ID|NUMBER")]
    records: Vec<String>,
    /// All records of this sync …
    #[arg(
        long = "sync",
        value_name = "SYNC",
        requires = "status",
        conflicts_with = "sync"
    )]
    all_of: Option<String>,
    /// … in this status.
    #[arg(long, requires = "all_of")]
    status: Option<String>,
}

/// Which sync.
#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// The sync.
    sync: String,
}

impl ChosenArgs {
    async fn selection(self, control: &mut Control) -> anyhow::Result<Selection> {
        if let (Some(sync), Some(status)) = (self.all_of, self.status) {
            return Ok(Selection {
                records: Vec::new(),
                sync,
                status,
            });
        }
        let sync = self.sync.unwrap_or_default();
        let mut records = Vec::with_capacity(self.records.len());
        for number in &self.records {
            records.push(find::one(control, &sync, number).await?);
        }
        Ok(Selection {
            records,
            ..Selection::default()
        })
    }

    pub(super) async fn retry(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        let selection = self.selection(&mut control).await?;
        let named = selection.records.len();
        let request = RetryRequest {
            selection: Some(selection),
        };
        let answer = control.retry(request).await.map_err(told)?.into_inner();
        report(out, answer.records, named, "sent through the queue again")
    }

    pub(super) async fn ignore(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        let selection = self.selection(&mut control).await?;
        let named = selection.records.len();
        let request = IgnoreRequest {
            selection: Some(selection),
        };
        let answer = control.ignore(request).await.map_err(told)?.into_inner();
        report(out, answer.records, named, "set aside")
    }
}

/// Fewer records than were named is a failure: somebody counts on each of them.
fn report(out: &Output, records: u64, named: usize, done: &str) -> anyhow::Result<ExitCode> {
    if out.json {
        out.document(&json!({ "records": records }))?;
    } else {
        out.say(format_args!("{} {done}", counted(records, "record")))?;
    }
    let named = u64::try_from(named).unwrap_or(u64::MAX);
    if records < named {
        eprintln!(
            "causeway: {} of {named} could not be: see where they stand with `causeway record`",
            named - records
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

impl SyncArgs {
    pub(super) async fn run_now(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let request = RunRequest {
            sync: self.sync.clone(),
        };
        let workers = args
            .connect()
            .await?
            .run(request)
            .await
            .map_err(told)?
            .into_inner()
            .workers;
        if out.json {
            out.document(&json!({ "workers": workers }))?;
        } else if workers == 0 {
            out.say(format_args!(
                "no connected worker reads sync {}: it is looked at by its schedule, once a worker runs (`causeway up` or `causeway pull`)",
                self.sync
            ))?;
        } else {
            out.say(format_args!(
                "sync {} looks for changes now ({})",
                self.sync,
                counted(workers.into(), "worker")
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    pub(super) async fn pause(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let request = PauseRequest {
            sync: self.sync.clone(),
        };
        args.connect().await?.pause(request).await.map_err(told)?;
        self.switched(out, true, "paused: what is queued stays queued")
    }

    pub(super) async fn resume(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let request = ResumeRequest {
            sync: self.sync.clone(),
        };
        args.connect().await?.resume(request).await.map_err(told)?;
        self.switched(out, false, "running again")
    }

    fn switched(self, out: &Output, paused: bool, words: &str) -> anyhow::Result<ExitCode> {
        if out.json {
            out.document(&json!({ "sync": self.sync, "paused": paused }))?;
        } else {
            out.say(format_args!("sync {} is {words}", self.sync))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
