//! `causeway log`.

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::AuditLogRequest;
use serde_json::Value;

use super::connect::told;
use super::output::Output;
use super::{ClientArgs, json, time};

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// How many entries at most, newest first.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

impl LogArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let request = AuditLogRequest { most: self.limit };
        let entries = args
            .connect()
            .await?
            .audit_log(request)
            .await
            .map_err(told)?
            .into_inner()
            .entries;
        if out.json {
            out.document(&entries.iter().map(json::audit_entry).collect::<Value>())?;
            return Ok(ExitCode::SUCCESS);
        }
        if entries.is_empty() {
            out.say("nothing was changed yet")?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut table = out.table(["when (UTC)", "who", "did", "details"]);
        for entry in &entries {
            let when = time::read(entry.at.as_ref())
                .map(|at| format!("{at:.0}"))
                .unwrap_or_default();
            table.add_row(
                [&when, &entry.by, &entry.action, &entry.detail].map(|text| out.cell(text, "")),
            );
        }
        out.say_table(&table)?;
        Ok(ExitCode::SUCCESS)
    }
}
