//! Every endpoint keeps the contract, and what the documents say of it is true.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::path::Path;

use causeway_conformance::{Level, Report, check, clauses, names, overview};

fn read(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    std::fs::read_to_string(root.unwrap().join(file)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_endpoint_keeps_it_and_the_readme_says_so() {
    let checks: Vec<_> = names()
        .into_iter()
        .map(|name| tokio::spawn(check(name)))
        .collect();
    let mut reports: Vec<Report> = Vec::new();
    for check in checks {
        reports.push(check.await.unwrap().unwrap());
    }
    let broken: Vec<String> = reports
        .iter()
        .flat_map(|report| report.broken().map(move |finding| (report, finding)))
        .map(|(report, finding)| {
            let (name, clause) = (report.endpoint.name, finding.clause.name);
            let why = finding.result.as_ref().unwrap_err();
            format!("{name}: {clause} ({:?}): {why}", finding.kind)
        })
        .collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
    let table = overview(&reports);
    assert!(
        read("README.md").contains(&table),
        "the README's table of endpoints is to be:\n{table}"
    );
}

/// Endpoints that have no stand-in: a server that really runs takes its place in their own tests and scenarios.
const REAL: [&str; 1] = ["vendure"];

#[test]
fn every_endpoint_can_be_checked() {
    let all = endpoints::ALL.iter().map(|one| one.name);
    let all: Vec<&str> = all.filter(|name| !REAL.contains(name)).collect();
    assert_eq!(names(), all);
}

/// The contract names every clause as the checks have it, and no other.
#[test]
fn the_contract_names_the_clauses_that_are_checked() {
    let contract = read("services/endpoints/README.md");
    let written: Vec<(&str, &str)> = contract
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split(" | ");
            Some((cells.next()?.strip_suffix('`')?, cells.next()?))
        })
        .collect();
    let level = |level| match level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
    };
    let checked: Vec<(&str, &str)> = clauses()
        .map(|clause| (clause.name, level(clause.level)))
        .collect();
    assert_eq!(written, checked);
}
