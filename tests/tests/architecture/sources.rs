//! Rules for every file.

use super::{
    assert_none,
    code::{code, words},
    workspace::{crates, files, read, root, rust_files, shown},
};

/// Longer files hold more than one thing.
const MOST_LINES: usize = 500;

/// Where money is: no floating point in these folders' sources.
const MONEY: &[&str] = &[
    "services/shared/commerce",
    "services/shared/codec",
    "services/shared/mapping",
    "services/endpoints",
];

const FLOATS: &[&str] = &["f32", "f64", "as_f32", "as_f64", "to_f32", "to_f64"];

/// The comment, with a reason, for a float that is no money.
const NOT_MONEY: &str = "// not money: ";

/// Places on one developer's machine. Split, so that this file does not name them itself.
const FOREIGN: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("shared/", "design"),
    concat!("shared/", "knowledge"),
    concat!("shared/", "contracts"),
];

/// Finding the recorded contracts beside the checkout, where there are any.
const LOOKUP: &[(&str, &str)] = &[
    (
        "services/shared/testkit/src/skip.rs",
        concat!("shared/", "contracts"),
    ),
    ("xtask/src/test.rs", concat!("shared/", "contracts")),
    ("CONTRIBUTING.md", concat!("shared/", "contracts")),
];

#[test]
fn money_never_touches_a_float() {
    let mut violations = Vec::new();
    for file in MONEY
        .iter()
        .flat_map(|folder| rust_files(&root().join(folder)))
    {
        // The rule is for sources: `<crate>/src`, not the tests beside it.
        if file.components().any(|part| part.as_os_str() == "src") {
            let lines = floats(&read(&file));
            violations.extend(lines.iter().map(|line| format!("{}:{line}", shown(&file))));
        }
    }
    assert_none(&violations);
}

#[test]
fn every_crate_keeps_the_workspace_lints() {
    let violations: Vec<String> = crates()
        .map(|package| package.folder().join("Cargo.toml"))
        .filter(|manifest| !read(manifest).contains("[lints]\nworkspace = true\n"))
        .map(|manifest| format!("{} lacks `[lints] workspace = true`", shown(&manifest)))
        .collect();
    assert_none(&violations);
}

#[test]
fn no_source_file_is_longer_than_500_lines() {
    let violations: Vec<String> = rust_files(root())
        .into_iter()
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, file)| format!("{} has {lines} lines", shown(&file)))
        .collect();
    assert_none(&violations);
}

#[test]
fn no_file_names_a_place_on_one_machine() {
    let mut violations = Vec::new();
    for file in files(root()) {
        let name = shown(&file);
        // What is not text names nothing.
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        for place in FOREIGN {
            if text.contains(place) && !LOOKUP.contains(&(name.as_str(), place)) {
                violations.push(format!("{name} names {place}"));
            }
        }
    }
    assert_none(&violations);
}

#[test]
fn a_float_needs_a_reason_and_a_comment_is_no_float() {
    assert_eq!(floats("let a = 1;\nlet b: f64 = 2.0;"), [2]);
    assert_eq!(floats("let a = value.as_f64();"), [1]);
    assert!(floats("// never f64\nlet text = \"f32\";").is_empty());
    assert!(floats("let a: f32 = 1.0; // not money: a ratio of requests").is_empty());
    assert_eq!(floats("let a: f32 = 1.0; // not money: "), [1]);
}

/// The numbers of the lines with a float and no reason for it.
fn floats(source: &str) -> Vec<usize> {
    let code = code(source);
    let lines = source.lines().zip(code.lines()).enumerate();
    lines
        .filter(|(_, (_, code))| words(code).any(|word| FLOATS.contains(&word)))
        .filter(|(_, (line, _))| {
            let reason = line.split_once(NOT_MONEY).map_or("", |(_, reason)| reason);
            reason.trim().is_empty()
        })
        .map(|(index, _)| index + 1)
        .collect()
}
