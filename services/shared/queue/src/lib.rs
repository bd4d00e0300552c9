//! The durable queue between pullers and pushers: RabbitMQ on the distributed platform, tables in a SQLite file on
//! the embedded one. Both keep the promises of [`ports::queue`]; one suite runs against both.
//!
//! - *At least once.* What was confirmed is handed out until it is settled; repeats happen and consumers recognise them.
//! - *No order.* A retried, returned or replayed message comes after younger ones.
//! - *Nothing disappears.* What cannot be processed, and what was handed out more than [`DELIVERY_LIMIT`] times after
//!   the first without an outcome (it may be what kills the process), is kept aside, listed and replayable.

mod amqp;
mod embedded;
mod message;
mod name;

use std::sync::Arc;

use ports::{Clock, Queue, QueueError};

/// How often a message is handed out again after it came back without an outcome: its delivery was dropped, its
/// consumer vanished. Then it is buried. A [`ports::Settlement::Return`] does not count.
pub const DELIVERY_LIMIT: u16 = 20;

/// Opens the queue that the URL names:
///
/// - `amqp://…` or `amqps://…`: RabbitMQ 3.10 or later, without plugins;
/// - `embedded:sqlite:///path/to/file.db` or `embedded:/path/to/file.db`: tables in that file, which may be the
///   ledger's and is created where it is missing. One process at a time.
///
/// # Errors
/// [`QueueError::Configuration`] when the URL or what it leads to makes no sense, [`QueueError::Unavailable`] when the
/// broker cannot be reached or another process has the file open as its queue.
pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Arc<dyn Queue>, QueueError> {
    match url.split_once(':') {
        Some(("amqp" | "amqps", _)) => Ok(Arc::new(amqp::Amqp::open(url, clock).await?)),
        Some(("embedded", file)) => Ok(Arc::new(embedded::Embedded::open(file, clock).await?)),
        // The URL may hold a password: it is not repeated.
        _ => Err(QueueError::Configuration(
            "the queue's URL must begin with amqp://, amqps:// or embedded:".to_owned(),
        )),
    }
}
