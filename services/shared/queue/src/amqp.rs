//! The queue on RabbitMQ, the same on 3.10 and on 4.x: quorum queues with every argument named, publisher confirms,
//! no plugins. What lies where: [`topology`].

mod buried;
mod consumer;
mod courier;
mod forwarder;
mod headers;
mod link;
mod publisher;
mod receipt;
mod topology;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use commerce::{ConnectionId, MerchantId};
use ports::queue::{Buried, Depth, Route};
use ports::{Clock, Consumer, Lane, Publisher, Queue, QueueError};

use crate::name::WorkQueue;
use consumer::AmqpConsumer;
use courier::Courier;
use forwarder::Forwarder;
use link::Link;
use publisher::AmqpPublisher;

/// A broker. Publishing and consuming have a connection each: a broker short of memory or disk stops reading from
/// those who publish, and acknowledgements must still reach it then.
pub(crate) struct Amqp {
    publishing: Arc<Link>,
    consuming: Arc<Link>,
    forwarder: Forwarder,
    clock: Arc<dyn Clock>,
    /// AMQP has no way to list queues: these are the ones declared through this value.
    known: Mutex<BTreeSet<WorkQueue>>,
    /// A message being listed is in nobody else's list: one listing at a time.
    burials: tokio::sync::Mutex<()>,
}

impl Amqp {
    pub(crate) async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self, QueueError> {
        let publishing = Arc::new(Link::new(url, "causeway publishing", Arc::clone(&clock))?);
        let consuming = Arc::new(Link::new(url, "causeway consuming", Arc::clone(&clock))?);
        // Tells a wrong address or password now rather than at the first event.
        publishing.line().await?;
        Ok(Self {
            forwarder: Forwarder::start(Courier::new(Arc::clone(&publishing))),
            publishing,
            consuming,
            clock,
            known: Mutex::default(),
            burials: tokio::sync::Mutex::default(),
        })
    }

    fn remember(&self, queues: impl IntoIterator<Item = WorkQueue>) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(queues);
    }

    fn known_to(&self, merchant: &MerchantId) -> Vec<WorkQueue> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter(|queue| queue.merchant() == merchant)
            .cloned()
            .collect()
    }
}

#[async_trait]
impl Queue for Amqp {
    async fn declare(&self, routes: &[Route]) -> Result<(), QueueError> {
        let line = self.consuming.line().await?;
        let queues: BTreeSet<WorkQueue> = routes.iter().flat_map(WorkQueue::of).collect();
        for queue in &queues {
            line.answer(topology::declare_work(&line.channel, queue))
                .await?;
        }
        for route in routes {
            line.answer(topology::bind(&line.channel, route)).await?;
        }
        self.remember(queues);
        Ok(())
    }

    async fn publisher(&self) -> Result<Box<dyn Publisher>, QueueError> {
        Ok(Box::new(AmqpPublisher::new(
            Courier::new(Arc::clone(&self.publishing)),
            Arc::clone(&self.clock),
        )))
    }

    async fn consumer(
        &self,
        merchant: &MerchantId,
        target: &ConnectionId,
        lane: Lane,
        prefetch: u16,
    ) -> Result<Box<dyn Consumer>, QueueError> {
        let queue = WorkQueue::new(merchant, target, lane);
        self.remember([queue.clone()]);
        let mut consumer = AmqpConsumer::new(
            queue,
            prefetch,
            Arc::clone(&self.consuming),
            self.forwarder.clone(),
            Arc::clone(&self.clock),
        );
        consumer.subscribe().await?;
        Ok(Box::new(consumer))
    }

    /// Of the queues declared or consumed through this value; a broker does not tell for whom a message rests.
    async fn depths(&self, merchant: &MerchantId) -> Result<Vec<Depth>, QueueError> {
        let line = self.consuming.line().await?;
        let mut depths = Vec::new();
        for queue in self.known_to(merchant) {
            let declared = line
                .answer(topology::declare_work(&line.channel, &queue))
                .await?;
            depths.push(Depth {
                queue: queue.to_string(),
                ready: declared.message_count().into(),
                resting: 0,
            });
        }
        Ok(depths)
    }

    async fn buried(&self, merchant: &MerchantId, most: usize) -> Result<Vec<Buried>, QueueError> {
        let _alone = self.burials.lock().await;
        buried::list(&self.consuming, merchant, most).await
    }

    async fn replay(&self, merchant: &MerchantId, ids: &[String]) -> Result<usize, QueueError> {
        let _alone = self.burials.lock().await;
        let courier = Courier::new(Arc::clone(&self.publishing));
        buried::replay(&self.consuming, &courier, merchant, ids).await
    }
}
