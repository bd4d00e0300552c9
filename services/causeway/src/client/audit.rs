//! `causeway audit`: is anything missing, at the source's end or at the target's?

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{CompletenessRequest, Deviation, Inspection, Reconciliation};
use serde_json::{Value, json};

use super::connect::told;
use super::output::Output;
use super::{ClientArgs, json, time};

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// How many ids to name for each sync.
    #[arg(long, default_value_t = 20)]
    ids: usize,
}

impl AuditArgs {
    /// Ends with status 1 when something is missing, too much or differs.
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        let found = control.completeness(CompletenessRequest {}).await;
        let found = found.map_err(told)?.into_inner();
        let (sources, targets) = (&found.reconciliations, &found.inspections);
        if out.json {
            out.document(&json!({
                "sources": sources.iter().map(json::reconciliation).collect::<Value>(),
                "targets": targets.iter().map(json::inspection).collect::<Value>(),
            }))?;
        } else {
            self.show_sources(sources, out)?;
            self.show_targets(targets, out)?;
        }
        let complete = sources.iter().all(|one| one.missing.is_empty())
            && targets.iter().all(|one| one.deviations.is_empty());
        Ok(if complete {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn show_sources(&self, found: &[Reconciliation], out: &Output) -> anyhow::Result<()> {
        if found.is_empty() {
            out.say("no source was compared yet: it is, once it has been read to its end, and then every hour")?;
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
                "no target was inspected yet: one that can be asked what it holds is, every hour",
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
    format!("{} to {}", when(from), when(to))
}
