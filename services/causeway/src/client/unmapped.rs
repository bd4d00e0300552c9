//! `causeway unmapped`: values that tables have no entry for.

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{ListUnmappedRequest, UnmappedValue};
use serde_json::Value;

use super::connect::told;
use super::output::Output;
use super::{ClientArgs, json, time};

#[derive(Debug, Args)]
pub(crate) struct UnmappedArgs {
    /// Only this table.
    #[arg(long)]
    table: Option<String>,
}

impl UnmappedArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        let found = control.list_unmapped(ListUnmappedRequest {}).await;
        let mut found = found.map_err(told)?.into_inner().values;
        if let Some(table) = &self.table {
            found.retain(|one| one.table == *table);
        }
        if out.json {
            out.document(&found.iter().map(json::unmapped).collect::<Value>())?;
        } else if found.is_empty() {
            out.say("every value that was looked up has its entry")?;
        } else {
            show(&found, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(found: &[UnmappedValue], out: &Output) -> anyhow::Result<()> {
    let headings = [
        "table",
        "value",
        "becomes",
        "times",
        "first (UTC)",
        "last (UTC)",
    ];
    let mut table = out.table(headings);
    for one in found {
        let when = |at: Option<&_>| time::read(at).map(|at| format!("{at:.0}"));
        let becomes = match one.policy.as_str() {
            "default" => format!("'{}', the default", one.default),
            "post_without" => "nothing: posted without".to_owned(),
            _ => "held".to_owned(),
        };
        let cells = [
            one.table.clone(),
            one.value.clone(),
            becomes,
            one.times.to_string(),
            when(one.first_seen.as_ref()).unwrap_or_default(),
            when(one.last_seen.as_ref()).unwrap_or_default(),
        ];
        let status = if one.policy == "hold" { "held" } else { "" };
        table.add_row(cells.map(|text| out.cell(&text, status)));
    }
    out.say_table(&table)?;
    out.say("add entries under tables.<table>.entries, and `causeway apply`; what was held goes on with `causeway retry`")?;
    Ok(())
}
