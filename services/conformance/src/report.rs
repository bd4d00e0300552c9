//! What the checks of an endpoint came to.

use std::fmt::Write as _;

use commerce::Kind;
use endpoints::Endpoint;

use crate::clause::{Checked, Clause, Level, Subject, clauses};
use crate::stage::Stage;
use crate::stand::{self, Stand};

/// A check that was made.
#[derive(Debug)]
pub struct Finding {
    /// Of which clause.
    pub clause: &'static Clause,
    /// For which kind of record; `None` where the clause is about none.
    pub kind: Option<Kind>,
    /// Nothing, or why the clause is broken.
    pub result: Result<(), String>,
}

/// What the checks of an endpoint came to.
#[derive(Debug)]
pub struct Report {
    /// The endpoint.
    pub endpoint: &'static Endpoint,
    /// Every check, by clause.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The checks that a binding clause fails.
    pub fn broken(&self) -> impl Iterator<Item = &Finding> {
        let must = |one: &&Finding| one.clause.level == Level::Must;
        self.findings
            .iter()
            .filter(must)
            .filter(|one| one.result.is_err())
    }
}

/// The endpoints that can be checked.
#[must_use]
pub fn names() -> Vec<&'static str> {
    stand::ALL.iter().map(|stand| stand.name()).collect()
}

/// Makes every check of an endpoint, each kind of record on a stage of its own; `None` where there is no endpoint of that name, or no stand-in
/// for its system.
pub async fn check(name: &str) -> Option<Report> {
    let (endpoint, stand) = (endpoints::find(name)?, stand::find(name)?);
    let mut findings = Vec::new();
    let first = endpoint.reads.first().or(endpoint.writes.first());
    if let Some(kind) = first {
        findings.extend(on_stage(stand, Subject::Door, *kind).await);
    }
    for kind in endpoint.reads {
        findings.extend(on_stage(stand, Subject::Reading, *kind).await);
    }
    for kind in endpoint.writes {
        findings.extend(on_stage(stand, Subject::Writing, *kind).await);
    }
    Some(Report { endpoint, findings })
}

async fn on_stage(stand: &'static dyn Stand, subject: Subject, kind: Kind) -> Vec<Finding> {
    let mut stage = Stage::open(stand, subject, kind).await;
    let mut findings = Vec::new();
    for clause in clauses().filter(|clause| clause.subject == subject) {
        let result: Checked = match &mut stage {
            Ok(stage) => (clause.check)(stage, kind).await,
            Err(why) => Err(why.clone()),
        };
        if let Ok(stage) = &stage {
            stage.calm();
        }
        findings.push(Finding {
            clause,
            kind: (subject != Subject::Door).then_some(kind),
            result,
        });
    }
    if let Ok(stage) = stage {
        stage.sandbox.stop().await;
    }
    findings
}

/// The table of endpoints for the README, as Markdown.
#[must_use]
pub fn overview(reports: &[Report]) -> String {
    let mut table = String::from(
        "| endpoint | reads | writes | webhooks | clauses kept |\n|---|---|---|---|---|\n",
    );
    for report in reports {
        let endpoint = report.endpoint;
        let kinds = |kinds: &[Kind]| {
            let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            names.join(", ")
        };
        let stand = stand::find(endpoint.name);
        let kept = report.findings.iter().filter(|one| one.result.is_ok());
        // Writing to a String cannot fail.
        writeln!(
            table,
            "| {} | {} | {} | {} | {} of {} |",
            endpoint.name,
            kinds(endpoint.reads),
            kinds(endpoint.writes),
            if stand.is_some_and(Stand::knocks) {
                "yes"
            } else {
                "none"
            },
            kept.count(),
            report.findings.len(),
        )
        .ok();
    }
    table
}
