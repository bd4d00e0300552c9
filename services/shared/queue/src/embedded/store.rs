//! The file and its tables.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ports::{Clock, QueueError};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Notify;

use crate::{DELIVERY_LIMIT, message};

/// The layout below. A later version adds steps from one to the next.
const VERSION: i64 = 1;

/// `id`s are never used again: a settlement that comes too late meets nothing.
/// `deliveries` counts how often a message was handed out without an outcome; times are milliseconds since 1970.
const LAYOUT: &str = "
CREATE TABLE IF NOT EXISTS queue_schema (version INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS queue_route (
    merchant TEXT NOT NULL,
    source   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    target   TEXT NOT NULL,
    PRIMARY KEY (merchant, source, kind, target)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue_message (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    merchant   TEXT    NOT NULL,
    queue      TEXT    NOT NULL,
    attempt    INTEGER NOT NULL DEFAULT 0,
    deliveries INTEGER NOT NULL DEFAULT 0,
    visible_at INTEGER NOT NULL,
    leased     INTEGER NOT NULL DEFAULT 0,
    body       BLOB    NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS queue_message_waiting ON queue_message (queue, visible_at, id) WHERE leased = 0;
CREATE TABLE IF NOT EXISTS queue_buried (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    merchant TEXT    NOT NULL,
    queue    TEXT    NOT NULL,
    why      TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    body     BLOB    NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS queue_buried_merchant ON queue_buried (merchant, id);
INSERT INTO queue_schema (version) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM queue_schema);
";

/// The open file.
pub(super) struct Store {
    /// The one connection that writes: SQLite has one writer at a time anyway.
    pub(super) writer: SqlitePool,
    pub(super) reader: SqlitePool,
    pub(super) clock: Arc<dyn Clock>,
    /// Rung whenever a message may have become ready.
    pub(super) arrivals: Arc<Notify>,
    _owner: File,
}

impl Store {
    pub(super) async fn open(file: &str, clock: Arc<dyn Clock>) -> Result<Self, QueueError> {
        let path = path(file)?;
        let owner = own(&path)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(failed)?;
        sqlx::raw_sql(LAYOUT)
            .execute(&writer)
            .await
            .map_err(failed)?;
        let version: i64 = sqlx::query_scalar("SELECT max(version) FROM queue_schema")
            .fetch_one(&writer)
            .await
            .map_err(failed)?;
        if version != VERSION {
            return Err(QueueError::Configuration(format!(
                "{} holds a queue of version {version}, this program knows version {VERSION}: use the program that wrote it, or a later one",
                path.display()
            )));
        }
        let store = Self {
            writer,
            reader: SqlitePoolOptions::new()
                .max_connections(4)
                .connect_lazy_with(options),
            clock,
            arrivals: Arc::default(),
            _owner: owner,
        };
        store.take_back().await?;
        Ok(store)
    }

    /// Milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// Ends the leases of the process that had the file before.
    async fn take_back(&self) -> Result<(), QueueError> {
        let mut transaction = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed)?;
        sqlx::query(
            "INSERT INTO queue_buried (merchant, queue, why, at, body)
             SELECT merchant, queue, ?1, ?2, body FROM queue_message WHERE leased = 1 AND deliveries > ?3",
        )
        .bind(message::WITHOUT_OUTCOME)
        .bind(self.now())
        .bind(DELIVERY_LIMIT)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        sqlx::query("DELETE FROM queue_message WHERE leased = 1 AND deliveries > ?1")
            .bind(DELIVERY_LIMIT)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        sqlx::query("UPDATE queue_message SET leased = 0 WHERE leased = 1")
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

/// Takes `sqlite:///path`, `sqlite:/path` and `/path`.
fn path(file: &str) -> Result<PathBuf, QueueError> {
    let file = file.strip_prefix("sqlite:").unwrap_or(file);
    let file = file.strip_prefix("//").unwrap_or(file);
    let file = file.split_once('?').map_or(file, |(path, _)| path);
    if file.is_empty() {
        return Err(QueueError::Configuration(
            "the queue's URL names no file: embedded:sqlite:///path/to/file.db".to_owned(),
        ));
    }
    Ok(PathBuf::from(file))
}

/// Locks a file beside the database. The lock goes with this process, however it ends.
fn own(path: &Path) -> Result<File, QueueError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".queue-lock");
    let lock = PathBuf::from(name);
    let cannot =
        |why: std::io::Error| QueueError::Unavailable(format!("{}: {why}", lock.display()));
    let file = File::options()
        .create(true)
        .append(true)
        .open(&lock)
        .map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(QueueError::Unavailable(format!(
            "{} is in use as the queue of another process",
            path.display()
        ))),
        Err(TryLockError::Error(why)) => Err(cannot(why)),
    }
}

/// Since when, as stored.
pub(super) fn instant(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

pub(super) fn failed(error: sqlx::Error) -> QueueError {
    QueueError::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_as_a_url_or_as_a_path() {
        for (text, wanted) in [
            ("sqlite:///data/causeway.db", "/data/causeway.db"),
            ("sqlite:///data/causeway.db?mode=rwc", "/data/causeway.db"),
            ("sqlite://causeway.db", "causeway.db"),
            ("/data/causeway.db", "/data/causeway.db"),
        ] {
            assert_eq!(path(text).unwrap(), Path::new(wanted), "{text}");
        }
        assert!(path("sqlite://").is_err());
    }
}
