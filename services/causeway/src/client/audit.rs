//! `causeway audit`: is anything missing?

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{CompletenessRequest, Reconciliation};
use serde_json::Value;

use super::connect::told;
use super::output::Output;
use super::{ClientArgs, json, time};

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// How many missing ids to name for each sync.
    #[arg(long, default_value_t = 20)]
    ids: usize,
}

impl AuditArgs {
    /// Ends with status 1 when something is missing.
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        let found = control.completeness(CompletenessRequest {}).await;
        let found = found.map_err(told)?.into_inner().reconciliations;
        let complete = found.iter().all(|one| one.missing.is_empty());
        if out.json {
            out.document(&found.iter().map(json::reconciliation).collect::<Value>())?;
        } else if found.is_empty() {
            out.say("nothing was compared yet: a source is, once it has been read to its end, and then every hour")?;
        } else {
            self.show(&found, out)?;
        }
        Ok(if complete {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn show(&self, found: &[Reconciliation], out: &Output) -> anyhow::Result<()> {
        let mut table = out.table(["sync", "created (UTC)", "at source", "missing", "compared"]);
        for one in found {
            let when = |at: Option<&_>| time::read(at).map(|at| format!("{at:.0}"));
            let span = format!(
                "{} to {}",
                when(one.from.as_ref()).unwrap_or_default(),
                when(one.to.as_ref()).unwrap_or_default()
            );
            let cells = [
                one.sync.clone(),
                span,
                one.at_source.to_string(),
                one.missing.len().to_string(),
                when(one.at.as_ref()).unwrap_or_default(),
            ];
            table.add_row(cells.map(|text| out.cell(&text, "")));
        }
        out.say_table(&table)?;
        for one in found.iter().filter(|one| !one.missing.is_empty()) {
            let ids: Vec<&str> = one
                .missing
                .iter()
                .map(|missing| missing.id.as_str())
                .collect();
            let (shown, more) = ids.split_at(ids.len().min(self.ids));
            let more = match more.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            out.say(format!(
                "{} lacks {}{more}; they are being read again",
                one.sync,
                shown.join(", ")
            ))?;
        }
        Ok(())
    }
}
