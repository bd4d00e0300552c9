//! `causeway buried`.

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{ListBuriedRequest, ReplayBuriedRequest};
use serde_json::{Value, json};

use super::connect::{Control, told};
use super::output::{Output, counted};
use super::{ClientArgs, json, time};

#[derive(Debug, Args)]
pub(crate) struct BuriedArgs {
    /// Put these messages back into their queues.
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with = "limit")]
    replay: Vec<String>,
    /// How many to list at most, oldest first.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

impl BuriedArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        if self.replay.is_empty() {
            list(&mut control, self.limit, out).await
        } else {
            replay(&mut control, self.replay, out).await
        }
    }
}

async fn list(control: &mut Control, most: u32, out: &Output) -> anyhow::Result<ExitCode> {
    let request = ListBuriedRequest { most };
    let messages = control
        .list_buried(request)
        .await
        .map_err(told)?
        .into_inner()
        .messages;
    if out.json {
        out.document(&messages.iter().map(json::buried).collect::<Value>())?;
        return Ok(ExitCode::SUCCESS);
    }
    if messages.is_empty() {
        out.say("no message is buried")?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = time::now();
    let mut table = out.table(["id", "queue", "why", "since", "bytes"]);
    for message in &messages {
        let since = time::age(message.at.as_ref(), now);
        let bytes = message.body.len().to_string();
        let cells = [&message.id, &message.queue, &message.why, &since, &bytes];
        table.add_row(cells.map(|text| out.cell(text, "")));
    }
    out.say_table(&table)?;
    out.say("Put one back with: causeway buried --replay ID")?;
    Ok(ExitCode::SUCCESS)
}

async fn replay(control: &mut Control, ids: Vec<String>, out: &Output) -> anyhow::Result<ExitCode> {
    let wanted = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let request = ReplayBuriedRequest { ids };
    let messages = control
        .replay_buried(request)
        .await
        .map_err(told)?
        .into_inner()
        .messages;
    if out.json {
        out.document(&json!({ "messages": messages }))?;
    } else {
        out.say(format_args!("{} put back", counted(messages, "message")))?;
    }
    if messages < wanted {
        eprintln!(
            "causeway: {} of {wanted} ids were not found among the buried",
            wanted - messages
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
