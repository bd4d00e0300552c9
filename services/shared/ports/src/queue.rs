//! What the queue promises.

use std::time::Duration;

use async_trait::async_trait;
use commerce::{ConnectionId, Event, EventId, Kind, MerchantId, Record};
use jiff::Timestamp;

use crate::budget::Lane;

/// The queue could not do its work. Nothing that was not confirmed may be taken as done.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The broker or the file cannot be reached or used; try again.
    #[error("queue unavailable: {0}")]
    Unavailable(String),
    /// An event has nowhere to go: no sync wants it. A mistake of configuration, told before anything is lost.
    #[error("no queue is bound for {0}")]
    Unroutable(String),
    /// The URL or the topology does not make sense.
    #[error("queue configuration: {0}")]
    Configuration(String),
}

/// Whether somebody waits for an event, or it is history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Urgency {
    /// It happens now: its kind's own lane.
    Live,
    /// It happens now and cannot wait for others of its kind: the lane of orders.
    Fast,
    /// A backfill: the bulk lane, behind everything that happens now.
    Bulk,
}

impl Urgency {
    /// How urgent an event of that kind can be.
    #[must_use]
    pub const fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Stock => &[Self::Live, Self::Fast, Self::Bulk],
            _ => &[Self::Live, Self::Bulk],
        }
    }

    /// How urgent an event is that happens now.
    #[must_use]
    pub const fn now(event: &Event) -> Self {
        match &event.record {
            Record::Stock(level) if level.scarce => Self::Fast,
            _ => Self::Live,
        }
    }

    /// The lanes that events of that kind take.
    pub fn lanes(kind: Kind) -> impl Iterator<Item = Lane> {
        Self::of(kind).iter().map(move |urgency| urgency.lane(kind))
    }

    /// The lane an event of that kind takes.
    #[must_use]
    pub const fn lane(self, kind: Kind) -> Lane {
        match self {
            Self::Live => Lane::of(kind),
            Self::Fast => Lane::Orders,
            Self::Bulk => Lane::Bulk,
        }
    }
}

/// Takes events for delivery.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Publishes all; `Ok` means that every one of them is durable and routed to at least one queue. On an error any part may have
    /// been published: publish all again, consumers recognise repeats.
    async fn publish(&self, events: &[Event], urgency: Urgency) -> Result<(), QueueError>;
}

/// Hands out deliveries of one target connection and lane.
#[async_trait]
pub trait Consumer: Send {
    /// Waits for at least one delivery, then returns up to `most` that are there. Survives a broker's restart by itself.
    async fn next(&mut self, most: usize) -> Result<Vec<Delivery>, QueueError>;
}

/// One message in our hands until it is settled. Dropped unsettled, it is delivered again.
pub struct Delivery {
    /// The event, or what came instead of one.
    pub event: Result<Box<Event>, Undecodable>,
    /// How often it has been tried before: 0 at first.
    pub attempt: u32,
    receipt: Box<dyn Receipt>,
}

/// A message that is no event we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    /// Where and what.
    pub why: String,
    /// The message, byte for byte.
    pub body: Vec<u8>,
}

/// What becomes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Its outcome is in the ledger.
    Done,
    /// Try again after that long; counts as an attempt.
    Retry(Duration),
    /// Give it back unchanged, uncounted (a pause, a shutdown).
    Return,
    /// It can never be processed as it is: keep it aside, listed and replayable.
    Bury(String),
}

/// The backend's side of a delivery.
#[async_trait]
pub trait Receipt: Send {
    /// Carries out the settlement; `Ok` means the queue has it.
    async fn settle(self: Box<Self>, how: Settlement) -> Result<(), QueueError>;
}

impl Delivery {
    /// Made by a backend.
    #[must_use]
    pub fn new(
        event: Result<Box<Event>, Undecodable>,
        attempt: u32,
        receipt: Box<dyn Receipt>,
    ) -> Self {
        Self {
            event,
            attempt,
            receipt,
        }
    }

    /// The event, the number of attempts before this one, and the receipt that ends the delivery.
    pub fn into_parts(self) -> (Result<Box<Event>, Undecodable>, u32, Box<dyn Receipt>) {
        (self.event, self.attempt, self.receipt)
    }

    /// Ends the delivery. Consumes it: nothing can be settled twice.
    ///
    /// # Errors
    /// [`QueueError`] when the queue could not take note; the message will then come again.
    pub async fn settle(self, how: Settlement) -> Result<(), QueueError> {
        self.receipt.settle(how).await
    }
}

/// A message kept aside.
#[derive(Debug, Clone)]
pub struct Buried {
    /// Its name for [`Queue::replay`].
    pub id: String,
    /// The event's id where it could be read.
    pub event: Option<EventId>,
    /// The queue it was in (`main.netsuite.orders`).
    pub queue: String,
    /// Why it was buried.
    pub why: String,
    /// Since when.
    pub at: Timestamp,
    /// The message, byte for byte.
    pub body: Vec<u8>,
}

/// Events of that kind from that connection go to that target.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Route {
    /// Whose.
    pub merchant: MerchantId,
    /// Read from here.
    pub from: ConnectionId,
    /// Of this kind.
    pub kind: Kind,
    /// Written there.
    pub to: ConnectionId,
}

/// How many messages a queue holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depth {
    /// The queue (`main.netsuite.orders`).
    pub queue: String,
    /// Waiting to be handed out, those that rest before a retry not among them.
    pub ready: u64,
    /// Resting before a retry. Always 0 on a broker, where messages of all queues rest together; there the ledger's `retrying` and
    /// `uncertain` records tell.
    pub resting: u64,
}

/// A queue backend. One implementation per platform; the suite in `queue` runs against both.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Makes sure that the routes exist. Idempotent; removes nothing.
    async fn declare(&self, routes: &[Route]) -> Result<(), QueueError>;
    /// A publisher; cheap.
    async fn publisher(&self) -> Result<Box<dyn Publisher>, QueueError>;
    /// A consumer of one target's lane; `prefetch` bounds what is in flight to it.
    async fn consumer(
        &self,
        merchant: &MerchantId,
        target: &ConnectionId,
        lane: Lane,
        prefetch: u16,
    ) -> Result<Box<dyn Consumer>, QueueError>;
    /// Depth of every queue of a merchant.
    async fn depths(&self, merchant: &MerchantId) -> Result<Vec<Depth>, QueueError>;
    /// Messages kept aside, oldest first, at most so many.
    async fn buried(&self, merchant: &MerchantId, most: usize) -> Result<Vec<Buried>, QueueError>;
    /// Puts messages kept aside back into the queue they were in; returns how many were found.
    async fn replay(&self, merchant: &MerchantId, ids: &[String]) -> Result<usize, QueueError>;
}
