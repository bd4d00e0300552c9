//! The configuration file: connections, syncs, tables. Read strictly: what it does not know is an error with its line.

use anyhow::Context as _;

mod check;
mod duration;
mod file;
mod place;
mod schema;

pub(crate) use check::{Config, ConnectionConfig};
pub(crate) use duration::parse as parse_span;
pub(crate) use file::File;
pub(crate) use place::Problem;
pub(crate) use schema::schema;

/// Reads and checks a configuration.
///
/// # Errors
/// Every problem found, each with what, where and what to do.
pub(crate) fn read(text: &str) -> Result<Config, Vec<Problem>> {
    let file = File::parse(text).map_err(|problem| vec![problem])?;
    check::check(file, text)
}

/// The file's plain values, for showing differences.
///
/// # Errors
/// The problem, when the text cannot be parsed.
pub(crate) fn values(text: &str) -> Result<serde_json::Value, Problem> {
    file::values(text)
}

/// Reads and checks a configuration file.
///
/// # Errors
/// The file cannot be read, or every problem in it, one on a line.
pub(crate) fn read_file(path: &std::path::Path) -> anyhow::Result<Config> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    read(&text).map_err(|problems| {
        let lines = problems
            .iter()
            .map(|problem| format!("{}: {problem}", path.display()));
        anyhow::anyhow!(lines.collect::<Vec<_>>().join("\n"))
    })
}
