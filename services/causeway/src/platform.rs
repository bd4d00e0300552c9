//! The one place where the platform is chosen: two URLs, matched by the crates that know the drivers.

use std::fs::{File, TryLockError};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use ports::{Clock, Ledger, Queue};

/// Where state and events are kept.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlatformArgs {
    /// The ledger: sqlite://FILE (embedded) or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(
        long,
        env = "CAUSEWAY_LEDGER",
        default_value = "sqlite://causeway.db",
        hide_env_values = true
    )]
    pub(crate) ledger: String,
    /// The queue: embedded:sqlite://FILE (embedded) or amqp://USER:PASSWORD@HOST:PORT/VHOST.
    #[arg(
        long,
        env = "CAUSEWAY_QUEUE",
        default_value = "embedded:sqlite://causeway.db",
        hide_env_values = true
    )]
    pub(crate) queue: String,
}

/// The sole right to an embedded ledger's file, for as long as this lives; the system ends it with the process, however that dies.
#[derive(Debug)]
pub(crate) struct Alone(#[expect(dead_code, reason = "its lock is what counts")] File);

impl PlatformArgs {
    /// Takes the sole right to the ledger's file. `None` for a ledger that several processes may share, and for one in memory.
    pub(crate) fn alone(&self) -> anyhow::Result<Option<Alone>> {
        let Some(path) = self.ledger.strip_prefix("sqlite:") else {
            return Ok(None);
        };
        let path = path.trim_start_matches("//");
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        if path == ":memory:" {
            return Ok(None);
        }
        let lock = format!("{path}.lock");
        let file = File::create(&lock).with_context(|| format!("creating {lock}"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Alone(file))),
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "another causeway is at work on {path}: stop it first, or give this one a --ledger and --queue of its own"
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("locking {lock}"))
            }
        }
    }
}

/// Ledger and queue, opened.
#[derive(Clone)]
pub(crate) struct Platform {
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Platform {
    pub(crate) async fn open(args: &PlatformArgs, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let ledger = ledger::open(&args.ledger)
            .await
            .context("opening the ledger (--ledger)")?;
        let queue = queue::open(&args.queue, Arc::clone(&clock))
            .await
            .context("opening the queue (--queue)")?;
        Ok(Self {
            ledger,
            queue,
            clock,
        })
    }

    /// As [`Platform::open`], with the schema brought up first: for the one process that is all roles.
    pub(crate) async fn open_migrated(
        args: &PlatformArgs,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        ledger::migrate(&args.ledger)
            .await
            .context("migrating the ledger (--ledger)")?;
        Self::open(args, clock).await
    }
}
