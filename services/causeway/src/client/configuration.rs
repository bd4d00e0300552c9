//! `causeway plan` and `causeway apply`.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use proto::control::v1::{ApplyRequest, Change, GetConfigurationRequest, PlanRequest};
use serde_json::json;
use tonic::{Code, Status};

use super::called::Called;
use super::connect::{Control, told};
use super::output::{Output, counted, one_line};
use super::{ClientArgs, json};
use crate::{config, lookup};

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
        let mut control = args.connect().await?;
        let Some(text) = resolved(&mut control, read(&self.file)?, &self.file).await? else {
            return Ok(ExitCode::FAILURE);
        };
        let plan = control.plan(PlanRequest { text: text.clone() }).await;
        let mut plan = match plan {
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
        let mut called = Called::with_active(&mut control, Some(&text)).await;
        called.settings(&mut plan.changes).await;
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
        let mut control = args.connect().await?;
        let Some(text) = resolved(&mut control, read(&self.file)?, &self.file).await? else {
            return Ok(ExitCode::FAILURE);
        };
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
    let mut called = match out.json {
        true => Called::by([]),
        false => Called::with_active(control, Some(&text)).await,
    };
    let request = ApplyRequest {
        text,
        expected_version: plan.active_version,
    };
    let mut applied = match control.apply(request).await {
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
    called.settings(&mut applied.changes).await;
    say_changes(&applied.changes, out)?;
    out.say(format_args!("version {} is active", applied.version))?;
    Ok(ExitCode::SUCCESS)
}

/// The text with what its names stand for, looked up right here: control has no credentials. `None` where one was not found, which is said. What
/// else is wrong with the text is control's to say.
pub(super) async fn resolved(
    control: &mut Control,
    text: String,
    file: &Path,
) -> anyhow::Result<Option<String>> {
    let has_unknown = config::draft(&text).is_ok_and(|draft| draft.unknown().next().is_some());
    if !has_unknown {
        return Ok(Some(text));
    }
    let active = control.get_configuration(GetConfigurationRequest { version: 0 });
    let active = active.await.map_err(told)?.into_inner().text;
    match lookup::resolved(&text, &config::names(&active)).await {
        Ok(text) => Ok(Some(text)),
        Err(problems) => {
            for problem in problems {
                eprintln!("{}: {problem}", file.display());
            }
            Ok(None)
        }
    }
}

pub(crate) fn read(file: &Path) -> anyhow::Result<String> {
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
