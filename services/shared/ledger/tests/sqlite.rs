//! The suite, on SQLite.
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
use suite::build::Any;
use tempfile::TempDir;

struct Fixture {
    ledger: Any,
    folder: TempDir,
}

impl Fixture {
    fn ledger(&self) -> Any {
        self.ledger.clone()
    }

    fn url(&self) -> String {
        format!(
            "sqlite://{}",
            self.folder.path().join("ledger.db").display()
        )
    }

    async fn close(self) {}
}

async fn open() -> Option<Fixture> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("ledger.db").display());
    let ledger = ledger::open(&url).await.unwrap();
    Some(Fixture { ledger, folder })
}

suite::conformance!(open);

#[tokio::test]
async fn a_reopened_file_holds_everything() {
    let fixture = open().await.unwrap();
    suite::reopen::fill(fixture.ledger()).await;
    let url = fixture.url();
    let Fixture { ledger, folder } = fixture;
    drop(ledger);
    suite::reopen::check(ledger::open(&url).await.unwrap()).await;
    drop(folder);
}

/// Two processes on one file wait for each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_ledgers_share_a_file() {
    let fixture = open().await.unwrap();
    let other = ledger::open(&fixture.url()).await.unwrap();
    suite::races::one_of_many_claimers_gets_the_write(fixture.ledger()).await;
    let claim = suite::build::claim(&other, "z", 1, "1", suite::build::version(5, "x")).await;
    assert!(
        matches!(claim, ports::ledger::Claim::Busy { .. }),
        "{claim:?}"
    );
}

#[tokio::test]
async fn a_ledger_in_memory_works() {
    let ledger = ledger::open("sqlite::memory:").await.unwrap();
    suite::answers::a_version_with_its_outcome_is_stale(ledger.clone()).await;
    let other = ledger::open("sqlite::memory:").await.unwrap();
    suite::answers::a_fresh_record_may_be_written(other).await;
}

#[tokio::test]
async fn migrating_twice_is_migrating_once() {
    let fixture = open().await.unwrap();
    ledger::migrate(&fixture.url()).await.unwrap();
    suite::advance::what_was_published_is_queued(fixture.ledger()).await;
}

#[tokio::test]
async fn a_wrong_url_is_named_without_its_secrets() {
    for url in [
        "mysql://root:hunter2@host/db",
        "nonsense",
        "",
        "postgres://user:hunter2@host:port/db",
    ] {
        let error = ledger::open(url).await.err().unwrap();
        assert!(
            matches!(error, LedgerError::Configuration(_)),
            "{url}: {error}"
        );
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let missing = ledger::open("sqlite:///nowhere/at/all/ledger.db")
        .await
        .err()
        .unwrap();
    assert!(matches!(missing, LedgerError::Unavailable(_)), "{missing}");
}
