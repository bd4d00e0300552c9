//! `cargo xtask licenses`: THIRD-PARTY-LICENSES.md, from what the lock file resolves to.

mod expression;
mod graph;

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};

use crate::workspace;
use expression::Expression;
use graph::Package;

/// Licences that ask for no more than to be named.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// A package allowed in spite of its licence.
struct Exception {
    package: &'static str,
    license: &'static str,
    reason: &'static str,
}

/// What stands for the licence of a package that names none.
const UNNAMED: &str = "no licence expression";

const EXCEPTIONS: &[Exception] = &[
    Exception {
        package: "jsonpath-rust",
        license: UNNAMED,
        reason: "its LICENSE file is the MIT licence",
    },
    Exception {
        package: "smartstring",
        license: "MPL-2.0+",
        reason: "comes with rhai; weak copyleft by file, and we use its files unchanged",
    },
];

/// Writes the file.
pub(crate) fn write() -> anyhow::Result<ExitCode> {
    let text = generate()?;
    fs::write(path(), text).with_context(|| format!("cannot write {}", path().display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Fails unless the file is what [`write()`] would write.
pub(crate) fn check() -> anyhow::Result<ExitCode> {
    let written = fs::read_to_string(path()).unwrap_or_default();
    if written != generate()? {
        bail!("THIRD-PARTY-LICENSES.md is not up to date: run `cargo xtask licenses`");
    }
    Ok(ExitCode::SUCCESS)
}

fn path() -> PathBuf {
    workspace::root().join("THIRD-PARTY-LICENSES.md")
}

fn generate() -> anyhow::Result<String> {
    let packages = graph::third_party()?;
    let violations = violations(&packages, EXCEPTIONS);
    if !violations.is_empty() {
        bail!("licences:\n{}", violations.join("\n"));
    }
    Ok(render(&packages))
}

/// What breaks the rule, a line each: a licence neither allowed nor excepted, and an exception
/// nothing needs.
fn violations(packages: &[Package], exceptions: &[Exception]) -> Vec<String> {
    let mut needed = BTreeSet::new();
    let mut violations = Vec::new();
    for package in packages {
        let license = package.license.as_deref().unwrap_or(UNNAMED);
        let verdict = package.license.as_deref().map_or_else(
            || Err("its licence must be read".to_owned()),
            Expression::parse,
        );
        if verdict
            .as_ref()
            .is_ok_and(|license| license.allowed_by(ALLOWED))
        {
            continue;
        }
        let exception = exceptions
            .iter()
            .find(|known| known.package == package.name && known.license == license);
        if let Some(exception) = exception {
            needed.insert(exception.package);
        } else {
            let why = verdict.err().unwrap_or_else(|| "not allowed".to_owned());
            violations.push(format!("{}, {license}: {why}", package.label()));
        }
    }
    let unused = exceptions
        .iter()
        .filter(|exception| !needed.contains(exception.package));
    violations.extend(
        unused.map(|exception| format!("{}: the exception is no longer needed", exception.package)),
    );
    violations
}

fn render(packages: &[Package]) -> String {
    let mut text = "\
# Third-party licences

Every package that is linked into Causeway, used to build it or used to test it, on Linux.
`cargo xtask licenses` writes this file; a test keeps it true.

| Package | Version | Licence | Repository |
|---|---|---|---|
"
    .to_owned();
    // Writing to a String cannot fail.
    for package in packages {
        let license = package.license.as_deref().unwrap_or(UNNAMED);
        let repository = package.repository.as_deref().unwrap_or_default();
        let (name, version) = (&package.name, &package.version);
        writeln!(text, "| {name} | {version} | {license} | {repository} |").ok();
    }
    text.push_str("\nAllowed one by one, and why:\n\n");
    for exception in EXCEPTIONS {
        let (package, license) = (exception.package, exception.license);
        writeln!(text, "- {package} ({license}): {}", exception.reason).ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Exception, Package, check, violations};

    fn package(name: &str, license: Option<&str>) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: license.map(str::to_owned),
            repository: None,
        }
    }

    #[test]
    fn third_party_licenses_are_allowed_and_written_down() {
        check().unwrap();
    }

    #[test]
    fn a_licence_that_is_not_allowed_is_named() {
        let packages = [
            package("fine", Some("MIT OR GPL-3.0")),
            package("copyleft", Some("GPL-3.0")),
            package("silent", None),
        ];
        let found = violations(&packages, &[]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("copyleft 1.0.0, GPL-3.0: "),
            "{found:?}"
        );
        assert!(
            found[1].starts_with("silent 1.0.0, no licence expression: "),
            "{found:?}"
        );
    }

    #[test]
    fn an_exception_holds_for_its_licence_only_and_only_while_needed() {
        let exception = [Exception {
            package: "odd",
            license: "MPL-2.0",
            reason: "a reason",
        }];
        assert!(violations(&[package("odd", Some("MPL-2.0"))], &exception).is_empty());
        assert_eq!(
            violations(&[package("odd", Some("GPL-3.0"))], &exception).len(),
            2
        );
        assert_eq!(violations(&[], &exception).len(), 1);
    }
}
