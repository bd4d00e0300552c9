//! One run's folder, and the keeper that cleans up after the run however it ends.
//!
//! The keeper is a small shell process holding the read end of a pipe. The run holds the other
//! end, so the keeper learns of its end from the kernel: by return, by error, by Ctrl-C, by kill.
//! Only if the keeper dies too (the machine stopped) does the next run find the folder; then the
//! lock, which the kernel has released, says that nobody is using it.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::Context as _;

use super::quote;
use crate::workspace;

const KEEPER: &str = "keeper.sh";
const LOCK: &str = "lock";
const COMMAND: &str = "command.pid";

/// Waits for the end of its standard input, then stops the services and removes the folder.
const KEEP: &str = r#"
trap '' HUP INT TERM
cat >/dev/null
cd /
if read -r command 2>/dev/null <"$run/command.pid"; then kill -s TERM "$command"; fi 2>/dev/null
failed=0
for stop in "$run"/stop-*.sh; do
    if [ -f "$stop" ]; then sh "$stop" || failed=1; fi
done
rm -rf "$run" 2>/dev/null || { sleep 1; rm -rf "$run"; }
exit $failed
"#;

/// `target/services/run-<process id>`; dropping it stops what the run started and removes it.
pub(super) struct RunFolder {
    path: PathBuf,
    keeper: Child,
    _lock: File,
}

impl RunFolder {
    /// Makes the folder and starts its keeper, after cleaning up what dead runs left.
    pub(super) fn create() -> anyhow::Result<Self> {
        let all = workspace::root().join("target/services");
        fs::create_dir_all(&all).with_context(|| format!("cannot make {}", all.display()))?;
        // One run at a time looks around and makes its folder: no one sees it half made.
        let _turn = locked(&all.join(LOCK))?;
        clean_up(&all)?;

        let path = all.join(format!("run-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let lock = locked(&path.join(LOCK))?;
        let script = path.join(KEEPER);
        fs::write(&script, format!("run={}{KEEP}", quote(&path)))
            .context("cannot write the keeper's script")?;
        let keeper = Command::new("sh")
            .arg(&script)
            .stdin(Stdio::piped())
            // Ctrl-C reaches the whole foreground group; the keeper must outlive it.
            .process_group(0)
            .spawn()
            .context("cannot start the keeper: is there a shell?")?;
        Ok(Self {
            path,
            keeper,
            _lock: lock,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Has `script`, a line or more of POSIX shell, run when this run ends.
    pub(super) fn at_end(&self, service: &str, script: &str) -> anyhow::Result<()> {
        fs::write(self.path.join(format!("stop-{service}.sh")), script)
            .with_context(|| format!("cannot write how to stop {service}"))
    }

    /// Notes the process that uses the services: it is asked to end if this run dies before it.
    pub(super) fn command_runs(&self, process: u32) -> anyhow::Result<()> {
        fs::write(self.path.join(COMMAND), format!("{process}\n"))
            .context("cannot note the command's process id")
    }

    /// Its process id may soon be another's.
    pub(super) fn command_ended(&self) -> anyhow::Result<()> {
        fs::remove_file(self.path.join(COMMAND)).context("cannot forget the command's process id")
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        match self.keeper.wait() {
            Ok(status) if status.success() => {}
            Ok(status) => eprintln!("cleaning up {} failed: {status}", self.path.display()),
            Err(error) => eprintln!("lost the keeper of {}: {error}", self.path.display()),
        }
    }
}

fn clean_up(all: &Path) -> anyhow::Result<()> {
    let entries = fs::read_dir(all).with_context(|| format!("cannot read {}", all.display()))?;
    for run in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if !run.is_dir() {
            continue;
        }
        let lock = File::open(run.join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_err()) {
            continue;
        }
        eprintln!("cleaning up after a dead run: {}", run.display());
        // The process it names is long gone; its id may be another's.
        fs::remove_file(run.join(COMMAND)).ok();
        let script = run.join(KEEPER);
        if script.is_file() {
            Command::new("sh")
                .arg(script)
                .stdin(Stdio::null())
                .status()
                .context("cannot run a shell")?;
        }
        if run.exists() {
            fs::remove_dir_all(&run).with_context(|| format!("cannot remove {}", run.display()))?;
        }
    }
    Ok(())
}

fn locked(path: &Path) -> anyhow::Result<File> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    file.lock()
        .with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}
