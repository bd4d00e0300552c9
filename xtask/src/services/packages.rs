//! Finding RabbitMQ and PostgreSQL, or installing them from Debian's packages.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A service we start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Service {
    RabbitMq,
    PostgreSql,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RabbitMq => "RabbitMQ",
            Self::PostgreSql => "PostgreSQL",
        })
    }
}

impl Service {
    /// Debian's name for it.
    fn package(self) -> &'static str {
        match self {
            Self::RabbitMq => "rabbitmq-server",
            Self::PostgreSql => "postgresql",
        }
    }

    /// The folder of its programs, if it is installed.
    pub(super) fn programs(self) -> Option<PathBuf> {
        match self {
            Self::RabbitMq => newest("/usr/lib/rabbitmq/lib", "sbin/rabbitmq-server")
                .or_else(|| on_path("rabbitmq-server")),
            Self::PostgreSql => {
                newest("/usr/lib/postgresql", "bin/pg_ctl").or_else(|| on_path("pg_ctl"))
            }
        }
    }
}

/// Installs what is missing. The error says why that cannot be, and what to do.
pub(super) fn install(services: &[Service]) -> Result<(), String> {
    let packages: Vec<&str> = services
        .iter()
        .filter(|service| service.programs().is_none())
        .map(|service| service.package())
        .collect();
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !is_root() {
        return Err(format!(
            "not installed, and only root may install it: apt-get install {list}"
        ));
    }
    eprintln!("installing: {list}");
    apt_get(&["update"])?;
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments)
}

/// Whether this process is root.
pub(super) fn is_root() -> bool {
    user_id(&[]).is_some_and(|id| id == 0)
}

/// The numeric id `id -u` prints: of the named user, or without a name of this process.
pub(super) fn user_id(name: &[&str]) -> Option<u32> {
    let output = Command::new("id").arg("-u").args(name).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Another apt may be at work: wait for it.
        .args(["-q", "-o", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .output()
        .map_err(|error| format!("not installed, and apt-get cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "not installed, and apt-get {} failed: {}",
        arguments.join(" "),
        errors.lines().last().unwrap_or("it gave no reason")
    ))
}

/// `folder` has one folder per installed version: the programs' folder of the newest.
fn newest(folder: &str, program: &str) -> Option<PathBuf> {
    let versions = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    versions
        .map(|version| version.path())
        .filter(|version| version.join(program).is_file())
        .max_by_key(|version| numbers(version))
        .and_then(|version| version.join(program).parent().map(Path::to_path_buf))
}

/// `rabbitmq_server-3.10.8` as `[3, 10, 8]`, which sorts as versions do.
fn numbers(version: &Path) -> Vec<u32> {
    let name = version.display().to_string();
    let name = name.rsplit('/').next().unwrap_or_default();
    name.split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect()
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .filter_map(|candidate| candidate.canonicalize().ok())
        // Debian's wrapper changes to the user of the system's own service.
        .filter(|candidate| !candidate.ends_with("rabbitmq-script-wrapper"))
        .find_map(|candidate| candidate.parent().map(Path::to_path_buf))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::numbers;

    #[test]
    fn versions_sort_by_number() {
        let old = Path::new("/usr/lib/rabbitmq/lib/rabbitmq_server-3.9.13");
        let new = Path::new("/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8");
        assert!(numbers(old) < numbers(new));
        assert_eq!(numbers(Path::new("/usr/lib/postgresql/15")), [15]);
    }
}
