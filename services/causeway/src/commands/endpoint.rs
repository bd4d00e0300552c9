//! `causeway endpoint check`: whether an endpoint keeps the contract, clause by clause, against the sandbox.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use commerce::Kind;
use conformance::{Finding, Level, Report, Subject, check, clauses, names, overview};
use serde_json::{Value, json};

#[derive(Debug, Args)]
pub(crate) struct EndpointArgs {
    #[command(subcommand)]
    command: EndpointCommand,
}

#[derive(Debug, Subcommand)]
enum EndpointCommand {
    /// Check endpoints against the sandbox by every clause of the contract; exit status 1 where one is broken.
    Check {
        /// The endpoints, by name; left out, all of them.
        names: Vec<String>,
        /// Print the table of endpoints, as the README has it.
        #[arg(long)]
        markdown: bool,
    },
}

impl EndpointArgs {
    pub(crate) async fn run(self, as_json: bool) -> anyhow::Result<ExitCode> {
        let EndpointCommand::Check {
            names: asked,
            markdown,
        } = self.command;
        let all = if asked.is_empty() {
            names().into_iter().map(str::to_owned).collect()
        } else {
            asked
        };
        let mut reports = Vec::new();
        for name in all {
            match check(&name).await {
                Some(report) => reports.push(report),
                None => bail!(
                    "there is no endpoint '{name}' to check; there are: {}",
                    names().join(", ")
                ),
            }
        }
        if as_json {
            let all: Vec<Value> = reports.iter().flat_map(findings).collect();
            println!("{:#}", Value::Array(all));
        } else if markdown {
            print!("{}", overview(&reports));
        } else {
            reports.iter().for_each(show);
        }
        let broken = reports
            .iter()
            .any(|report| report.broken().next().is_some());
        Ok(ExitCode::from(u8::from(broken)))
    }
}

fn findings(report: &Report) -> impl Iterator<Item = Value> {
    let one = |finding: &Finding| {
        json!({
            "endpoint": report.endpoint.name,
            "clause": finding.clause.name,
            "level": level(finding.clause.level),
            "kind": finding.kind.map(Kind::as_str),
            "kept": finding.result.is_ok(),
            "why": finding.result.as_ref().err(),
        })
    };
    report.findings.iter().map(one)
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
    }
}

/// A table for each subject: clauses down, kinds across; what is broken in words below.
fn show(report: &Report) {
    let of = |finding: &&Finding, subject: Subject| finding.clause.subject == subject;
    for subject in [Subject::Door, Subject::Reading, Subject::Writing] {
        let made: Vec<&Finding> = (report.findings.iter())
            .filter(|finding| of(finding, subject))
            .collect();
        if made.is_empty() {
            continue;
        }
        let kinds: BTreeSet<Option<&str>> =
            made.iter().map(|one| one.kind.map(Kind::as_str)).collect();
        let name = match subject {
            Subject::Door => format!("{}: settings, probe, webhooks", report.endpoint.name),
            Subject::Reading => format!("{}: reading", report.endpoint.name),
            Subject::Writing => format!("{}: writing", report.endpoint.name),
        };
        let mut table = Table::new();
        let across = kinds.iter().map(|kind| kind.unwrap_or_default().to_owned());
        table
            .load_style(NOTHING)
            .set_header(std::iter::once(name).chain(across));
        for clause in clauses().filter(|clause| clause.subject == subject) {
            let cell = |kind: &Option<&str>| {
                let same = |one: &&&Finding| {
                    std::ptr::eq(one.clause, clause) && one.kind.map(Kind::as_str) == *kind
                };
                match made.iter().find(same).map(|one| one.result.is_ok()) {
                    Some(true) => "kept",
                    Some(false) if clause.level == Level::Must => "BROKEN",
                    Some(false) => "not kept",
                    None => "",
                }
            };
            table.add_row(std::iter::once(clause.name).chain(kinds.iter().map(cell)));
        }
        println!("{table}\n");
    }
    for finding in &report.findings {
        if let Err(why) = &finding.result {
            let kind = finding
                .kind
                .map_or(String::new(), |kind| format!(" ({kind})"));
            println!(
                "{} {}{kind}: {why}",
                level(finding.clause.level),
                finding.clause.name
            );
        }
    }
}
