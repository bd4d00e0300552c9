//! `causeway backfills`: what is being read again, and how far it is.

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{Backfill, CancelBackfillRequest, ListBackfillsRequest};
use serde_json::Value;

use super::connect::told;
use super::output::Output;
use super::{ClientArgs, json};

/// How those are called that the courier begins for records which have to be read anew instead of published as stored.
const ANEW: &str = "again-";

/// Whether it reads records anew that nobody asked for.
pub(super) fn is_anew(backfill: &Backfill) -> bool {
    backfill.id.starts_with(ANEW)
}

#[derive(Debug, Args)]
pub(crate) struct BackfillsArgs {
    /// Those that are over, too, and records that Causeway reads anew by itself.
    #[arg(long)]
    all: bool,
    /// Stop this one. What it has published goes its way.
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    cancel: Option<String>,
}

impl BackfillsArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        if let Some(id) = self.cancel {
            let request = CancelBackfillRequest { id: id.clone() };
            control.cancel_backfill(request).await.map_err(told)?;
            out.say(format_args!("backfill {id} is cancelled"))?;
            return Ok(ExitCode::SUCCESS);
        }
        let listed = control.list_backfills(ListBackfillsRequest {}).await;
        let mut backfills = listed.map_err(told)?.into_inner().backfills;
        backfills.retain(|one| self.all || (one.state == "running" && !is_anew(one)));
        if out.json {
            out.document(&backfills.iter().map(json::backfill).collect::<Value>())?;
            return Ok(ExitCode::SUCCESS);
        }
        if backfills.is_empty() {
            out.say("nothing is being read again")?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut table = out.table(["backfill", "kind", "of", "published", "of about", "state"]);
        for one in &backfills {
            let expected = one.expected.map(|all| all.to_string());
            let cells = [
                one.id.clone(),
                one.kind.clone(),
                one.connection.clone(),
                one.published.to_string(),
                expected.unwrap_or_default(),
                one.state.clone(),
            ];
            table.add_row(cells.map(|text| out.cell(&text, "")));
        }
        out.say_table(&table)?;
        Ok(ExitCode::SUCCESS)
    }
}
