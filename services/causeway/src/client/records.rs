//! `causeway records`.

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{FindRecordsRequest, RecordRow};
use serde_json::Value;

use super::connect::told;
use super::output::{Output, one_line};
use super::{ClientArgs, json, story, time};

/// Longest reason in the table, in characters; `causeway record` shows all of it.
const LONGEST_REASON: usize = 100;

#[derive(Debug, Args)]
pub(crate) struct RecordsArgs {
    /// Only of this sync.
    #[arg(long)]
    sync: Option<String>,
    /// Only in these statuses: queued, held, waiting, retrying, uncertain, synced, unchanged, skipped, failed, ignored.
    #[arg(long, value_delimiter = ',')]
    status: Vec<String>,
    /// Only with this number or id, at either end.
    #[arg(long)]
    number: Option<String>,
    /// Only changed since then: 2026-03-01, 2026-03-01T12:00:00Z, or 2h or 3d before now.
    #[arg(long)]
    since: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

impl RecordsArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let now = time::now();
        let since = self
            .since
            .as_deref()
            .map(|text| time::point(text, now))
            .transpose()?;
        let request = FindRecordsRequest {
            sync: self.sync.unwrap_or_default(),
            statuses: self.status,
            number: self.number.unwrap_or_default(),
            since: since.map(time::wire),
            page_size: self.limit,
            page_token: String::new(),
        };
        let found = args
            .connect()
            .await?
            .find_records(request)
            .await
            .map_err(told)?
            .into_inner();
        if out.json {
            out.document(
                &found
                    .records
                    .iter()
                    .map(json::record_row)
                    .collect::<Value>(),
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        if found.records.is_empty() {
            out.say("no record")?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut table = out.table([
            "sync",
            "number",
            "id",
            "status",
            "since",
            "why",
            "at target",
        ]);
        for row in &found.records {
            let name = row.name.clone().unwrap_or_default();
            table.add_row([
                out.cell(name.sync, ""),
                out.cell(&row.number, ""),
                out.cell(name.id, ""),
                out.cell(&row.status, &row.status),
                out.cell(time::age(row.changed_at.as_ref(), now), ""),
                out.cell(reason(row), ""),
                out.cell(story::twin(row), ""),
            ]);
        }
        out.say_table(&table)?;
        if !found.next_page_token.is_empty() {
            out.say(format_args!(
                "There are more than {}: name a larger --limit, or use causeway export",
                self.limit
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn reason(row: &RecordRow) -> String {
    let whole = one_line(&row.reason);
    if whole.chars().count() <= LONGEST_REASON {
        return whole;
    }
    let mut short: String = whole.chars().take(LONGEST_REASON).collect();
    short.push('…');
    short
}
