//! The suite, on PostgreSQL: `CAUSEWAY_TEST_POSTGRES` names a database in which schemas may be made.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    reason = "test code"
)]

mod suite;

use causeway_ledger as ledger;

use ports::LedgerError;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use suite::build::Any;

/// A schema of its own for every test: they run side by side.
struct Schema {
    base: String,
    name: String,
}

impl Schema {
    async fn create() -> Option<Self> {
        let base = testkit::service("CAUSEWAY_TEST_POSTGRES")?;
        let name = format!("ledger_{}", uuid::Uuid::new_v4().simple());
        let schema = Self { base, name };
        schema.run("CREATE SCHEMA").await;
        Some(schema)
    }

    fn url(&self) -> String {
        let mark = if self.base.contains('?') { '&' } else { '?' };
        format!(
            "{}{mark}options=-c%20search_path%3D{}",
            self.base, self.name
        )
    }

    async fn run(&self, what: &str) {
        let mut connection = PgConnection::connect(&self.base).await.unwrap();
        let statement = format!("SET client_min_messages = warning; {what} {}", self.name);
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    async fn drop(self) {
        let name = format!("{} CASCADE", self.name);
        Self { name, ..self }.run("DROP SCHEMA").await;
    }
}

struct Fixture {
    ledger: Any,
    schema: Schema,
}

impl Fixture {
    fn ledger(&self) -> Any {
        self.ledger.clone()
    }

    async fn close(self) {
        drop(self.ledger);
        self.schema.drop().await;
    }
}

async fn open() -> Option<Fixture> {
    let schema = Schema::create().await?;
    ledger::migrate(&schema.url()).await.unwrap();
    let ledger = ledger::open(&schema.url()).await.unwrap();
    Some(Fixture { ledger, schema })
}

suite::conformance!(open);

#[tokio::test]
async fn a_second_process_sees_everything() {
    let Some(fixture) = open().await else { return };
    suite::reopen::fill(fixture.ledger()).await;
    let other = ledger::open(&fixture.schema.url()).await.unwrap();
    suite::reopen::check(other).await;
    fixture.close().await;
}

#[tokio::test]
async fn an_old_schema_asks_for_the_migration() {
    let Some(schema) = Schema::create().await else {
        return;
    };
    let error = ledger::open(&schema.url()).await.err().unwrap();
    assert!(matches!(error, LedgerError::Configuration(_)), "{error}");
    assert!(error.to_string().contains("causeway migrate"), "{error}");
    ledger::migrate(&schema.url()).await.unwrap();
    ledger::migrate(&schema.url()).await.unwrap();
    assert!(ledger::open(&schema.url()).await.is_ok());
    schema.drop().await;
}
