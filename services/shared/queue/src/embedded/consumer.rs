//! Deliveries of one queue.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ports::{Consumer, Delivery, QueueError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::receipt::EmbeddedReceipt;
use super::settler::Settler;
use super::store::{Store, failed};
use crate::message;
use crate::name::WorkQueue;

/// How long a message that has rested enough may go unnoticed.
const POLL: Duration = Duration::from_secs(1);

pub(super) struct EmbeddedConsumer {
    queue: WorkQueue,
    store: Arc<Store>,
    settler: Settler,
    /// As many permits as deliveries may be in hand at once.
    prefetch: Arc<Semaphore>,
}

impl EmbeddedConsumer {
    pub(super) fn new(
        queue: WorkQueue,
        prefetch: u16,
        store: Arc<Store>,
        settler: Settler,
    ) -> Self {
        Self {
            queue,
            store,
            settler,
            prefetch: Arc::new(Semaphore::new(usize::from(prefetch.max(1)))),
        }
    }

    /// Waits until at least one delivery may be taken, then takes leave for up to `most`.
    async fn permits(&self, most: usize) -> Result<Vec<OwnedSemaphorePermit>, QueueError> {
        let first = Arc::clone(&self.prefetch).acquire_owned().await;
        let mut permits =
            vec![first.map_err(|_| QueueError::Unavailable("the queue is closed".to_owned()))?];
        while permits.len() < most
            && let Ok(next) = Arc::clone(&self.prefetch).try_acquire_owned()
        {
            permits.push(next);
        }
        Ok(permits)
    }

    /// Waits until a message may be there.
    async fn arrival(&self) -> Result<(), QueueError> {
        loop {
            let mut arrival = pin!(self.store.arrivals.notified());
            // From now on: what arrives after the look below must not be missed.
            arrival.as_mut().enable();
            if self.is_something_there().await? {
                return Ok(());
            }
            tokio::select! {
                () = arrival => {}
                () = self.store.clock.sleep(POLL) => {}
            }
        }
    }

    /// A look that takes no lock, before the claim that takes the file's only one.
    async fn is_something_there(&self) -> Result<bool, QueueError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM queue_message WHERE queue = ? AND leased = 0 AND visible_at <= ?)",
        )
        .bind(self.queue.to_string())
        .bind(self.store.now())
        .fetch_one(&self.store.reader)
        .await
        .map_err(failed)
    }
}

#[async_trait]
impl Consumer for EmbeddedConsumer {
    async fn next(&mut self, most: usize) -> Result<Vec<Delivery>, QueueError> {
        loop {
            let permits = self.permits(most).await?;
            self.arrival().await?;
            let claim = claim(
                Arc::clone(&self.store),
                self.settler.clone(),
                self.queue.to_string(),
                permits,
            );
            // A task of its own: when this future is dropped meanwhile, the claim still ends, and its deliveries,
            // which nobody takes, are given back.
            let claimed = tokio::spawn(claim).await;
            let claimed = claimed.map_err(|why| QueueError::Unavailable(why.to_string()))??;
            // Empty when another consumer was faster.
            if !claimed.is_empty() {
                return Ok(claimed);
            }
        }
    }
}

/// Leases as many messages as there are permits.
async fn claim(
    store: Arc<Store>,
    settler: Settler,
    queue: String,
    permits: Vec<OwnedSemaphorePermit>,
) -> Result<Vec<Delivery>, QueueError> {
    let mut rows: Vec<(i64, i64, u32, Vec<u8>)> = sqlx::query_as(
        "UPDATE queue_message SET leased = 1, deliveries = deliveries + 1
         WHERE id IN (SELECT id FROM queue_message
                      WHERE queue = ? AND leased = 0 AND visible_at <= ? ORDER BY visible_at, id LIMIT ?)
         RETURNING visible_at, id, attempt, body",
    )
    .bind(queue)
    .bind(store.now())
    .bind(i64::try_from(permits.len()).unwrap_or(i64::MAX))
    .fetch_all(&store.writer)
    .await
    .map_err(failed)?;
    // RETURNING promises no order.
    rows.sort_unstable_by_key(|(visible_at, id, ..)| (*visible_at, *id));
    Ok(rows
        .into_iter()
        .zip(permits)
        .map(|((_, id, attempt, body), permit)| {
            let receipt = EmbeddedReceipt::new(id, settler.clone(), Arc::clone(&store), permit);
            Delivery::new(message::decode(&body), attempt, Box::new(receipt))
        })
        .collect())
}
