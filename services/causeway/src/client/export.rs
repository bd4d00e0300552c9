//! `causeway export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use proto::control::v1::{FindRecordsRequest, RecordRow};

use super::connect::{Control, told};
use super::output::{Output, counted};
use super::{ClientArgs, csv, json, time};

const PAGE: u32 = 1_000;

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Only of this sync.
    #[arg(long)]
    sync: Option<String>,
    /// Only in these statuses.
    #[arg(long, value_delimiter = ',')]
    status: Vec<String>,
    /// Only changed since then: 2026-03-01, 2026-03-01T12:00:00Z, or 2h or 3d before now.
    #[arg(long)]
    since: Option<String>,
    /// json: one record per line. csv: for spreadsheets.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Write to this file; it appears when it is complete.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
}

const COLUMNS: [&str; 13] = [
    "sync",
    "kind",
    "id",
    "number",
    "status",
    "reason",
    "actor",
    "twin_id",
    "twin_number",
    "attempts",
    "revision_at",
    "first_seen",
    "changed_at",
];

impl ExportArgs {
    pub(super) async fn run(self, args: &ClientArgs, out: &Output) -> anyhow::Result<ExitCode> {
        let now = time::now();
        let since = self
            .since
            .as_deref()
            .map(|text| time::point(text, now))
            .transpose()?;
        let mut request = FindRecordsRequest {
            sync: self.sync.clone().unwrap_or_default(),
            statuses: self.status.clone(),
            since: since.map(time::wire),
            page_size: PAGE,
            ..FindRecordsRequest::default()
        };
        let mut control = args.connect().await?;
        let mut written = 0;
        let Some(path) = &self.output else {
            let mut to = BufWriter::new(io::stdout().lock());
            let done = copy(
                &mut control,
                &mut request,
                self.format,
                &mut to,
                &mut written,
            )
            .await;
            done.with_context(|| {
                format!(
                    "the export is incomplete: it ends after {}",
                    counted(written, "record")
                )
            })?;
            return Ok(ExitCode::SUCCESS);
        };
        let part = part_of(path);
        let file = File::create(&part).with_context(|| format!("creating {}", part.display()))?;
        let mut to = BufWriter::new(file);
        let done = copy(
            &mut control,
            &mut request,
            self.format,
            &mut to,
            &mut written,
        )
        .await;
        done.with_context(|| {
            format!(
                "{} is incomplete: it ends after {}",
                part.display(),
                counted(written, "record")
            )
        })?;
        std::fs::rename(&part, path)
            .with_context(|| format!("renaming {} to {}", part.display(), path.display()))?;
        if out.json {
            out.document(&serde_json::json!({ "records": written, "file": path }))?;
        } else {
            out.say(format_args!(
                "{} written to {}",
                counted(written, "record"),
                path.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Copies page by page. `written` counts what was handed over, also when it ends early.
async fn copy(
    control: &mut Control,
    request: &mut FindRecordsRequest,
    format: Format,
    to: &mut impl Write,
    written: &mut u64,
) -> anyhow::Result<()> {
    if format == Format::Csv {
        to.write_all(csv::line(COLUMNS).as_bytes())?;
    }
    loop {
        let page = control
            .find_records(request.clone())
            .await
            .map_err(told)?
            .into_inner();
        for row in &page.records {
            match format {
                Format::Json => writeln!(to, "{}", json::record_row(row))?,
                Format::Csv => to.write_all(csv_line(row).as_bytes())?,
            }
            *written += 1;
        }
        to.flush()?;
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        request.page_token = page.next_page_token;
    }
}

fn csv_line(row: &RecordRow) -> String {
    let name = row.name.clone().unwrap_or_default();
    let at = |at: &Option<prost_types::Timestamp>| {
        time::read(at.as_ref())
            .map(|at| at.to_string())
            .unwrap_or_default()
    };
    csv::line([
        name.sync.as_str(),
        &name.kind,
        &name.id,
        &row.number,
        &row.status,
        &row.reason,
        &row.actor,
        &row.twin_id,
        &row.twin_number,
        &row.attempts.to_string(),
        &at(&row.revision_at),
        &at(&row.first_seen),
        &at(&row.changed_at),
    ])
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, csv_line};

    #[test]
    fn every_column_has_a_field() {
        let fields = csv_line(&Default::default()).matches(',').count() + 1;
        assert_eq!(fields, COLUMNS.len());
    }
}
