//! Each driver stays in the crates that are there for it.

use super::{
    assert_none,
    code::{code, words},
    workspace::{crates, read, root, rust_files, shown},
};

/// A driver, with the packages around it that carry its name, and the crates that may use it.
/// Dependencies of tests aside.
const DRIVERS: &[(&str, &[&str])] = &[
    ("sqlx", &["ledger", "queue"]),
    ("rusqlite", &["sandbox"]),
    ("lapin", &["queue"]),
    ("reqwest", &["http"]),
    ("tonic", &["proto", "control", "causeway"]),
    ("opentelemetry", &["telemetry"]),
    ("rhai", &["mapping"]),
];

/// What makes code asynchronous.
const ASYNC: &[&str] = &["tokio", "async-trait", "futures"];

#[test]
fn drivers_stay_in_their_crates() {
    let mut violations = Vec::new();
    // The scenarios are tests and nothing else.
    for package in crates().filter(|package| package.short_name() != "scenarios") {
        for dependency in package.used() {
            let driver = DRIVERS
                .iter()
                .find(|(name, _)| is_of(&dependency.name, name));
            if driver.is_some_and(|(_, homes)| !homes.contains(&package.short_name())) {
                violations.push(format!("{} may not use {}", package.name, dependency.name));
            }
        }
    }
    assert_none(&violations);
}

#[test]
fn commerce_knows_no_async() {
    let commerce = crates()
        .find(|package| package.short_name() == "commerce")
        .unwrap();
    let mut violations: Vec<String> = commerce
        .used()
        .filter(|dependency| ASYNC.iter().any(|name| is_of(&dependency.name, name)))
        .map(|dependency| format!("commerce may not use {}", dependency.name))
        .collect();
    for file in rust_files(&root().join("services/shared/commerce/src")) {
        let source = code(&read(&file));
        if words(&source).any(|word| word == "async" || word == "await") {
            violations.push(format!("{} is asynchronous", shown(&file)));
        }
    }
    assert_none(&violations);
}

#[test]
fn a_driver_is_known_with_the_packages_around_it() {
    for package in ["sqlx", "sqlx-core", "jiff-sqlx"] {
        assert!(is_of(package, "sqlx"), "{package}");
    }
    assert!(!is_of("sqlxy", "sqlx"));
}

fn is_of(package: &str, driver: &str) -> bool {
    let around = package
        .strip_prefix(driver)
        .or_else(|| package.strip_suffix(driver));
    around.is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || rest.ends_with('-'))
}
