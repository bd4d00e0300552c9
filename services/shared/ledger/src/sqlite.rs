//! The ledger in one SQLite file: nothing to install. One connection writes, several read beside it.

mod completeness;
mod cursors;
mod journal;
mod observations;
mod packed;
mod records;
mod settings;
mod underway;
mod versions;

use std::str::FromStr;
use std::time::Duration;

use ports::LedgerError;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::MIGRATIONS_TABLE;
use crate::error::{Result, database};
use crate::store::Store;

/// Looking things up never waits for the writer; more readers than cores gain nothing.
const READERS: u32 = 4;

/// How long to wait for another process, or for the queue in the same file, to end its transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(database)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit is on disk when it returns, power cut or not.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // A database in memory lives as long as its connection.
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await
            .map_err(database)?;
        migrator().run(&writer).await.map_err(|error| match error {
            MigrateError::Execute(error) => database(error),
            other => LedgerError::Configuration(other.to_string()),
        })?;
        let readers = if is_in_memory(url) {
            writer.clone()
        } else {
            SqlitePoolOptions::new()
                .max_connections(READERS)
                .connect_with(options.read_only(true))
                .await
                .map_err(database)?
        };
        Ok(Self { writer, readers })
    }
}

impl Store for Sqlite {
    type Tx = sqlx::Transaction<'static, sqlx::Sqlite>;

    /// Takes the write lock at once: a transaction that began by reading could not wait for it later.
    async fn begin(&self) -> Result<Self::Tx> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(database)
    }

    async fn commit(tx: Self::Tx) -> Result<()> {
        tx.commit().await.map_err(database)
    }
}

fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/sqlite");
    migrator.dangerous_set_table_name(MIGRATIONS_TABLE);
    // A newer version has been here already: schemas grow before they shrink, so this one can still work.
    migrator.set_ignore_missing(true);
    migrator
}
