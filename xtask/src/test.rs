//! `cargo xtask test`: every test, against real systems, and a plain word about what was skipped.

use std::{collections::BTreeMap, fmt::Write as _, fs, process::ExitCode};

use anyhow::Context as _;

use crate::{
    services::{self, Services},
    workspace,
};

/// Runs `cargo test` with the given arguments and both services; passes its exit code on.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<ExitCode> {
    let mut services = Services::start()?;
    if needs_vendure(arguments) {
        services.start_vendure();
    }
    let skipped = services.folder().join("skipped");
    fs::write(&skipped, "").with_context(|| format!("cannot write {}", skipped.display()))?;

    let mut cargo = workspace::cargo();
    cargo.args(["test", "--locked", "--no-fail-fast"]);
    if !names_packages(arguments) {
        cargo.arg("--workspace");
    }
    cargo.args(arguments);
    cargo.env("CAUSEWAY_TEST_SKIPPED", &skipped);
    if arguments.is_empty() {
        // Everything is built before anything runs, the binary with it: the scenarios need not build it again.
        let own = std::env::current_exe().context("cannot tell where the build output is")?;
        cargo.env("CAUSEWAY_TEST_BINARY", own.with_file_name("causeway"));
    }
    let contracts = workspace::root().join("../shared/contracts");
    if std::env::var_os("CAUSEWAY_CONTRACTS").is_none() && contracts.is_dir() {
        cargo.env("CAUSEWAY_CONTRACTS", contracts.canonicalize()?);
    }
    let code = services.run(&mut cargo)?;

    let noted = fs::read_to_string(&skipped).context("cannot read the list of skipped tests")?;
    eprint!("\n{}", summary(services.missing(), &noted));
    Ok(services::exit_code(code))
}

/// `cargo test --workspace -p one` tests everything: naming packages must replace `--workspace`.
/// What follows a second `--` is for the test harness.
fn names_packages(arguments: &[&str]) -> bool {
    arguments
        .iter()
        .take_while(|argument| **argument != "--")
        .any(|argument| {
            argument.starts_with("-p")
                || *argument == "--package"
                || argument.starts_with("--package=")
        })
}

/// Only two packages have tests with Vendure: others need not wait for it.
fn needs_vendure(arguments: &[&str]) -> bool {
    let named = ["causeway-vendure", "causeway-scenarios"];
    !names_packages(arguments)
        || arguments
            .iter()
            .any(|one| named.iter().any(|name| one.ends_with(name)))
}

/// `missing` are the services that could not be had; `noted` has a line `reason<TAB>test` for
/// each skipped test.
fn summary(missing: &[String], noted: &str) -> String {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in noted.lines() {
        let (reason, test) = line.split_once('\t').unwrap_or((line, "unnamed test"));
        let tests = reasons.entry(reason).or_default();
        if !tests.contains(&test) {
            tests.push(test);
        }
    }
    let mut text = String::new();
    // Writing to a String cannot fail.
    for service in missing {
        writeln!(text, "not started: {service}").ok();
    }
    if reasons.is_empty() {
        text.push_str("no test was skipped\n");
    }
    for (reason, tests) in reasons {
        writeln!(text, "skipped: {reason}").ok();
        for test in tests {
            writeln!(text, "    {test}").ok();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{names_packages, needs_vendure, summary};

    #[test]
    fn packages_named_for_cargo_replace_the_whole_workspace() {
        assert!(names_packages(&["-p", "causeway-http"]));
        assert!(names_packages(&["--package=causeway-http", "--", "-q"]));
        assert!(!names_packages(&["--no-fail-fast", "--", "-p"]));
    }

    #[test]
    fn vendure_is_started_for_those_who_use_it() {
        assert!(needs_vendure(&[]));
        assert!(needs_vendure(&["--package=causeway-vendure"]));
        assert!(needs_vendure(&[
            "-p",
            "causeway-scenarios",
            "--test",
            "vendure"
        ]));
        assert!(!needs_vendure(&["-p", "causeway-http"]));
    }

    #[test]
    fn the_summary_names_each_skipped_test_once_under_its_reason() {
        let noted = "no broker\tqueue::b\nno contracts\ta\nno broker\tqueue::b\nno broker\tc\n";
        assert_eq!(
            summary(&["RabbitMQ: only root may install it".to_owned()], noted),
            "not started: RabbitMQ: only root may install it\n\
             skipped: no broker\n    queue::b\n    c\nskipped: no contracts\n    a\n"
        );
        assert_eq!(summary(&[], ""), "no test was skipped\n");
    }
}
