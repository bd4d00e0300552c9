//! The ledger: cursors, claims, outcomes, bindings, journeys and configuration, kept in PostgreSQL or in one SQLite file.
//!
//! What is decided (may this record be written? does this outcome count?) is decided in `rules`, once for both databases;
//! how a batch runs through a transaction is in `claims` and `outbox`. A database contributes statements and nothing else.

mod blob;
mod claims;
mod columns;
mod completeness;
mod cursors;
mod error;
mod journal;
mod observations;
mod outbox;
mod postgres;
mod rules;
mod settings;
mod sql;
mod sqlite;
mod state;
mod store;
mod text;
mod time;
mod underway;
mod versions;

use std::sync::Arc;

use ports::{Ledger, LedgerError};

use crate::error::Result;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::store::Database;

/// Where a ledger's own migrations are noted; the same database may hold other components' tables.
const MIGRATIONS_TABLE: &str = "ledger_migrations";

/// Opens the ledger behind a URL: `postgres://user@host/database`, `sqlite://file` (created when missing) or `sqlite::memory:`.
/// A SQLite schema is brought up to date; a PostgreSQL one has to be so already, since several processes share it.
///
/// # Errors
/// [`LedgerError::Configuration`] for a URL that makes no sense or a schema that needs `causeway migrate`;
/// [`LedgerError::Unavailable`] when the database cannot be reached.
pub async fn open(url: &str) -> Result<Arc<dyn Ledger>> {
    Ok(match Scheme::of(url)? {
        Scheme::Postgres => Arc::new(Database(Postgres::open(url).await?)),
        Scheme::Sqlite => Arc::new(Database(Sqlite::open(url).await?)),
    })
}

/// Brings the schema behind a URL up to date. Does nothing where it is.
///
/// # Errors
/// As [`open`]; a migration that fails leaves the schema at the one before.
pub async fn migrate(url: &str) -> Result<()> {
    match Scheme::of(url)? {
        Scheme::Postgres => postgres::migrate(url).await,
        Scheme::Sqlite => Sqlite::open(url).await.map(|_| ()),
    }
}

enum Scheme {
    Postgres,
    Sqlite,
}

impl Scheme {
    /// The URL may hold a password: the error names its scheme alone.
    fn of(url: &str) -> Result<Self> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            Some("sqlite") => Ok(Self::Sqlite),
            other => Err(LedgerError::Configuration(format!(
                "the ledger's URL begins with '{}'; it has to begin with postgres:// or sqlite://",
                other.unwrap_or_default()
            ))),
        }
    }
}
