//! What cargo knows about the workspace, and its files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use serde::Deserialize;

static METADATA: LazyLock<Metadata> = LazyLock::new(load);

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) resolve: Resolve,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// None for our own crates.
    source: Option<String>,
    manifest_path: PathBuf,
}

/// A dependency as the manifest declares it, for any platform.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    kind: Option<String>,
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// A package with the features somebody enabled.
#[derive(Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) features: Vec<String>,
}

impl Package {
    /// The name inside the workspace: `commerce` for `causeway-commerce`.
    pub(crate) fn short_name(&self) -> &str {
        short(&self.name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap()
    }

    /// Whether this is one endpoint's crate, `services/endpoints/<name>`.
    pub(crate) fn is_endpoint(&self) -> bool {
        self.folder().parent() == Some(root().join("services/endpoints").as_path())
    }

    /// What the crate itself needs: dependencies of its tests aside.
    pub(crate) fn used(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies
            .iter()
            .filter(|dependency| dependency.kind.as_deref() != Some("dev"))
    }
}

impl Dependency {
    pub(crate) fn is_ours(&self) -> bool {
        self.path.is_some()
    }

    pub(crate) fn short_name(&self) -> &str {
        short(&self.name)
    }
}

fn short(name: &str) -> &str {
    name.strip_prefix("causeway-").unwrap_or(name)
}

pub(crate) fn metadata() -> &'static Metadata {
    &METADATA
}

pub(crate) fn root() -> &'static Path {
    &METADATA.workspace_root
}

/// Our own crates.
pub(crate) fn crates() -> impl Iterator<Item = &'static Package> {
    let packages = METADATA.packages.iter();
    packages.filter(|package| package.source.is_none())
}

/// All files below a folder, none if it does not exist; build output and git's own files aside.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if !path.is_dir() {
            found.push(path);
        } else if !["target", ".git", "node_modules"]
            .iter()
            .any(|name| path.ends_with(name))
        {
            found.extend(files(&path));
        }
    }
    found.sort();
    found
}

/// The Rust files below a folder.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    found
}

pub(crate) fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// A path as people write it, from the root folder.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn load() -> Metadata {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["metadata", "--format-version", "1", "--locked"])
        // The other platforms' packages may not be downloaded.
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata failed:\n{errors}");
    serde_json::from_slice(&output.stdout).expect("cargo metadata is readable")
}
