//! The third-party packages of the dependency graph, as cargo resolves it.

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::workspace;

/// What the published binaries and the continuous integration run on.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    /// None for our own packages.
    source: Option<String>,
    #[serde(flatten)]
    package: Package,
}

/// A package from a registry.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
    pub(super) repository: Option<String>,
}

impl Package {
    pub(super) fn label(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

/// All third-party packages, for running, building and testing, sorted.
pub(super) fn third_party() -> anyhow::Result<Vec<Package>> {
    let output = workspace::cargo()
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", PLATFORM])
        .output()
        .context("cannot run cargo metadata")?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("cargo metadata failed:\n{errors}");
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("cannot read what cargo metadata said")?;
    let mut packages: Vec<Package> = metadata
        .packages
        .into_iter()
        .filter(|source| source.source.is_some())
        .map(|source| source.package)
        .collect();
    packages.sort();
    Ok(packages)
}
