//! A queue whose process dies while it publishes or settles; it also knows how many deliveries are in hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use commerce::Event;
use ports::queue::Receipt;
use ports::{Consumer, Delivery, Publisher, QueueError, Settlement, Urgency};

use super::{Cut, Knife};

/// Counts deliveries that are handed out and not settled.
#[derive(Debug, Clone, Default)]
pub(crate) struct InHand(Arc<AtomicUsize>);

impl InHand {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn take(&self) -> Held {
        self.0.fetch_add(1, Ordering::SeqCst);
        Held(self.clone())
    }
}

struct Held(InHand);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(crate) struct CutPublisher {
    pub(crate) inner: Box<dyn Publisher>,
    pub(crate) knife: Arc<Knife>,
}

#[async_trait]
impl Publisher for CutPublisher {
    async fn publish(&self, events: &[Event], urgency: Urgency) -> Result<(), QueueError> {
        self.knife.alive().await;
        let (first, second) = events.split_at(events.len() / 2);
        self.inner.publish(first, urgency).await?;
        self.knife.at(Cut::MidPublish).await;
        self.inner.publish(second, urgency).await
    }
}

pub(crate) struct CutConsumer {
    pub(crate) inner: Box<dyn Consumer>,
    pub(crate) knife: Arc<Knife>,
    pub(crate) in_hand: InHand,
}

#[async_trait]
impl Consumer for CutConsumer {
    async fn next(&mut self, most: usize) -> Result<Vec<Delivery>, QueueError> {
        let deliveries = self.inner.next(most).await?;
        self.knife.alive().await;
        Ok(deliveries
            .into_iter()
            .map(|delivery| {
                let (event, attempt, receipt) = delivery.into_parts();
                let receipt = CutReceipt {
                    inner: receipt,
                    knife: Arc::clone(&self.knife),
                    _held: self.in_hand.take(),
                };
                Delivery::new(event, attempt, Box::new(receipt))
            })
            .collect())
    }
}

struct CutReceipt {
    inner: Box<dyn Receipt>,
    knife: Arc<Knife>,
    _held: Held,
}

#[async_trait]
impl Receipt for CutReceipt {
    async fn settle(self: Box<Self>, how: Settlement) -> Result<(), QueueError> {
        self.knife.at(Cut::MidSettle).await;
        self.inner.settle(how).await
    }
}
