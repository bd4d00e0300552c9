//! `causeway replay --verify`: can what was sent be accounted for?

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{DifferingPush, VerifyRequest, VerifyResponse};
use serde_json::{Value, json};

use super::configuration::say_changes;
use super::connect::told;
use super::output::{Output, counted, one_line};
use super::{ClientArgs, json};

/// The status that says that something differs, as `preview` has it.
const DIFFERS: u8 = 2;

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Only make the requests anew and compare them; nothing is sent. (`causeway retry` sends.)
    #[arg(long, required = true)]
    verify: bool,
    /// Only this sync.
    #[arg(long)]
    sync: Option<String>,
    /// How many of each sync's last records to look at.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=5000))]
    records: u32,
}

impl ReplayArgs {
    /// Ends with status 0 when every request that was made anew is the one that was sent, 2 when one is not, 1 when there was none to compare.
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let request = VerifyRequest {
            sync: self.sync.unwrap_or_default(),
            records: self.records,
        };
        let mut control = args.connect().await?;
        let found = control.verify(request).await.map_err(told)?.into_inner();
        if out.json {
            out.document(&document(&found))?;
        } else {
            say(&found, out)?;
        }
        Ok(match (found.differing.is_empty(), found.same) {
            (false, _) => ExitCode::from(DIFFERS),
            (true, 0) => ExitCode::FAILURE,
            (true, _) => ExitCode::SUCCESS,
        })
    }
}

fn say(found: &VerifyResponse, out: &Output) -> anyhow::Result<()> {
    for one in &found.differing {
        out.say(format_args!(
            "{} {}, pushed by version {} of the configuration: {}",
            one.sync,
            one_line(&one.number),
            one.configuration,
            if one.why.is_empty() {
                "differs"
            } else {
                &one.why
            }
        ))?;
        if !one.fields.is_empty() {
            say_changes(&one.fields, out)?;
        }
    }
    let differing = u64::try_from(found.differing.len()).unwrap_or(u64::MAX);
    out.say(format_args!(
        "{} made anew: {} the same byte for byte, {differing} not",
        counted(found.same.saturating_add(differing), "request"),
        found.same
    ))?;
    for (number, what, why) in [
        (
            found.not_kept,
            "record",
            "nothing to compare: nothing was written of it, or by an earlier version of Causeway",
        ),
        (
            found.replaced,
            "request",
            "not compared: made by an earlier version of Causeway of a version of the record that a newer one has taken the place of",
        ),
    ] {
        if number > 0 {
            out.say(format_args!("{} {why}", counted(number, what)))?;
        }
    }
    Ok(())
}

fn document(found: &VerifyResponse) -> Value {
    let differing = |one: &DifferingPush| {
        json!({
            "sync": one.sync,
            "kind": one.kind,
            "id": one.id,
            "number": one.number,
            "configuration": one.configuration,
            "why": one.why,
            "fields": json::changes(&one.fields),
        })
    };
    json!({
        "same": found.same,
        "differing": found.differing.iter().map(differing).collect::<Value>(),
        "not_kept": found.not_kept,
        "replaced": found.replaced,
    })
}
