//! Tests that cannot run here say so instead of passing in silence.

use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
};

/// The file `cargo xtask test` names so that skipped tests reach its summary.
const SKIPPED_FILE: &str = "CAUSEWAY_TEST_SKIPPED";

/// Says on stderr that the calling test is skipped, and why. The caller then returns.
///
/// Where `CAUSEWAY_TEST_SKIPPED` names a file, one line `reason<TAB>test` is appended to it too:
/// the test harness hides the stderr of a test that passes, and a skipped test passes.
pub fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
    let Some(file) = std::env::var_os(SKIPPED_FILE) else {
        return;
    };
    let thread = thread::current();
    // The harness names a test's thread after the test.
    let test = thread.name().unwrap_or("unnamed test");
    if let Err(error) = append(Path::new(&file), reason, test) {
        eprintln!(
            "cannot note the skipped test in {}: {error}",
            file.display()
        );
    }
}

/// The folder of recorded vendor contracts: `CAUSEWAY_CONTRACTS` if set, else `shared/contracts`
/// beside the checkout. Where there is none, the calling test is [skipped](skip()) and should return.
#[must_use]
pub fn contracts() -> Option<PathBuf> {
    let folder = std::env::var_os("CAUSEWAY_CONTRACTS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/contracts"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    skip("contracts folder not found");
    None
}

/// The value of an environment variable that names a real system, such as `CAUSEWAY_TEST_AMQP`
/// or `CAUSEWAY_TEST_POSTGRES`. Where it is not set, the calling test is [skipped](skip()) and
/// should return.
#[must_use]
pub fn service(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok().filter(|url| !url.is_empty());
    if value.is_none() {
        skip(&format!("{variable} is not set"));
    }
    value
}

/// One `write` call per line: tests of several processes append to the same file.
fn append(file: &Path, reason: &str, test: &str) -> io::Result<()> {
    let line = format!("{}\t{test}\n", reason.replace(['\n', '\t'], " "));
    File::options()
        .create(true)
        .append(true)
        .open(file)?
        .write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::append;

    #[test]
    fn each_skipped_test_is_one_line() {
        let file = std::env::temp_dir().join(format!("causeway-skip-{}", std::process::id()));
        append(&file, "no broker\nhere", "one").unwrap();
        append(&file, "no broker here", "two").unwrap();
        let noted = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(noted, "no broker here\tone\nno broker here\ttwo\n");
    }
}
