//! `causeway record`: one record and its journey.

use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{Exchange, GetRecordRequest, GetRecordResponse, Step};

use super::connect::told;
use super::output::{Output, one_line};
use super::payload::{indented, laid_out};
use super::{ClientArgs, find, json, story, time};

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The sync.
    sync: String,
    /// The record's id or number, at either end.
    #[arg(value_name = "ID|NUMBER")]
    number: String,
    /// Show what was read, sent and answered, in full.
    #[arg(long)]
    payloads: bool,
}

impl RecordArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        let name = Some(find::one(&mut control, &self.sync, &self.number).await?);
        let answer = control
            .get_record(GetRecordRequest { name })
            .await
            .map_err(told)?
            .into_inner();
        if out.json {
            out.document(&json::record(&answer))?;
        } else {
            show(&answer, self.payloads, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(answer: &GetRecordResponse, payloads: bool, out: &Output) -> std::io::Result<()> {
    if let Some(row) = &answer.record {
        out.say(story::story(row, time::now()))?;
    }
    out.say("Journey (UTC)")?;
    for step in &answer.journey {
        show_step(step, payloads, out)?;
    }
    if answer.journey.is_empty() {
        out.say("  nothing happened to it yet")?;
    }
    if payloads {
        for (heading, text) in [
            ("The record as it was read", &answer.record_json),
            ("The source's own words", &answer.source_json),
        ] {
            if !text.is_empty() {
                out.say(format_args!(
                    "\n{heading}\n{}",
                    indented(&laid_out(text), 2)
                ))?;
            }
        }
    } else if answer.journey.iter().any(|step| step.exchange.is_some()) {
        out.say("With --payloads: what was read, sent and answered, in full")?;
    }
    Ok(())
}

fn show_step(step: &Step, payloads: bool, out: &Output) -> std::io::Result<()> {
    let at = time::read(step.at.as_ref())
        .map(|at| format!("{at:.3}"))
        .unwrap_or_default();
    let by = match step.configuration {
        0 => String::new(),
        version => format!(" (by version {version} of the configuration)"),
    };
    out.say(format_args!(
        "  {at}  {:<8}  {}{by}",
        step.kind,
        one_line(&step.note)
    ))?;
    let Some(exchange) = &step.exchange else {
        return Ok(());
    };
    out.say(format_args!("{:36}{}", "", summary(exchange)))?;
    if payloads {
        for (heading, text) in [("sent", &exchange.request), ("answered", &exchange.reply)] {
            if !text.is_empty() {
                out.say(format_args!(
                    "{:36}{heading}:\n{}",
                    "",
                    indented(&laid_out(text), 38)
                ))?;
            }
        }
    }
    Ok(())
}

fn summary(exchange: &Exchange) -> String {
    let answer = match exchange.status {
        0 => "no answer".to_owned(),
        status => status.to_string(),
    };
    let mut text = format!(
        "{} {} -> {answer} in {} ms",
        one_line(&exchange.method),
        one_line(&exchange.url),
        exchange.took_ms
    );
    if !exchange.reference.is_empty() {
        text = format!("{text}, their reference {}", one_line(&exchange.reference));
    }
    if !exchange.error.is_empty() {
        text = format!("{text}: {}", one_line(&exchange.error));
    }
    text
}
