//! `causeway preview`: what would changed rules have done?

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use proto::control::v1::{PreviewRequest, PreviewResponse};
use serde_json::{Value, json};
use tonic::Code;

use super::called::Called;
use super::configuration::{read, refused, resolved, say_changes};
use super::connect::told;
use super::output::{Output, counted};
use super::{ClientArgs, json};

/// The status that says that something would change, as other tools' plans have it.
const DIFFERS: u8 = 2;

#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// The configuration file with the changed rules or tables; - reads standard input.
    file: PathBuf,
    /// Only this sync.
    #[arg(long)]
    sync: Option<String>,
    /// How many of each sync's last records to try the rules on.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=5000))]
    records: u32,
}

impl PreviewArgs {
    /// Ends with status 0 when nothing would change, 2 when something would, 1 when that could not be told.
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let mut control = args.connect().await?;
        let Some(text) = resolved(&mut control, read(&self.file)?, &self.file).await? else {
            return Ok(ExitCode::FAILURE);
        };
        let request = PreviewRequest {
            text: text.clone(),
            sync: self.sync.unwrap_or_default(),
            records: self.records,
        };
        let mut preview = match control.preview(request).await {
            Ok(preview) => preview.into_inner(),
            Err(status) if status.code() == Code::InvalidArgument => {
                return refused(status, &self.file);
            }
            Err(status) => return Err(told(status)),
        };
        if out.json {
            out.document(&document(&preview))?;
        } else {
            let mut called = Called::with_active(&mut control, Some(&text)).await;
            for record in &mut preview.changed {
                called.fields(&record.sync, &mut record.fields).await;
            }
            say(&preview, out)?;
        }
        Ok(if preview.changed.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(DIFFERS)
        })
    }
}

fn say(preview: &PreviewResponse, out: &Output) -> anyhow::Result<()> {
    for record in &preview.changed {
        out.say(format_args!("{} {}", record.sync, record.number))?;
        say_changes(&record.fields, out)?;
    }
    let changed = u64::try_from(preview.changed.len()).unwrap_or(u64::MAX);
    out.say(format_args!(
        "{} of {} would change",
        changed,
        counted(preview.looked_at, "record")
    ))?;
    if preview.without_event > 0 {
        out.say(format_args!(
            "{} could not be tried: on their way still, or unreadable",
            counted(preview.without_event, "record")
        ))?;
    }
    Ok(())
}

fn document(preview: &PreviewResponse) -> Value {
    let changed = preview.changed.iter().map(|record| {
        json!({
            "sync": record.sync,
            "kind": record.kind,
            "id": record.id,
            "number": record.number,
            "fields": json::changes(&record.fields),
        })
    });
    json!({
        "changed": changed.collect::<Value>(),
        "looked_at": preview.looked_at,
        "without_event": preview.without_event,
    })
}
