//! Messages kept aside: in one quorum queue per merchant.
//!
//! Listing takes messages out and gives them back, for a broker knows no other way to look at them. Two processes that
//! list at the same time may each see a part.

use std::collections::HashSet;

use commerce::{Digest, MerchantId};
use lapin::message::{BasicGetMessage, Delivery};
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicNackOptions};
use ports::QueueError;
use ports::queue::Buried;

use super::courier::{Courier, Parcel};
use super::headers::{self, Burial};
use super::link::{Line, Link};
use super::topology;
use crate::message;

/// The oldest messages, at most so many.
pub(super) async fn list(
    link: &Link,
    merchant: &MerchantId,
    most: usize,
) -> Result<Vec<Buried>, QueueError> {
    let pile = Pile::open(link, merchant).await?;
    let mut found = Vec::new();
    while found.len() < most
        && let Some(delivery) = pile.take().await?
    {
        found.push(buried(delivery));
    }
    pile.give_back().await?;
    Ok(found)
}

/// Moves the messages of those names back into their queues.
pub(super) async fn replay(
    link: &Link,
    courier: &Courier,
    merchant: &MerchantId,
    ids: &[String],
) -> Result<usize, QueueError> {
    let wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
    // A header must not lead into another merchant's queue.
    let own = format!("{merchant}.");
    let pile = Pile::open(link, merchant).await?;
    let mut parcels = Vec::new();
    let mut originals = Vec::new();
    while let Some(delivery) = pile.take().await? {
        let queue = Burial::of(&delivery.properties).queue;
        if queue.starts_with(&own) && wanted.contains(id(&queue, &delivery.data).as_str()) {
            originals.push(delivery.acker);
            parcels.push(Parcel {
                exchange: topology::DEFAULT.to_owned(),
                key: format!("causeway.{queue}"),
                properties: headers::attempt(0),
                body: delivery.data,
            });
        }
    }
    let returned = courier.send(&parcels).await?;
    for (parcel, original) in parcels.iter().zip(&originals) {
        if !returned.holds(parcel) {
            pile.line
                .answer(original.ack(BasicAckOptions::default()))
                .await?;
        }
    }
    pile.give_back().await?;
    match returned.keys() {
        Some(keys) => Err(QueueError::Unroutable(keys)),
        None => Ok(parcels.len()),
    }
}

/// A merchant's buried messages, taken out one by one. Dropped, its channel closes and they are all there again.
struct Pile {
    line: Line,
    queue: String,
}

/// In an acknowledgement of "multiple": all that is outstanding on the channel.
const ALL: u64 = 0;

impl Pile {
    async fn open(link: &Link, merchant: &MerchantId) -> Result<Self, QueueError> {
        let line = link.line().await?;
        line.answer(topology::declare_buried(&line.channel, merchant))
            .await?;
        Ok(Self {
            line,
            queue: topology::buried_queue(merchant),
        })
    }

    async fn take(&self) -> Result<Option<Delivery>, QueueError> {
        let get = self
            .line
            .channel
            .basic_get(self.queue.as_str().into(), BasicGetOptions::default());
        let message = self.line.answer(get).await?;
        Ok(message.map(|BasicGetMessage { delivery, .. }| delivery))
    }

    /// What is not acknowledged goes back, in order, and is there for the next who asks.
    async fn give_back(self) -> Result<(), QueueError> {
        let options = BasicNackOptions {
            multiple: true,
            requeue: true,
        };
        self.line
            .answer(self.line.channel.basic_nack(ALL, options))
            .await?;
        self.line
            .answer(self.line.channel.close(200, "done".into()))
            .await
    }
}

fn buried(delivery: Delivery) -> Buried {
    let burial = Burial::of(&delivery.properties);
    Buried {
        id: id(&burial.queue, &delivery.data),
        event: message::decode(&delivery.data).ok().map(|event| event.id),
        queue: burial.queue,
        why: burial.why,
        at: burial.at,
        body: delivery.data,
    }
}

/// The broker keeps no names for messages: a message's name is what it is and where it was. Two that are alike share
/// it, and are replayed together.
fn id(queue: &str, body: &[u8]) -> String {
    Digest::of([queue.as_bytes(), body]).to_string()
}
