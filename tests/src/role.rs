//! The binary, and processes of it that are killed and started again.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::binary::binary;
use crate::until::until;

/// What all processes of a scenario share.
pub struct Installation {
    /// Logs go here.
    pub folder: PathBuf,
    /// Both URLs, and short tenures: nobody wants to wait ten minutes for a dead process's claims.
    pub environment: Vec<(&'static str, String)>,
}

impl Installation {
    /// In that folder, on that platform.
    #[must_use]
    pub fn new(folder: &Path, ledger: String, queue: String) -> Self {
        let environment = vec![
            ("CAUSEWAY_LEDGER", ledger),
            ("CAUSEWAY_QUEUE", queue),
            ("CAUSEWAY_LEASE", "3s".to_owned()),
            ("CAUSEWAY_CLAIM", "10s".to_owned()),
            ("CAUSEWAY_LOG", "warn,causeway=info".to_owned()),
        ];
        Self {
            folder: folder.to_owned(),
            environment,
        }
    }

    fn command(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .envs(self.environment.clone())
            .env_remove("OTEL_EXPORTER_OTLP_ENDPOINT")
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let status = self.command(&arguments).status().unwrap();
        assert!(status.success(), "{arguments:?}: {status}");
    }

    /// Runs a command to its end, however it ends: its exit status, and what it said.
    #[must_use]
    pub fn ask(&self, arguments: &[&str]) -> (i32, String) {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let output = self.command(&arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (output.status.code().unwrap_or(-1), said)
    }

    /// Starts a role.
    #[must_use]
    pub fn role(&self, arguments: &[&str]) -> Role<'_> {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let child = self.spawn(&arguments);
        Role {
            installation: self,
            arguments,
            child,
        }
    }

    fn spawn(&self, arguments: &[String]) -> Child {
        let name = arguments[..arguments.len().min(2)].join("-");
        let path = self.folder.join(format!("{}.log", name.replace("--", "")));
        let log: File = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        self.command(arguments)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap()
    }
}

/// One process. Killed when dropped.
pub struct Role<'a> {
    installation: &'a Installation,
    arguments: Vec<String>,
    child: Child,
}

impl Role<'_> {
    /// `kill -9`, and a new one in its place.
    pub fn kill_and_start_again(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = self.installation.spawn(&self.arguments);
    }

    /// SIGTERM; how it ended.
    pub async fn terminate(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(sent.success());
        let what = format!("{:?} ends after SIGTERM", self.arguments);
        let child = &mut self.child;
        until(&what, async || {
            child.try_wait().unwrap().ok_or_else(String::new)
        })
        .await
    }

    /// Whether it ended by itself, which no role may.
    pub fn assert_alive(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("{:?} ended by itself: {status}", self.arguments);
        }
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        // It may be gone already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
