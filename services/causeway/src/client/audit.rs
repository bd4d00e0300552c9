//! `causeway audit`: is anything missing, at the source's end or at the target's?

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use ports::{Clock as _, SystemClock};
use proto::control::v1::{
    AuditedSync, CompletenessRequest, CompletenessResponse, Deviation, Inspection, Reconciliation,
    StartAuditRequest,
};
use serde_json::{Value, json};

use super::connect::{Control, told};
use super::output::Output;
use super::{ClientArgs, json, time};
use crate::config::parse_span;

const LOOK_EVERY: Duration = Duration::from_millis(300);

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Compare now, and wait for the result: of this sync, or of every one that is not paused.
    #[arg(long, value_name = "SYNC", num_args = 0..=1, default_missing_value = "")]
    now: Option<String>,
    /// How long to wait for that: `10m`. What takes longer goes on, and is shown by a later `causeway audit`.
    #[arg(long, value_parser = parse_span, default_value = "10m", requires = "now")]
    patience: Duration,
    /// How many ids to name for each sync.
    #[arg(long, default_value_t = 20)]
    ids: usize,
}

impl AuditArgs {
    /// Ends with status 1 when something is missing, too much or differs, and when what was asked for is not there in time.
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        let (found, late) = match &self.now {
            Some(sync) => self.compare_now(&mut control, sync).await?,
            None => (completeness(&mut control).await?, Vec::new()),
        };
        let (sources, targets) = (&found.reconciliations, &found.inspections);
        if out.json {
            out.document(&json!({
                "sources": sources.iter().map(json::reconciliation).collect::<Value>(),
                "targets": targets.iter().map(json::inspection).collect::<Value>(),
            }))?;
        } else {
            self.show_sources(sources, out)?;
            self.show_targets(targets, out)?;
            for one in &late {
                out.say(format!("{one} was not compared in time: it goes on, if its worker runs and reaches it; see `causeway audit` later"))?;
            }
        }
        let complete = late.is_empty()
            && sources.iter().all(|one| one.missing.is_empty())
            && targets.iter().all(|one| one.deviations.is_empty());
        Ok(if complete {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// Asks for it, and waits until each end has been compared anew; the last is what has not by the end of patience.
    async fn compare_now(
        &self,
        control: &mut Control,
        sync: &str,
    ) -> anyhow::Result<(CompletenessResponse, Vec<String>)> {
        let before = completeness(control).await?;
        let request = StartAuditRequest {
            sync: sync.to_owned(),
        };
        let started = control.start_audit(request).await.map_err(told)?;
        let started = started.into_inner();
        anyhow::ensure!(
            started.workers > 0,
            "no worker is connected to compare anything: see `causeway status`"
        );
        let asked = SystemClock.now();
        loop {
            let found = completeness(control).await?;
            let late = ends(&started.syncs, &before, &found);
            let waited = SystemClock.now().duration_since(asked);
            if late.is_empty() || Duration::try_from(waited).is_ok_and(|it| it > self.patience) {
                return Ok((of_those(&started.syncs, found), late));
            }
            SystemClock.sleep(LOOK_EVERY).await;
        }
    }

    fn show_sources(&self, found: &[Reconciliation], out: &Output) -> anyhow::Result<()> {
        if found.is_empty() {
            out.say("no source was compared yet: it is, once it has been read to its end, and then every hour unless `audit` of the sync says otherwise")?;
            return Ok(());
        }
        let mut table = out.table(["sync", "created (UTC)", "at source", "missing", "compared"]);
        for one in found {
            let cells = [
                one.sync.clone(),
                span(one.from.as_ref(), one.to.as_ref()),
                one.at_source.to_string(),
                one.missing.len().to_string(),
                when(one.at.as_ref()),
            ];
            table.add_row(cells.map(|text| out.cell(&text, "")));
        }
        out.say_table(&table)?;
        for one in found.iter().filter(|one| !one.missing.is_empty()) {
            let missing = self.named(one.missing.iter().map(|missing| missing.id.clone()));
            out.say(format!(
                "{} lacks {missing}; they are being read again",
                one.sync
            ))?;
        }
        Ok(())
    }

    fn show_targets(&self, found: &[Inspection], out: &Output) -> anyhow::Result<()> {
        if found.is_empty() {
            out.say(
                "no target was inspected yet: it is every hour or, for stock levels, prices and products, every day, unless `audit` of the sync says otherwise",
            )?;
            return Ok(());
        }
        let mut table = out.table([
            "sync",
            "first seen (UTC)",
            "should be at target",
            "missing",
            "extra",
            "other amount",
            "other content",
            "inspected",
        ]);
        for one in found {
            let count = |difference| of(one, difference).count().to_string();
            let cells = [
                one.sync.clone(),
                span(one.from.as_ref(), one.to.as_ref()),
                one.expected.to_string(),
                count("missing"),
                count("extra"),
                count("amount"),
                count("content"),
                when(one.at.as_ref()),
            ];
            table.add_row(cells.map(|text| out.cell(&text, "")));
        }
        out.say_table(&table)?;
        for one in found {
            self.explain(one, out)?;
        }
        Ok(())
    }

    fn explain(&self, found: &Inspection, out: &Output) -> anyhow::Result<()> {
        let both = |one: &Deviation| format!("{} (there {})", one.id, one.twin);
        let differing = |one: &Deviation| {
            let theirs = match one.theirs.as_str() {
                "" => "none",
                theirs => theirs,
            };
            format!("{}: {} here, {theirs} there", both(one), one.ours)
        };
        let words = [
            (
                "no longer there",
                self.named(of(found, "missing").map(both)),
            ),
            (
                "there, and never heard of here",
                self.named(of(found, "extra").map(both)),
            ),
            (
                "of another amount",
                self.named(of(found, "amount").map(differing)),
            ),
            (
                "other there",
                self.named(of(found, "content").map(|one| format!("{}: {}", both(one), one.what))),
            ),
        ];
        for (what, which) in words.iter().filter(|(_, which)| !which.is_empty()) {
            out.say(format!("{}, {what}: {which}", found.sync))?;
        }
        Ok(())
    }

    fn named(&self, all: impl Iterator<Item = String>) -> String {
        let all: Vec<String> = all.collect();
        let (shown, more) = all.split_at(all.len().min(self.ids));
        match more.len() {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }
}

async fn completeness(control: &mut Control) -> anyhow::Result<CompletenessResponse> {
    let found = control.completeness(CompletenessRequest {}).await;
    Ok(found.map_err(told)?.into_inner())
}

/// The ends that were not compared since `before`.
fn ends(
    asked: &[AuditedSync],
    before: &CompletenessResponse,
    now: &CompletenessResponse,
) -> Vec<String> {
    let source = |all: &CompletenessResponse, sync: &str| {
        let mut all = all.reconciliations.iter();
        all.find(|one| one.sync == sync).and_then(|one| one.at)
    };
    let target = |all: &CompletenessResponse, sync: &str| {
        let mut all = all.inspections.iter();
        all.find(|one| one.sync == sync).and_then(|one| one.at)
    };
    let mut late = Vec::new();
    for one in asked {
        let name = one.sync.as_str();
        if one.source && source(before, name) == source(now, name) {
            late.push(format!("the source of {name}"));
        }
        if target(before, name) == target(now, name) {
            late.push(format!("the target of {name}"));
        }
    }
    late
}

fn of_those(asked: &[AuditedSync], mut found: CompletenessResponse) -> CompletenessResponse {
    let is_asked = |sync: &str| asked.iter().any(|one| one.sync == sync);
    found.reconciliations.retain(|one| is_asked(&one.sync));
    found.inspections.retain(|one| is_asked(&one.sync));
    found
}

fn of<'a>(found: &'a Inspection, difference: &'static str) -> impl Iterator<Item = &'a Deviation> {
    found
        .deviations
        .iter()
        .filter(move |one| one.difference == difference)
}

fn when(at: Option<&prost_types::Timestamp>) -> String {
    let at = time::read(at).map(|at| format!("{at:.0}"));
    at.unwrap_or_default()
}

fn span(from: Option<&prost_types::Timestamp>, to: Option<&prost_types::Timestamp>) -> String {
    // States are compared however long they are known.
    match from {
        Some(from) if from.seconds == 0 => format!("all until {}", when(to)),
        from => format!("{} to {}", when(from), when(to)),
    }
}
