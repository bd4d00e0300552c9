//! Who may import whom.

use super::{
    assert_none,
    workspace::{Dependency, Package, crates},
};

/// Any endpoint's crate.
const ENDPOINT: &str = "endpoints/*";

/// The crates of ours each crate may use. The binary and the scenarios are not in the table: they
/// see everything. Dependencies of tests aside.
const ALLOWED: &[(&str, &[&str])] = &[
    ("commerce", &[]),
    ("ports", &["commerce"]),
    ("proto", &[]),
    ("codec", &["commerce", "proto"]),
    ("mapping", &["commerce", "ports"]),
    ("budget", &["ports"]),
    ("http", &["ports", "commerce", "budget"]),
    ("queue", &["ports", "commerce", "codec"]),
    ("ledger", &["ports", "commerce"]),
    ("kit", &["commerce", "ports", "http"]),
    (ENDPOINT, &["commerce", "ports", "http", "budget", "kit"]),
    (
        "endpoints",
        &[ENDPOINT, "commerce", "ports", "http", "budget"],
    ),
    (
        "conformance",
        &[
            "commerce",
            "ports",
            "http",
            "budget",
            "endpoints",
            "sandbox",
        ],
    ),
    ("puller", &["commerce", "ports", "telemetry"]),
    (
        "pusher",
        &["commerce", "ports", "mapping", "codec", "telemetry"],
    ),
    ("listen", &["commerce", "ports", "mapping"]),
    (
        "control",
        &["commerce", "ports", "codec", "proto", "budget", "mapping"],
    ),
    ("sandbox", &[]),
    ("telemetry", &[]),
    ("testkit", &["commerce", "ports"]),
    ("xtask", &[]),
];

const SEE_EVERYTHING: &[&str] = &["causeway", "scenarios"];

#[test]
fn crates_import_only_what_the_architecture_allows() {
    let violations: Vec<String> = crates()
        .filter(|package| !SEE_EVERYTHING.contains(&package.short_name()))
        .flat_map(|package| package.used().map(move |dependency| (package, dependency)))
        .filter(|(_, dependency)| dependency.is_ours())
        .map(|(package, dependency)| (role(package), place(dependency)))
        .filter(|(importer, imported)| !allowed(importer, imported))
        .map(|(importer, imported)| format!("{importer} may not import {imported}"))
        .collect();
    assert_none(&violations);
}

#[test]
fn every_crate_has_its_place_in_the_architecture() {
    let violations: Vec<String> = crates()
        .map(role)
        .filter(|role| !SEE_EVERYTHING.contains(role) && row(role).is_none())
        .map(|role| format!("{role} is not in the table of tests/tests/architecture/imports.rs"))
        .collect();
    assert_none(&violations);
}

#[test]
fn endpoints_never_know_each_other_and_nobody_knows_the_binary() {
    assert!(!allowed(ENDPOINT, ENDPOINT));
    for (importer, _) in ALLOWED {
        assert!(!allowed(importer, "causeway"), "{importer}");
        assert!(!allowed(importer, "scenarios"), "{importer}");
        assert_eq!(
            allowed(importer, ENDPOINT),
            *importer == "endpoints",
            "{importer}"
        );
    }
}

fn row(importer: &str) -> Option<&'static [&'static str]> {
    let found = ALLOWED.iter().find(|(name, _)| *name == importer);
    found.map(|(_, imports)| *imports)
}

fn allowed(importer: &str, imported: &str) -> bool {
    row(importer).is_some_and(|imports| imports.contains(&imported))
}

fn role(package: &Package) -> &str {
    if package.is_endpoint() {
        ENDPOINT
    } else {
        package.short_name()
    }
}

fn place(dependency: &Dependency) -> &str {
    let package = crates().find(|package| package.name == dependency.name);
    package.map_or(dependency.short_name(), role)
}
