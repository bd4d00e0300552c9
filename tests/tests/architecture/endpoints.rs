//! Every endpoint's folder has the same few files.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    assert_none,
    code::{code, words},
    workspace::{crates, files, read, root, rust_files, shown},
};

/// Each a file, or once it is long a folder with or without the file.
const PARTS: &[&str] = &["wire", "map", "client"];

/// The parts that only turn values into values.
const PURE: &[&str] = &["wire", "map"];

/// Words no pure part needs: asynchronous code, the clock, the network.
const IMPURE_WORDS: &[&str] = &[
    "async",
    "await",
    "tokio",
    "Clock",
    "Instant",
    "SystemTime",
    "reqwest",
];

/// The same as parts of paths: the words alone are good names for values.
const IMPURE_PATHS: &[&str] = &["::now", "http::"];

/// An endpoint that is not written yet.
const EMPTY: &str = "//! To be filled.";

#[test]
fn an_endpoint_has_its_four_files_and_its_contract_and_nothing_else() {
    let violations: Vec<String> = written().iter().flat_map(|folder| shape(folder)).collect();
    assert_none(&violations);
}

#[test]
fn wire_and_map_know_no_async_no_clock_and_no_http() {
    let mut violations = Vec::new();
    for folder in written() {
        for part in PURE {
            let mut sources = rust_files(&folder.join("src").join(part));
            sources
                .extend(Some(folder.join(format!("src/{part}.rs"))).filter(|file| file.exists()));
            for file in sources {
                let found = impurities(&read(&file));
                violations.extend(
                    found
                        .iter()
                        .map(|word| format!("{} has `{word}`", shown(&file))),
                );
            }
        }
    }
    assert_none(&violations);
}

#[test]
fn every_endpoint_is_registered() {
    let registry = crates()
        .find(|package| package.name == "causeway-endpoints")
        .unwrap();
    let registered: BTreeSet<&str> = registry
        .used()
        .map(|dependency| dependency.name.as_str())
        .collect();
    let violations: Vec<String> = crates()
        .filter(|package| package.is_endpoint() && !registered.contains(package.name.as_str()))
        .map(|package| format!("services/endpoints does not use {}", package.name))
        .collect();
    assert_none(&violations);
}

#[test]
fn every_endpoint_folder_is_a_crate_of_the_workspace() {
    let known: BTreeSet<&Path> = crates().map(|package| package.folder()).collect();
    let violations: Vec<String> = fs::read_dir(root().join("services/endpoints"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && !path.ends_with("src") && !path.ends_with("tests"))
        .filter(|path| !known.contains(path.as_path()))
        .map(|path| format!("{} is not a member of the workspace", shown(&path)))
        .collect();
    assert_none(&violations);
}

#[test]
fn impurity_is_found_in_code_and_not_in_comments() {
    assert_eq!(impurities("async fn map() {}"), ["async"]);
    assert_eq!(impurities("let at = Timestamp::now();"), ["::now"]);
    assert_eq!(impurities("use http::Client;"), ["http::"]);
    assert!(impurities("/// Not async, no tokio.\nfn map() { let now = \"now\"; }").is_empty());
}

/// The folders of the endpoints that hold more than an empty crate.
fn written() -> Vec<&'static Path> {
    let (empty, written): (Vec<_>, Vec<_>) = crates()
        .filter(|package| package.is_endpoint())
        .map(|package| package.folder())
        .partition(|folder| read(&folder.join("src/lib.rs")).trim() == EMPTY);
    for folder in empty {
        eprintln!("not written yet: {}", shown(folder));
    }
    written
}

/// What is missing from an endpoint's folder, and what is too much.
fn shape(folder: &Path) -> Vec<String> {
    let src = folder.join("src");
    let mut violations = Vec::new();
    for part in PARTS {
        if !src.join(format!("{part}.rs")).is_file() && !src.join(part).is_dir() {
            violations.push(format!("{} has no {part}.rs", shown(&src)));
        }
    }
    for entry in fs::read_dir(&src).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let part = name.strip_suffix(".rs").unwrap_or(&name);
        if name != "lib.rs" && !PARTS.contains(&part) {
            violations.push(format!(
                "{}/{name} is not one of the four files",
                shown(&src)
            ));
        }
    }
    if files(&folder.join("contract")).is_empty() {
        violations.push(format!("{}/contract has no case", shown(folder)));
    }
    violations
}

fn impurities(source: &str) -> Vec<&'static str> {
    let code = code(source);
    let used: BTreeSet<&str> = words(&code).collect();
    let words = IMPURE_WORDS.iter().filter(|word| used.contains(*word));
    let paths = IMPURE_PATHS.iter().filter(|path| code.contains(*path));
    words.chain(paths).copied().collect()
}
