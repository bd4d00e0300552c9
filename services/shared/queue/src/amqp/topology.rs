//! What lies on the broker.
//!
//! ```text
//! causeway.events  (topic)   <merchant>.<connection>.<kind>[.fast|.bulk] -> causeway.<merchant>.<target>.<lane>
//! causeway.retry.<seconds>   (fanout, one per rung) -> the queue of the same name, whose time to live sends messages
//!                            on, through the default exchange, to the queue that their routing key names
//! causeway.buried  (direct)  <merchant> -> causeway.buried.<merchant>
//! ```
//!
//! Every queue is a quorum queue, and dead-letters at least once: a message leaves only when it has arrived.

use std::time::Duration;

use commerce::MerchantId;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ExchangeKind, Queue};
use ports::queue::Route;
use ports::{RUNGS, Urgency, retry_delay};

use crate::DELIVERY_LIMIT;
use crate::name::WorkQueue;

/// Events are published here.
pub(super) const EVENTS: &str = "causeway.events";
/// Messages are put aside through here.
pub(super) const BURIED: &str = "causeway.buried";
/// The exchange that every queue is bound to by its own name.
pub(super) const DEFAULT: &str = "";

/// Listing what is buried counts as a delivery up to RabbitMQ 4.2, and "no limit" cannot be said on 3.10.
const NO_LIMIT: i64 = 1_000_000_000;

/// The queue's name on the broker.
pub(super) fn work_queue(queue: &WorkQueue) -> String {
    format!("causeway.{queue}")
}

/// Where a merchant's buried messages lie.
pub(super) fn buried_queue(merchant: &MerchantId) -> String {
    format!("{BURIED}.{merchant}")
}

/// The exchange of the rung to rest on for at least that long, or of the last rung.
pub(super) fn rung(rest: Duration) -> String {
    rung_name(retry_delay(0, Some(rest)))
}

fn rung_name(rung: Duration) -> String {
    format!("causeway.retry.{}", rung.as_secs())
}

/// The routing key of a kind of event.
pub(super) fn routing_key(
    merchant: &MerchantId,
    connection: &commerce::ConnectionId,
    kind: commerce::Kind,
    urgency: Urgency,
) -> String {
    let suffix = match urgency {
        Urgency::Live => "",
        Urgency::Fast => ".fast",
        Urgency::Bulk => ".bulk",
    };
    format!("{merchant}.{connection}.{kind}{suffix}")
}

/// What all merchants share: the exchanges and the retry ladder.
pub(super) async fn declare_common(channel: &Channel) -> lapin::Result<()> {
    exchange(channel, EVENTS, ExchangeKind::Topic).await?;
    exchange(channel, BURIED, ExchangeKind::Direct).await?;
    for rung in RUNGS {
        let name = rung_name(rung);
        let rest = i64::try_from(rung.as_millis()).unwrap_or(i64::MAX);
        exchange(channel, &name, ExchangeKind::Fanout).await?;
        let mut arguments = quorum(i64::from(DELIVERY_LIMIT));
        arguments.insert("x-message-ttl".into(), AMQPValue::LongLongInt(rest));
        dead_letter(&mut arguments, DEFAULT);
        queue(channel, &name, arguments).await?;
        bound(channel, &name, &name, "").await?;
    }
    Ok(())
}

/// A work queue, and the place where its merchant's buried messages lie.
pub(super) async fn declare_work(channel: &Channel, work: &WorkQueue) -> lapin::Result<Queue> {
    declare_buried(channel, work.merchant()).await?;
    let mut arguments = quorum(i64::from(DELIVERY_LIMIT));
    dead_letter(&mut arguments, BURIED);
    arguments.insert(
        "x-dead-letter-routing-key".into(),
        text(work.merchant().as_str()),
    );
    queue(channel, &work_queue(work), arguments).await
}

pub(super) async fn declare_buried(channel: &Channel, merchant: &MerchantId) -> lapin::Result<()> {
    let name = buried_queue(merchant);
    queue(channel, &name, quorum(NO_LIMIT)).await?;
    bound(channel, &name, BURIED, merchant.as_str()).await
}

/// Events of the route's kind go to the target's queues.
pub(super) async fn bind(channel: &Channel, route: &Route) -> lapin::Result<()> {
    for urgency in Urgency::of(route.kind) {
        let work = WorkQueue::new(&route.merchant, &route.to, urgency.lane(route.kind));
        let key = routing_key(&route.merchant, &route.from, route.kind, *urgency);
        bound(channel, &work_queue(&work), EVENTS, &key).await?;
    }
    Ok(())
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

fn quorum(limit: i64) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(limit));
    arguments
}

/// At least once needs the queue to refuse, rather than drop, what does not fit.
fn dead_letter(arguments: &mut FieldTable, exchange: &str) {
    arguments.insert("x-dead-letter-exchange".into(), text(exchange));
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    arguments.insert("x-overflow".into(), text("reject-publish"));
}

async fn exchange(channel: &Channel, name: &str, kind: ExchangeKind) -> lapin::Result<()> {
    let options = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    channel
        .exchange_declare(name.into(), kind, options, FieldTable::default())
        .await
}

async fn queue(channel: &Channel, name: &str, arguments: FieldTable) -> lapin::Result<Queue> {
    channel
        .queue_declare(name.into(), QueueDeclareOptions::durable(), arguments)
        .await
}

async fn bound(channel: &Channel, queue: &str, exchange: &str, key: &str) -> lapin::Result<()> {
    let [queue, exchange, key] = [queue, exchange, key].map(ShortString::from);
    channel
        .queue_bind(
            queue,
            exchange,
            key,
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
}
