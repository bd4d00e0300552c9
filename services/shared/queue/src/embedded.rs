//! The queue in tables of a SQLite file: nothing to install, as durable as the disk.
//!
//! One process at a time has the file open as its queue. A message handed out is leased in the file, and counted, so
//! that one which kills the process is known on the next start; every lease ends with the process that held it.

mod buried;
mod consumer;
mod publisher;
mod receipt;
mod routes;
mod settler;
mod store;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, MerchantId};
use ports::queue::{Buried, Depth, Route};
use ports::{Clock, Consumer, Lane, Publisher, Queue, QueueError};

use crate::name::WorkQueue;
use consumer::EmbeddedConsumer;
use publisher::EmbeddedPublisher;
use routes::Routes;
use settler::Settler;
use store::{Store, failed};

/// A file that is a queue.
pub(crate) struct Embedded {
    store: Arc<Store>,
    routes: Arc<Routes>,
    settler: Settler,
}

impl Embedded {
    /// Opens the file that the URL's part after `embedded:` names.
    pub(crate) async fn open(file: &str, clock: Arc<dyn Clock>) -> Result<Self, QueueError> {
        let store = Arc::new(Store::open(file, clock).await?);
        Ok(Self {
            routes: Arc::new(Routes::load(&store).await?),
            settler: Settler::start(&store),
            store,
        })
    }
}

#[async_trait]
impl Queue for Embedded {
    async fn declare(&self, routes: &[Route]) -> Result<(), QueueError> {
        self.routes.add(&self.store, routes).await
    }

    async fn publisher(&self) -> Result<Box<dyn Publisher>, QueueError> {
        Ok(Box::new(EmbeddedPublisher::new(
            Arc::clone(&self.store),
            Arc::clone(&self.routes),
        )))
    }

    async fn consumer(
        &self,
        merchant: &MerchantId,
        target: &ConnectionId,
        lane: Lane,
        prefetch: u16,
    ) -> Result<Box<dyn Consumer>, QueueError> {
        Ok(Box::new(EmbeddedConsumer::new(
            WorkQueue::new(merchant, target, lane),
            prefetch,
            Arc::clone(&self.store),
            self.settler.clone(),
        )))
    }

    async fn depths(&self, merchant: &MerchantId) -> Result<Vec<Depth>, QueueError> {
        let counted: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT queue,
                    coalesce(sum(leased = 0 AND visible_at <= ?2), 0),
                    coalesce(sum(leased = 0 AND visible_at > ?2), 0)
             FROM queue_message WHERE merchant = ?1 GROUP BY queue",
        )
        .bind(merchant.as_str())
        .bind(self.store.now())
        .fetch_all(&self.store.reader)
        .await
        .map_err(failed)?;
        // Queues without a message are queues too.
        let mut depths: BTreeMap<String, (i64, i64)> = self
            .routes
            .queues(merchant)
            .map(|queue| (queue, (0, 0)))
            .collect();
        depths.extend(
            counted
                .into_iter()
                .map(|(queue, ready, resting)| (queue, (ready, resting))),
        );
        Ok(depths
            .into_iter()
            .map(|(queue, (ready, resting))| Depth {
                queue,
                ready: u64::try_from(ready).unwrap_or(0),
                resting: u64::try_from(resting).unwrap_or(0),
            })
            .collect())
    }

    async fn buried(&self, merchant: &MerchantId, most: usize) -> Result<Vec<Buried>, QueueError> {
        buried::list(&self.store, merchant, most).await
    }

    async fn replay(&self, merchant: &MerchantId, ids: &[String]) -> Result<usize, QueueError> {
        buried::replay(&self.store, merchant, ids).await
    }
}
