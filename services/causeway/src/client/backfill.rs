//! `causeway backfill`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ports::{Clock as _, SystemClock};
use proto::control::v1::{Backfill, ListBackfillsRequest, StartBackfillRequest};

use super::connect::{Control, told};
use super::output::{Output, counted};
use super::{ClientArgs, json, time};

const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub(crate) struct BackfillArgs {
    /// The sync.
    sync: String,
    /// All that changed from then on: 2026-03-01, 2026-03-01T12:00:00Z, or 2h or 3d before now.
    #[arg(long, required_unless_present = "ids", conflicts_with = "ids")]
    from: Option<String>,
    /// … up to then; now when left out.
    #[arg(long, requires = "from")]
    to: Option<String>,
    /// These records, by their ids at the source.
    #[arg(long, value_delimiter = ',', value_name = "ID,ID…")]
    ids: Vec<String>,
    /// Stay until everything is read and published.
    #[arg(long)]
    wait: bool,
}

impl BackfillArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let request = self.request()?;
        let mut control = args.connect().await?;
        let started = control
            .start_backfill(request)
            .await
            .map_err(told)?
            .into_inner();
        let Some(started) = started.backfill else {
            bail!("the control service did not say which backfill it started; see `causeway log`");
        };
        let ended = if self.wait {
            wait(&mut control, started).await?
        } else {
            started
        };
        if out.json {
            out.document(&json::backfill(&ended))?;
        } else {
            out.say(told_of(&ended))?;
        }
        Ok(if ended.state == "cancelled" {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }

    fn request(&self) -> anyhow::Result<StartBackfillRequest> {
        let mut request = StartBackfillRequest {
            sync: self.sync.clone(),
            ids: self.ids.clone(),
            ..StartBackfillRequest::default()
        };
        if let Some(from) = &self.from {
            let now = time::now();
            let to = self
                .to
                .as_deref()
                .map_or(Ok(now), |to| time::point(to, now))?;
            request.from = Some(time::wire(time::point(from, now)?));
            request.to = Some(time::wire(to));
        }
        Ok(request)
    }
}

fn told_of(backfill: &Backfill) -> String {
    let published = counted(backfill.published, "record");
    match backfill.state.as_str() {
        "finished" => format!("backfill {}: {published} read and published", backfill.id),
        "cancelled" => format!("backfill {} was cancelled after {published}", backfill.id),
        _ => format!(
            "backfill {} is running; see `causeway status` and `causeway records`",
            backfill.id
        ),
    }
}

/// Follows a backfill to its end, with a bar on standard error where that is a terminal.
async fn wait(control: &mut Control, mut backfill: Backfill) -> anyhow::Result<Backfill> {
    let bar = bar(&backfill);
    while backfill.state == "running" {
        SystemClock.sleep(LOOK_EVERY).await;
        let all = control
            .list_backfills(ListBackfillsRequest {})
            .await
            .map_err(told)?
            .into_inner()
            .backfills;
        let Some(now) = all.into_iter().find(|one| one.id == backfill.id) else {
            bail!("backfill {} is not known any more", backfill.id);
        };
        backfill = now;
        if let Some(expected) = backfill.expected {
            bar.set_length(expected);
        }
        bar.set_position(backfill.published);
    }
    bar.finish_and_clear();
    Ok(backfill)
}

fn bar(backfill: &Backfill) -> ProgressBar {
    let (bar, template) = match backfill.expected {
        Some(expected) => (
            ProgressBar::new(expected),
            "{bar:40} {pos} of {len} records, {elapsed}",
        ),
        None => (
            ProgressBar::no_length(),
            "{spinner} {pos} records, {elapsed}",
        ),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
