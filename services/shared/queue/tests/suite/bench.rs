//! A queue to test, and what tests do with it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use commerce::{Kind, MerchantId};
use ports::queue::Route;
use ports::{Consumer, Delivery, Lane, Publisher, Queue, Urgency};

use tokio::sync::watch;

use super::events::connection;

/// What differs between backends.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Opens the queue as a new process would.
    async fn open(&self) -> Arc<dyn Queue>;
    /// Puts a body into the queue of the shop's stock levels as a foreign publisher would.
    async fn inject(&self, merchant: &MerchantId, body: &[u8]);
    /// Lets that much time pass.
    async fn pass(&self, time: Duration);
    /// Removes what the test left.
    async fn clean(&self, merchant: &MerchantId);
}

/// A merchant of its own on a queue.
pub struct Bench {
    queue: Option<Arc<dyn Queue>>,
    pub merchant: MerchantId,
    pub backend: Box<dyn Backend>,
}

impl Bench {
    pub async fn new(backend: impl Backend + 'static, merchant: &str) -> Self {
        Self {
            queue: Some(backend.open().await),
            merchant: MerchantId::new(merchant).unwrap(),
            backend: Box::new(backend),
        }
    }

    pub fn queue(&self) -> &dyn Queue {
        self.queue.as_deref().unwrap()
    }

    /// Closes the queue and opens it again, as a new process would.
    pub async fn reopen(&mut self) {
        self.queue = None;
        self.queue = Some(self.backend.open().await);
    }

    pub async fn clean(self) {
        self.backend.clean(&self.merchant).await;
    }

    /// Events of that kind go from the shop to the target.
    pub fn route(&self, kind: Kind, target: &str) -> Route {
        Route {
            merchant: self.merchant.clone(),
            from: connection("shop"),
            kind,
            to: connection(target),
        }
    }

    /// Stock levels go from the shop to `erp`; the consumer of that queue.
    pub async fn stock_route(&self, prefetch: u16) -> Box<dyn Consumer> {
        let route = self.route(Kind::Stock, "erp");
        self.queue().declare(&[route]).await.unwrap();
        self.consumer("erp", Lane::Stock, prefetch).await
    }

    pub async fn consumer(&self, target: &str, lane: Lane, prefetch: u16) -> Box<dyn Consumer> {
        let target = connection(target);
        self.queue()
            .consumer(&self.merchant, &target, lane, prefetch)
            .await
            .unwrap()
    }

    pub async fn publisher(&self) -> Box<dyn Publisher> {
        self.queue().publisher().await.unwrap()
    }

    /// Publishes stock levels, live.
    pub async fn publish(&self, numbers: std::ops::Range<usize>) {
        let events = super::events::stock(&self.merchant, numbers);
        let publisher = self.publisher().await;
        publisher.publish(&events, Urgency::Live).await.unwrap();
    }

    /// How many messages are ready in the queue of the shop's stock levels.
    pub async fn ready(&self) -> u64 {
        let queue = format!("{}.erp.stock", self.merchant);
        let depths = self.queue().depths(&self.merchant).await.unwrap();
        let depth = depths.into_iter().find(|depth| depth.queue == queue);
        depth.unwrap().ready
    }

    /// Waits until so many are ready: a broker counts a little later.
    pub async fn until_ready(&self, count: u64) {
        bounded(async {
            while self.ready().await != count {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// Nothing in these tests takes a minute, unless it never ends.
pub async fn bounded<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work)
        .await
        .expect("what should have happened did not")
}

/// The next delivery.
pub async fn one(consumer: &mut Box<dyn Consumer>) -> Delivery {
    let mut deliveries = bounded(consumer.next(1)).await.unwrap();
    assert_eq!(deliveries.len(), 1);
    deliveries.remove(0)
}

/// Exactly so many deliveries, in hand together.
pub async fn take(consumer: &mut Box<dyn Consumer>, count: usize) -> Vec<Delivery> {
    let mut all = Vec::new();
    while all.len() < count {
        all.extend(bounded(consumer.next(count - all.len())).await.unwrap());
    }
    all
}

/// The number that the event was made with.
pub fn number(delivery: &Delivery) -> usize {
    let event = delivery.event.as_ref().expect("an event");
    event.external_id.as_str().parse().unwrap()
}

/// How often each number was seen.
#[derive(Default, Clone)]
pub struct Tally(Arc<watch::Sender<HashMap<usize, usize>>>);

impl Tally {
    pub fn count(&self, deliveries: &[Delivery]) {
        self.0.send_modify(|seen| {
            for delivery in deliveries {
                *seen.entry(number(delivery)).or_default() += 1;
            }
        });
    }

    /// Waits until all of these were seen.
    pub async fn until_seen(&self, wanted: &BTreeSet<usize>) {
        let all = |seen: &HashMap<usize, usize>| {
            seen.len() >= wanted.len() && wanted.iter().all(|number| seen.contains_key(number))
        };
        self.0.subscribe().wait_for(all).await.unwrap();
    }

    pub fn distinct(&self) -> usize {
        self.0.borrow().len()
    }

    pub fn repeats(&self) -> usize {
        self.0.borrow().values().map(|times| times - 1).sum()
    }
}
