//! The ledger in PostgreSQL: shared by every process of an installation.

mod completeness;
mod cursors;
mod journal;
mod observations;
mod records;
mod settings;
mod underway;
mod versions;

use std::collections::HashMap;
use std::str::FromStr;
use std::time::Duration;

use ports::LedgerError;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::MIGRATIONS_TABLE;
use crate::error::{Result, database};
use crate::store::Store;

/// A worker uses one or two connections at a time; a server has about a hundred for everybody.
const MOST_CONNECTIONS: u32 = 10;

const CONNECT_WITHIN: Duration = Duration::from_secs(10);

pub(crate) struct Postgres {
    pool: PgPool,
}

impl Postgres {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let pool = connect(url).await?;
        check_schema(&pool).await?;
        Ok(Self { pool })
    }
}

pub(crate) async fn migrate(url: &str) -> Result<()> {
    let pool = connect(url).await?;
    migrator().run(&pool).await.map_err(|error| match error {
        MigrateError::Execute(error) => database(error),
        other => LedgerError::Configuration(other.to_string()),
    })?;
    pool.close().await;
    Ok(())
}

impl Store for Postgres {
    type Tx = sqlx::Transaction<'static, sqlx::Postgres>;

    async fn begin(&self) -> Result<Self::Tx> {
        self.pool.begin().await.map_err(database)
    }

    async fn commit(tx: Self::Tx) -> Result<()> {
        tx.commit().await.map_err(database)
    }
}

async fn connect(url: &str) -> Result<PgPool> {
    // The driver's own message would repeat the URL's parts.
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        LedgerError::Configuration(
            "the ledger's URL is not of the form postgres://user:password@host:port/database"
                .to_owned(),
        )
    })?;
    PgPoolOptions::new()
        .max_connections(MOST_CONNECTIONS)
        .acquire_timeout(CONNECT_WITHIN)
        .connect_with(options.application_name("causeway-ledger"))
        .await
        .map_err(database)
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/postgres");
    migrator.dangerous_set_table_name(MIGRATIONS_TABLE);
    // A newer version has been here already: schemas grow before they shrink, so this one can still work.
    migrator.set_ignore_missing(true);
    migrator
}

async fn check_schema(pool: &PgPool) -> Result<()> {
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('ledger_migrations') IS NOT NULL")
        .fetch_one(pool)
        .await
        .map_err(database)?;
    let applied: HashMap<i64, Vec<u8>> = if exists {
        sqlx::query_as("SELECT version, checksum FROM ledger_migrations WHERE success")
            .fetch_all(pool)
            .await
            .map_err(database)?
            .into_iter()
            .collect()
    } else {
        HashMap::new()
    };
    for migration in migrator().iter() {
        match applied.get(&migration.version) {
            None => {
                return Err(LedgerError::Configuration(format!(
                    "the ledger's schema lacks version {} ({}): run `causeway migrate`",
                    migration.version, migration.description
                )));
            }
            Some(checksum) if **checksum != *migration.checksum => {
                return Err(LedgerError::Configuration(format!(
                    "version {} of the ledger's schema is not the one this program knows: it was made by a different build",
                    migration.version
                )));
            }
            Some(_) => {}
        }
    }
    Ok(())
}
