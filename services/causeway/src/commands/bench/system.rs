//! The roles as processes of their own, started from this executable.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use commerce::{Kind, MerchantId};
use ports::{Clock, SystemClock};
use sandbox::Sandbox;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::process::Used;
use crate::commands::demo::{Store, write_configuration};
use crate::commands::start::LogArgs;

const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long control may take to answer.
const LOOKS_FOR_CONTROL: u32 = 6_000;
/// How much of a dead process's log is shown.
const LAST_LINES: usize = 15;

/// On which platform to measure.
#[derive(Debug, Args)]
pub(super) struct PlaceArgs {
    /// The distributed platform's ledger, postgres://…; with --queue. A SQLite file in a temporary folder (TMPDIR) when left out.
    #[arg(long, requires = "queue")]
    ledger: Option<String>,
    /// The distributed platform's queue, amqp://…; with --ledger. Queues and rows of a run stay, under a merchant `bench-…` of its own.
    #[arg(long, requires = "ledger")]
    queue: Option<String>,
}

/// Where a run takes place.
pub(super) struct Site {
    pub(super) merchant: MerchantId,
    pub(super) ledger: String,
    pub(super) queue: String,
    pub(super) configuration: PathBuf,
    pub(super) distributed: bool,
    folder: PathBuf,
    control: SocketAddr,
    log: String,
}

impl Site {
    /// Writes a configuration with syncs of those kinds for the sandbox, under a merchant that nobody else uses.
    pub(super) fn prepare(
        place: &PlaceArgs,
        folder: &Path,
        sandbox: &Sandbox,
        kinds: &[Kind],
        logs: &LogArgs,
    ) -> anyhow::Result<Self> {
        let (ledger, queue, distributed) = match (&place.ledger, &place.queue) {
            (None, None) => {
                let file = folder.join("causeway.db");
                let file = file.display();
                (
                    format!("sqlite://{file}"),
                    format!("embedded:sqlite://{file}"),
                    false,
                )
            }
            (Some(ledger), Some(queue))
                if ledger.starts_with("postgres") && queue.starts_with("amqp") =>
            {
                (ledger.clone(), queue.clone(), true)
            }
            _ => bail!(
                "give --ledger postgres://… and --queue amqp://… together, or neither for the embedded platform"
            ),
        };
        let merchant = MerchantId::new(format!("bench-{:08x}", fastrand::u32(..)))?;
        let configuration = write_configuration(folder, sandbox, &[Store::Shopify], kinds)?;
        let text = fs::read_to_string(&configuration)?;
        fs::write(&configuration, format!("merchant: {merchant}\n{text}"))?;
        // Free now; whoever takes it before control does makes the run fail, not lie.
        let control = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        Ok(Self {
            merchant,
            ledger,
            queue,
            configuration,
            distributed,
            folder: folder.to_owned(),
            control,
            log: logs.log.clone(),
        })
    }

    /// The platform's name.
    pub(super) const fn platform(&self) -> &'static str {
        if self.distributed {
            "distributed"
        } else {
            "embedded"
        }
    }

    /// Where control answers.
    pub(super) fn control_url(&self) -> String {
        format!("http://{}", self.control)
    }

    /// The processes of a run, control first.
    fn roles(&self, workers: &[[&'static str; 2]], tenure: &[&'static str]) -> Vec<Role> {
        let configuration = self.configuration.display().to_string();
        let control = self.control.to_string();
        let with_control = ["--config", &configuration, "--listen-control", &control];
        if !self.distributed {
            return vec![Role::new(["up"], &with_control, tenure)];
        }
        let url = self.control_url();
        let worker = ["--merchant", self.merchant.as_str(), "--control", &url];
        let workers = workers
            .iter()
            .map(|words| Role::new(*words, &worker, tenure));
        std::iter::once(Role::new(["control"], &with_control, &[]))
            .chain(workers)
            .collect()
    }

    fn spawn(&self, role: &Role) -> anyhow::Result<Child> {
        let path = self.log_of(role);
        let log = File::options().create(true).append(true).open(&path);
        let log = log.with_context(|| format!("opening {}", path.display()))?;
        let executable = std::env::current_exe().context("finding this executable")?;
        Command::new(executable)
            .args(&role.arguments)
            .args(["--log", &self.log])
            // By environment: the URLs may hold passwords, and arguments are for everybody to see.
            .env("CAUSEWAY_LEDGER", &self.ledger)
            .env("CAUSEWAY_QUEUE", &self.queue)
            .env_remove("CAUSEWAY_CONFIG")
            .env_remove("CAUSEWAY_CONTROL_TOKEN")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting `causeway {}`", role.name))
    }

    fn log_of(&self, role: &Role) -> PathBuf {
        self.folder
            .join(format!("{}.log", role.name.replace(' ', "-")))
    }

    fn last_words(&self, role: &Role) -> String {
        let text = fs::read_to_string(self.log_of(role)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.len().saturating_sub(LAST_LINES);
        lines.get(last..).unwrap_or_default().join("\n")
    }
}

/// One process's part.
struct Role {
    name: String,
    arguments: Vec<String>,
}

impl Role {
    fn new<const N: usize>(words: [&str; N], options: &[&str], tenure: &[&str]) -> Self {
        let arguments = words.iter().chain(options).chain(tenure);
        Self {
            name: words.join(" "),
            arguments: arguments.map(|&word| word.to_owned()).collect(),
        }
    }
}

/// Running roles; dropped, they are killed.
pub(super) struct System<'a> {
    site: &'a Site,
    running: Vec<(Role, Child)>,
}

impl<'a> System<'a> {
    /// Starts control, waits until it answers, and starts the workers one after the other. On the embedded platform one process is all of them.
    /// `tenure` goes to those that hold leases and claims.
    pub(super) async fn start(
        site: &'a Site,
        workers: &[[&'static str; 2]],
        tenure: &[&'static str],
    ) -> anyhow::Result<Self> {
        ledger::migrate(&site.ledger)
            .await
            .context("migrating the ledger")?;
        let mut system = Self {
            site,
            running: Vec::new(),
        };
        for role in site.roles(workers, tenure) {
            let child = site.spawn(&role)?;
            system.running.push((role, child));
            system.wait_for_control().await?;
        }
        Ok(system)
    }

    async fn wait_for_control(&mut self) -> anyhow::Result<()> {
        for _ in 0..LOOKS_FOR_CONTROL {
            if TcpStream::connect(self.site.control).await.is_ok() {
                return Ok(());
            }
            self.check()?;
            SystemClock.sleep(LOOK_EVERY).await;
        }
        bail!("control does not answer at {}", self.site.control)
    }

    /// Fails when a process has ended by itself, with its last words.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        for (role, child) in &mut self.running {
            if let Some(status) = child.try_wait()? {
                let words = self.site.last_words(role);
                bail!("`causeway {}` ended ({status}):\n{words}", role.name);
            }
        }
        Ok(())
    }

    /// How many processes there are.
    pub(super) const fn size(&self) -> usize {
        self.running.len()
    }

    /// What each process has used so far.
    pub(super) fn used(&self) -> Vec<(String, Option<Used>)> {
        let used =
            |(role, child): &(Role, Child)| (role.name.clone(), child.id().and_then(Used::by));
        self.running.iter().map(used).collect()
    }

    /// Ends a process as `kill -9` does; returns its name and whether it was still there.
    pub(super) async fn kill(&mut self, index: usize) -> anyhow::Result<(String, bool)> {
        let (role, child) = self.running.get_mut(index).context("no such process")?;
        let was_there = child.try_wait()?.is_none();
        if was_there {
            child.kill().await?;
        }
        Ok((role.name.clone(), was_there))
    }

    /// Ends all of them, and returns when nothing of them is left: no lock, no connection.
    pub(super) async fn end(mut self) -> anyhow::Result<()> {
        for index in 0..self.size() {
            self.kill(index).await?;
        }
        Ok(())
    }

    /// Starts every process that is not there; returns how many that were.
    pub(super) fn revive(&mut self) -> anyhow::Result<u32> {
        let mut revived = 0;
        for (role, child) in &mut self.running {
            if child.try_wait()?.is_some() {
                *child = self.site.spawn(role)?;
                revived += 1;
            }
        }
        Ok(revived)
    }
}
