//! `causeway plan` and `causeway apply`.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use proto::control::v1::{ApplyRequest, Change, PlanRequest};
use serde_json::json;
use tonic::{Code, Status};

use super::connect::{Control, told};
use super::output::{Output, counted, one_line};
use super::{ClientArgs, json};

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The configuration file; - reads standard input.
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// The configuration file; - reads standard input.
    file: PathBuf,
}

impl PlanArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let text = read(&self.file)?;
        let plan = match args.connect().await?.plan(PlanRequest { text }).await {
            Ok(plan) => plan.into_inner(),
            Err(status) => return refused(status, &self.file),
        };
        if out.json {
            out.document(&json!({
                "changes": json::changes(&plan.changes),
                "active_version": plan.active_version,
            }))?;
            return Ok(ExitCode::SUCCESS);
        }
        say_changes(&plan.changes, out)?;
        if !plan.changes.is_empty() {
            let number = u64::try_from(plan.changes.len()).unwrap_or(u64::MAX);
            out.say(format_args!(
                "{} to version {}",
                counted(number, "change"),
                plan.active_version
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl ApplyArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let text = read(&self.file)?;
        let mut control = args.connect().await?;
        apply(&mut control, text, &self.file, out).await
    }
}

/// Makes a text the active configuration, and says what changed.
pub(super) async fn apply(
    control: &mut Control,
    text: String,
    file: &Path,
    out: &Output,
) -> anyhow::Result<ExitCode> {
    // What is compared is what is replaced: somebody else's version in between is not overwritten.
    let plan = match control.plan(PlanRequest { text: text.clone() }).await {
        Ok(plan) => plan.into_inner(),
        Err(status) => return refused(status, file),
    };
    let request = ApplyRequest {
        text,
        expected_version: plan.active_version,
    };
    let applied = match control.apply(request).await {
        Ok(applied) => applied.into_inner(),
        Err(status) => return refused(status, file),
    };
    if out.json {
        out.document(&json!({
            "version": applied.version,
            "changes": json::changes(&applied.changes),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    say_changes(&applied.changes, out)?;
    out.say(format_args!("version {} is active", applied.version))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("reading standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// An invalid configuration: each problem on a line, after the file's name, as compilers do.
pub(super) fn refused(status: Status, file: &Path) -> anyhow::Result<ExitCode> {
    if status.code() != Code::InvalidArgument {
        return Err(told(status));
    }
    for problem in status.message().lines() {
        eprintln!("{}: {problem}", file.display());
    }
    Ok(ExitCode::FAILURE)
}

pub(super) fn say_changes(changes: &[Change], out: &Output) -> anyhow::Result<()> {
    if changes.is_empty() {
        out.say("nothing changes")?;
    }
    for change in changes {
        let (path, before, after) = (
            one_line(&change.path),
            one_line(&change.before),
            one_line(&change.after),
        );
        match (before.as_str(), after.as_str()) {
            ("", after) => out.say(format_args!("+ {path}: {after}"))?,
            (before, "") => out.say(format_args!("- {path}: {before}"))?,
            (before, after) => out.say(format_args!("~ {path}: {before} -> {after}"))?,
        }
    }
    Ok(())
}
