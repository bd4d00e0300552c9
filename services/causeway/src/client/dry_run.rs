//! `causeway dry-run SYNC ID`: what a sync would send for a record, asked of the running installation.

use std::process::ExitCode;

use proto::control::v1::{DryRunRequest, DryRunResponse};
use serde_json::{Value, json};

use super::called::Called;
use super::connect::told;
use super::output::Output;
use super::payload::laid_out;
use super::{ClientArgs, find, json, time};

impl ClientArgs {
    pub(crate) async fn dry_run(&self, sync: &str, number: &str) -> anyhow::Result<ExitCode> {
        let mut control = self.connect().await?;
        let record = Some(find::one_or_unread(&mut control, sync, number).await?);
        let answer = control.dry_run(DryRunRequest { record }).await;
        let answer = answer.map_err(told)?.into_inner();
        let called = Called::with_active(&mut control, None).await;
        tell(&answer, sync, called, self.json).await
    }
}

/// Tells of a dry run, wherever it was made. Ends with status 1 when nothing would be written though something should: the record would be
/// held or refused.
pub(crate) async fn tell(
    answer: &DryRunResponse,
    sync: &str,
    mut called: Called,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let out = Output::new(json);
    if out.json {
        out.document(&json!({
            "outcome": answer.outcome,
            "why": answer.why,
            "read_at": json::at(answer.read_at.as_ref()),
            "exchanges": answer.exchanges.iter().map(json::exchange).collect::<Value>(),
        }))?;
    } else {
        show(answer, sync, &mut called, &out).await?;
    }
    let fine = ["would_write", "nothing_to_write", "would_be_skipped"];
    Ok(if fine.contains(&answer.outcome.as_str()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn show(
    answer: &DryRunResponse,
    sync: &str,
    called: &mut Called,
    out: &Output,
) -> std::io::Result<()> {
    if let Some(at) = time::read(answer.read_at.as_ref()) {
        out.say(format_args!("the record as it was read at {at:.0}"))?;
    }
    for exchange in &answer.exchanges {
        let sent = match exchange.status {
            0 => "not sent".to_owned(),
            status => format!("answered {status}"),
        };
        let (method, url) = (&exchange.method, &exchange.url);
        out.say(format_args!("\n{method} {url} ({sent})"))?;
        out.say(laid_out(&exchange.request))?;
        for name in called.body(sync, &exchange.request).await {
            out.say(format_args!("  {name}"))?;
        }
    }
    let why = &answer.why;
    match answer.outcome.as_str() {
        "would_write" => out.say("\nnothing was written"),
        "nothing_to_write" => out.say(format_args!("\nnothing would have to be written: {why}")),
        "would_be_skipped" => out.say(format_args!("\nwould be skipped: {why}")),
        "would_be_held" => out.say(format_args!("\nwould be held: {why}")),
        "would_not_write" => out.say(format_args!("\nit would not be written: {why}")),
        _ => out.say(format_args!("\nthe dry run failed: {why}")),
    }
}
