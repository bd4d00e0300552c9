//! The settlement of one delivery.
//!
//! Up to RabbitMQ 4.2 a quorum queue counts every way of giving a message back, and buries it when it has counted to
//! the limit. A pause of a day must not do that: so `Return` puts a fresh copy at the queue's end, where nothing has
//! been counted yet, and then takes the original away. A delivery that is dropped is rejected, which counts on every
//! version: a message that kills its consumers is buried one day.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::FutureExt;
use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicRejectOptions};
use ports::queue::Receipt;
use ports::{Clock, QueueError, Settlement};

use super::courier::Parcel;
use super::forwarder::Forwarder;
use super::headers::{self, Burial};
use super::link::Line;
use super::topology;
use crate::name::WorkQueue;

pub(super) struct AmqpReceipt {
    delivery: Delivery,
    attempt: u32,
    queue: WorkQueue,
    /// Keeps the channel open while there is something to settle on it, though its consumer be gone.
    line: Line,
    forwarder: Forwarder,
    clock: Arc<dyn Clock>,
}

impl AmqpReceipt {
    pub(super) fn new(
        delivery: Delivery,
        attempt: u32,
        queue: WorkQueue,
        line: Line,
        forwarder: Forwarder,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            delivery,
            attempt,
            queue,
            line,
            forwarder,
            clock,
        }
    }

    /// The copy that takes the original's place.
    fn successor(&self, how: Settlement) -> Option<Parcel> {
        let (exchange, key, properties) = match how {
            Settlement::Done => return None,
            Settlement::Retry(rest) => (
                topology::rung(rest),
                topology::work_queue(&self.queue),
                headers::attempt(self.attempt.saturating_add(1)),
            ),
            Settlement::Return => (
                topology::DEFAULT.to_owned(),
                topology::work_queue(&self.queue),
                headers::attempt(self.attempt),
            ),
            Settlement::Bury(why) => (
                topology::BURIED.to_owned(),
                self.queue.merchant().to_string(),
                self.burial(why),
            ),
        };
        Some(Parcel {
            exchange,
            key,
            properties,
            body: self.delivery.data.clone(),
        })
    }

    fn burial(&self, why: String) -> BasicProperties {
        Burial {
            queue: self.queue.to_string(),
            why,
            at: self.clock.now(),
        }
        .properties()
    }
}

#[async_trait]
impl Receipt for AmqpReceipt {
    /// `Ok` of an acknowledgement means that it was sent: AMQP 0-9-1 does not confirm acknowledgements. One that is
    /// lost with its connection brings the message again.
    async fn settle(self: Box<Self>, how: Settlement) -> Result<(), QueueError> {
        if let Some(parcel) = self.successor(how) {
            self.forwarder.send(parcel).await?;
        }
        let ack = self.delivery.ack(BasicAckOptions::default());
        if self.line.answer(ack).await? {
            return Ok(());
        }
        Err(QueueError::Unavailable(
            "the connection that brought the message is gone; the message comes again".to_owned(),
        ))
    }
}

impl Drop for AmqpReceipt {
    fn drop(&mut self) {
        if self.delivery.acker.usable() {
            let options = BasicRejectOptions { requeue: true };
            // The first poll hands it to the connection. Should that be gone, the broker gives the message back itself.
            drop(self.delivery.acker.reject(options).now_or_never());
        }
    }
}
