//! Deliveries of one queue.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt};
use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use ports::{Clock, Consumer, Delivery, QueueError};

use super::forwarder::Forwarder;
use super::headers;
use super::link::{Line, Link};
use super::receipt::AmqpReceipt;
use super::topology;
use crate::message;
use crate::name::WorkQueue;

/// The rest before the first new subscription; doubled from one to the next.
const FIRST_REST: Duration = Duration::from_millis(100);
const LONGEST_REST: Duration = Duration::from_secs(10);

/// A subscription that is made anew when it broke.
pub(super) struct AmqpConsumer {
    queue: WorkQueue,
    prefetch: u16,
    link: Arc<Link>,
    forwarder: Forwarder,
    clock: Arc<dyn Clock>,
    subscription: Option<Subscription>,
}

struct Subscription {
    line: Line,
    deliveries: lapin::Consumer,
}

impl AmqpConsumer {
    pub(super) fn new(
        queue: WorkQueue,
        prefetch: u16,
        link: Arc<Link>,
        forwarder: Forwarder,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            queue,
            // Zero would mean "no bound" to the broker.
            prefetch: prefetch.max(1),
            link,
            forwarder,
            clock,
            subscription: None,
        }
    }

    /// Subscribes anew. Declares the queue too: a pusher may be there before the first puller.
    pub(super) async fn subscribe(&mut self) -> Result<(), QueueError> {
        let line = self.link.line().await?;
        let declared = topology::declare_work(&line.channel, &self.queue);
        line.answer(declared).await?;
        let bounded = line
            .channel
            .basic_qos(self.prefetch, BasicQosOptions::default());
        line.answer(bounded).await?;
        let consume = line.channel.basic_consume(
            topology::work_queue(&self.queue).into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let deliveries = line.answer(consume).await?;
        self.subscription = Some(Subscription { line, deliveries });
        Ok(())
    }

    async fn subscribe_at_last(&mut self) -> Result<(), QueueError> {
        let mut rest = FIRST_REST;
        loop {
            match self.subscribe().await {
                Err(QueueError::Unavailable(why)) => {
                    tracing::warn!(queue = %self.queue, why, "subscribing again");
                }
                outcome => return outcome,
            }
            self.clock.sleep(rest).await;
            rest = rest.saturating_mul(2).min(LONGEST_REST);
        }
    }

    fn delivery(&self, line: &Line, delivery: lapin::message::Delivery) -> Delivery {
        let attempt = headers::attempt_of(&delivery.properties);
        let event = message::decode(&delivery.data);
        let receipt = AmqpReceipt::new(
            delivery,
            attempt,
            self.queue.clone(),
            line.clone(),
            self.forwarder.clone(),
            Arc::clone(&self.clock),
        );
        Delivery::new(event, attempt, Box::new(receipt))
    }
}

#[async_trait]
impl Consumer for AmqpConsumer {
    async fn next(&mut self, most: usize) -> Result<Vec<Delivery>, QueueError> {
        loop {
            let Some(subscription) = self.subscription.as_mut() else {
                self.subscribe_at_last().await?;
                continue;
            };
            // From here to the return nothing is awaited but the first delivery: a dropped future loses none.
            let mut arrived = Vec::new();
            let mut item = tokio::select! {
                item = subscription.deliveries.next() => item,
                () = subscription.line.broken() => None,
            };
            let broken = loop {
                let Some(Ok(delivery)) = item else {
                    break true;
                };
                arrived.push(delivery);
                if arrived.len() >= most {
                    break false;
                }
                match subscription.deliveries.next().now_or_never() {
                    Some(next) => item = next,
                    None => break false,
                }
            };
            if broken {
                tracing::warn!(queue = %self.queue, "the subscription broke");
                // What it brought can no longer be acknowledged, and comes again.
                self.subscription = None;
                continue;
            }
            let line = subscription.line.clone();
            return Ok(arrived
                .into_iter()
                .map(|delivery| self.delivery(&line, delivery))
                .collect());
        }
    }
}
