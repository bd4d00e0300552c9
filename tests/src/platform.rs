//! What a world's processes run on: the embedded platform, or PostgreSQL and RabbitMQ.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use commerce::MerchantId;
use lapin::options::{QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use ports::queue::Route;
use ports::{Clock, Ledger, Queue, QueueError, SystemClock, Urgency};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::process::Command;
use tokio::sync::OnceCell;
use url::Url;

use crate::Phase;

/// The broker's virtual host for the scenarios. Its messages rest before a retry for a moment only: the broker's time is no simulated one.
const VIRTUAL_HOST: &str = "causeway-scenarios";
const SHORT_RESTS: &str = r#"{"message-ttl":50}"#;

/// A platform.
#[derive(Debug, Clone)]
pub enum Platform {
    /// Files, and one process.
    Embedded,
    /// Servers; one can be shared by many worlds.
    Distributed {
        /// The URL of a PostgreSQL in which databases may be made.
        postgres: String,
        /// The URL of a broker.
        amqp: String,
    },
}

impl Platform {
    /// The servers that the environment names. `None` where it does not: the calling test says that it is skipped, and should return.
    pub async fn distributed() -> Option<Self> {
        static HOST: OnceCell<String> = OnceCell::const_new();
        let postgres = testkit::service("CAUSEWAY_TEST_POSTGRES")?;
        let amqp = testkit::service("CAUSEWAY_TEST_AMQP")?;
        let control = testkit::service("CAUSEWAY_TEST_RABBITMQCTL")?;
        let amqp = HOST.get_or_init(|| virtual_host(&amqp, &control)).await;
        Some(Self::Distributed {
            postgres,
            amqp: amqp.clone(),
        })
    }

    /// A place of a world's own on it; files go into that folder.
    pub(crate) async fn site(&self, folder: &Path) -> Site {
        match self {
            Self::Embedded => {
                let file = folder.join("causeway.db");
                Site {
                    ledger: format!("sqlite://{}", file.display()),
                    queue: format!("embedded:sqlite://{}", file.display()),
                    merchant: MerchantId::default(),
                    server: None,
                }
            }
            Self::Distributed { postgres, amqp } => {
                let mark = format!("{:08x}", fastrand::u32(..));
                let ledger = database(postgres, &mark).await;
                ledger::migrate(&ledger).await.unwrap();
                let site = Site {
                    ledger,
                    queue: amqp.clone(),
                    merchant: MerchantId::new(format!("world-{mark}")).unwrap(),
                    server: Some(postgres.clone()),
                };
                site.declare().await;
                site
            }
        }
    }
}

/// One world's place on a platform.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) merchant: MerchantId,
    ledger: String,
    queue: String,
    /// Where the ledger is a database of its own on a server.
    server: Option<String>,
}

impl Site {
    pub(crate) async fn ledger(&self) -> Arc<dyn Ledger> {
        ledger::open(&self.ledger).await.unwrap()
    }

    /// Opens the queue. A broker knows real time only; a file is free a moment after the process before is gone.
    pub(crate) async fn queue(&self, clock: Arc<dyn Clock>) -> Arc<dyn Queue> {
        let clock: Arc<dyn Clock> = match self.server {
            Some(_) => Arc::new(SystemClock),
            None => clock,
        };
        for _ in 0..2_000 {
            match queue::open(&self.queue, Arc::clone(&clock)).await {
                Err(QueueError::Unavailable(_)) => {
                    SystemClock.sleep(Duration::from_millis(5)).await;
                }
                opened => return opened.unwrap(),
            }
        }
        panic!("the queue cannot be had");
    }

    /// Waits until nothing is left of the processes before: no file open, no consumer at the broker. What they had in hand is back then.
    pub(crate) async fn vacated(&self) {
        for _ in 0..5_000 {
            let held = match self.ledger.strip_prefix("sqlite://") {
                Some(file) => is_open(Path::new(file)),
                None => self.at_the_broker().await.1 > 0,
            };
            if !held {
                return;
            }
            SystemClock.sleep(Duration::from_millis(2)).await;
        }
        panic!("a process that is dead still has its file or its consumers");
    }

    /// How many messages wait at the broker while nobody consumes. A broker hands messages out before somebody asks for them, so that a
    /// running process does not know; an embedded queue always does.
    pub(crate) async fn undelivered(&self) -> u32 {
        match self.server {
            Some(_) => self.at_the_broker().await.0,
            None => 0,
        }
    }

    /// Declares the queues of all phases: a broker can be asked for those only that are there.
    async fn declare(&self) {
        let queue = self.queue(Arc::new(SystemClock)).await;
        let routes = Phase::ALL.map(|phase| {
            let sync = phase.sync(&self.merchant);
            Route {
                merchant: sync.merchant,
                from: sync.from,
                kind: phase.kind(),
                to: sync.to,
            }
        });
        queue.declare(&routes).await.unwrap();
    }

    /// Ready messages and consumers of all queues of the world.
    async fn at_the_broker(&self) -> (u32, u32) {
        let broker = broker(&self.queue).await;
        let channel = broker.create_channel().await.unwrap();
        let passive = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::durable()
        };
        let mut sums = (0, 0);
        for name in self.work_queues() {
            let asked = channel.queue_declare(name.into(), passive, FieldTable::default());
            let queue = asked.await.unwrap();
            sums.0 += queue.message_count();
            sums.1 += queue.consumer_count();
        }
        broker.close(0, "".into()).await.unwrap();
        sums
    }

    fn work_queues(&self) -> BTreeSet<String> {
        let lanes = Phase::ALL.into_iter().flat_map(|phase| {
            Urgency::lanes(phase.kind()).map(move |lane| (phase.ends().1, lane.as_str()))
        });
        lanes
            .map(|(target, lane)| format!("causeway.{}.{target}.{lane}", self.merchant))
            .collect()
    }

    /// Leaves nothing on the servers.
    pub(crate) async fn clear(&self) {
        let Some(server) = &self.server else { return };
        let broker = broker(&self.queue).await;
        let channel = broker.create_channel().await.unwrap();
        let buried = format!("causeway.buried.{}", self.merchant);
        for name in self.work_queues().into_iter().chain([buried]) {
            let deleted = channel.queue_delete(name.into(), QueueDeleteOptions::default());
            deleted.await.unwrap();
        }
        broker.close(0, "".into()).await.unwrap();
        let name = self.ledger.parse::<Url>().unwrap();
        let name = name.path().trim_start_matches('/').to_owned();
        execute(server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
}

async fn broker(url: &str) -> Connection {
    let connection = Connection::connect(url, ConnectionProperties::default());
    connection.await.unwrap()
}

/// Whether this process still has the file open.
fn is_open(file: &Path) -> bool {
    let held = std::fs::read_dir("/proc/self/fd").unwrap();
    held.flatten()
        .any(|one| std::fs::read_link(one.path()).is_ok_and(|held| held == file))
}

/// Makes a database on that server, with that mark in its name; its URL.
pub async fn database(postgres: &str, mark: &str) -> String {
    let name = format!("causeway_{mark}");
    execute(postgres, format!("CREATE DATABASE {name}")).await;
    let mut url = Url::parse(postgres).unwrap();
    url.set_path(&format!("/{name}"));
    url.to_string()
}

async fn execute(postgres: &str, statement: String) {
    let mut connection = PgConnection::connect(postgres).await.unwrap();
    let statement = sqlx::raw_sql(AssertSqlSafe(statement));
    statement.execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The broker's URL with the scenarios' virtual host, which is made where there is none.
async fn virtual_host(amqp: &str, control: &str) -> String {
    let mut url = Url::parse(amqp).unwrap();
    let user = url.username().to_owned();
    url.set_path(VIRTUAL_HOST);
    let url = url.to_string();
    if Connection::connect(&url, ConnectionProperties::default())
        .await
        .is_ok()
    {
        return url;
    }
    let host = ["-p", VIRTUAL_HOST];
    let policy = ["rests", r"^causeway\.retry\.", SHORT_RESTS];
    let all = [".*", ".*", ".*"];
    // Leave to enter comes last: whoever may, finds everything ready.
    for arguments in [
        vec!["add_vhost", VIRTUAL_HOST],
        [&["set_policy"], &host[..], &policy].concat(),
        [&["set_permissions"], &host[..], &[&user], &all].concat(),
    ] {
        let done = Command::new(control).args(&arguments).output();
        let done = done.await.unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {said}");
    }
    url
}
