//! The embedded queue keeps every promise, with a clock that the tests turn by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unimplemented,
    reason = "test code"
)]
#![allow(unreachable_pub, missing_docs, reason = "test code")]

mod suite;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use commerce::{Kind, MerchantId};
use jiff::Timestamp;
use ports::queue::{Depth, Route};
use ports::{Clock, Lane, Queue, QueueError, Settlement, Urgency};
use suite::bench::{Backend, Bench, number, one};
use suite::events::{connection, stock};
use tokio::sync::watch;

promises!(bench);

/// Stands still until turned.
#[derive(Debug)]
struct HandClock(watch::Sender<Timestamp>);

impl HandClock {
    fn new() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(
            Timestamp::from_second(1_800_000_000).unwrap(),
        )))
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.now() + duration;
        self.0
            .subscribe()
            .wait_for(|now| *now >= until)
            .await
            .unwrap();
    }
}

struct File {
    folder: tempfile::TempDir,
    clock: Arc<HandClock>,
}

impl File {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: HandClock::new(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("queue.db")
    }

    async fn try_open(&self) -> Result<Arc<dyn Queue>, QueueError> {
        let url = format!("embedded:sqlite://{}", self.path().display());
        causeway_queue::open(&url, Arc::clone(&self.clock) as Arc<dyn Clock>).await
    }

    /// What is left when the machine stops at this moment.
    fn after_a_crash(&self) -> Self {
        let other = Self::new();
        for suffix in ["", "-wal"] {
            let name = |path: PathBuf| format!("{}{suffix}", path.display());
            std::fs::copy(name(self.path()), name(other.path())).unwrap();
        }
        other
    }
}

#[async_trait]
impl Backend for File {
    async fn open(&self) -> Arc<dyn Queue> {
        self.try_open().await.unwrap()
    }

    async fn inject(&self, merchant: &MerchantId, body: &[u8]) {
        let url = format!("sqlite://{}", self.path().display());
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        sqlx::query(
            "INSERT INTO queue_message (merchant, queue, visible_at, body) VALUES (?, ?, 0, ?)",
        )
        .bind(merchant.as_str())
        .bind(format!("{merchant}.erp.stock"))
        .bind(body)
        .execute(&pool)
        .await
        .unwrap();
        pool.close().await;
    }

    async fn pass(&self, time: Duration) {
        self.clock.0.send_modify(|now| *now += time);
    }

    async fn clean(&self, _: &MerchantId) {}
}

async fn bench(_: &str) -> Option<Bench> {
    Some(Bench::new(File::new(), "main").await)
}

#[tokio::test]
async fn a_file_belongs_to_one_process() {
    let file = File::new();
    let queue = file.open().await;
    let second = file.try_open().await.err();
    assert!(
        matches!(&second, Some(QueueError::Unavailable(why)) if why.contains("in use")),
        "{second:?}"
    );
    drop(queue);
    file.open().await;
}

#[tokio::test]
async fn a_crash_ends_leases_and_counts_them() {
    let mut file = File::new();
    let (merchant, erp) = (MerchantId::default(), connection("erp"));
    let route = Route {
        merchant: merchant.clone(),
        from: connection("shop"),
        kind: Kind::Stock,
        to: erp.clone(),
    };
    let queue = file.open().await;
    queue.declare(&[route]).await.unwrap();
    let events = stock(&merchant, 0..1);
    let publisher = queue.publisher().await.unwrap();
    publisher.publish(&events, Urgency::Live).await.unwrap();
    drop((publisher, queue));
    for _ in 0..=causeway_queue::DELIVERY_LIMIT {
        let queue = file.open().await;
        let mut consumer = queue
            .consumer(&merchant, &erp, Lane::Stock, 10)
            .await
            .unwrap();
        let delivery = one(&mut consumer).await;
        assert_eq!((number(&delivery), delivery.attempt), (0, 0));
        file = file.after_a_crash();
    }
    let queue = file.open().await;
    let buried = queue.buried(&merchant, 10).await.unwrap();
    assert_eq!(buried.len(), 1);
    assert_eq!(buried[0].event, Some(events[0].id));
    assert!(
        queue
            .depths(&merchant)
            .await
            .unwrap()
            .iter()
            .all(|depth| depth.ready == 0)
    );
}

#[tokio::test]
async fn what_rests_is_counted_apart() {
    let mut bench = bench("").await.unwrap();
    let mut consumer = bench.stock_route(10).await;
    bench.publish(0..2).await;
    let rest = Duration::from_secs(600);
    one(&mut consumer)
        .await
        .settle(Settlement::Retry(rest))
        .await
        .unwrap();
    let depth = |queue: &str, ready, resting| Depth {
        queue: queue.to_owned(),
        ready,
        resting,
    };
    let wanted = [
        depth("main.erp.bulk", 0, 0),
        depth("main.erp.orders", 0, 0),
        depth("main.erp.stock", 1, 1),
    ];
    assert_eq!(bench.queue().depths(&bench.merchant).await.unwrap(), wanted);
    drop(consumer);
    bench.reopen().await;
    assert_eq!(bench.queue().depths(&bench.merchant).await.unwrap(), wanted);
}

#[tokio::test]
async fn a_retry_rests_on_the_rung_that_is_long_enough() {
    let bench = bench("").await.unwrap();
    let mut consumer = bench.stock_route(10).await;
    bench.publish(0..1).await;
    let asked = Duration::from_secs(31);
    one(&mut consumer)
        .await
        .settle(Settlement::Retry(asked))
        .await
        .unwrap();
    bench.backend.pass(Duration::from_secs(119)).await;
    assert_eq!(bench.ready().await, 0);
    bench.backend.pass(Duration::from_secs(1)).await;
    assert_eq!(bench.ready().await, 1);
    assert_eq!(one(&mut consumer).await.attempt, 1);
}

#[tokio::test]
async fn a_queue_of_a_later_version_is_left_alone() {
    let file = File::new();
    drop(file.open().await);
    let url = format!("sqlite://{}", file.path().display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("UPDATE queue_schema SET version = 99")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let refused = file.try_open().await.err();
    assert!(
        matches!(&refused, Some(QueueError::Configuration(why)) if why.contains("99")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_url_that_names_no_queue_is_refused_without_repeating_it() {
    for url in [
        "redis://user:hunter2@host",
        "embedded:",
        "amqp://user:hunter2@[bad",
    ] {
        let refused = causeway_queue::open(url, HandClock::new())
            .await
            .err()
            .unwrap();
        assert!(matches!(refused, QueueError::Configuration(_)), "{url}");
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }
}
