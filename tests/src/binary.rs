//! The binary as it is now.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// Names the binary where whoever runs the tests has built it with them: a build of its own resolves other features, and compiles half of the
/// dependencies once more.
const GIVEN: &str = "CAUSEWAY_TEST_BINARY";

static BINARY: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::var_os(GIVEN).map_or_else(build, PathBuf::from));

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--locked", "--package", "causeway"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(std::process::Stdio::inherit())
        .output()
        .unwrap();
    assert!(built.status.success(), "the binary cannot be built");
    String::from_utf8(built.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
        .unwrap()
}

/// The path of `causeway`: given, or built once per test process.
#[must_use]
pub fn binary() -> &'static Path {
    &BINARY
}
