//! Reads changed records from one connection and publishes them as events.
//!
//! One [`Puller`] reads one stream (one kind of record of one connection). Its loop is the whole discipline of reading: hold the lease, read a
//! page, publish all of it, and only when the queue has confirmed every event move the cursor. A stop anywhere repeats a page at
//! worst, and the pushers recognise repeats. An [`Auditor`] counts after it.

mod auditor;
mod backfill;
mod pull;
mod recent;
mod wake;

pub use auditor::Auditor;
pub use backfill::Backfiller;
pub use pull::{Error, Puller, Round};
pub use wake::Wake;

use std::sync::Arc;
use std::time::Duration;

use commerce::{ConnectionId, MerchantId};
use ports::ledger::Holder;
use ports::{Clock, Ledger, Publisher, Source, Sync};

/// What every reader of a connection shares.
#[derive(Clone)]
pub struct Connection {
    /// Whose.
    pub merchant: MerchantId,
    /// Its name.
    pub id: ConnectionId,
    /// Reads it.
    pub source: Arc<dyn Source>,
    /// Takes the events.
    pub publisher: Arc<dyn Publisher>,
    /// Keeps cursors.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// This process.
    pub holder: Holder,
    /// How long a lease lasts without renewal; [`LEASE`] unless there is a reason. A reader that died is replaced after that long.
    pub lease: Duration,
}

/// How long a lease lasts when nothing else is said: beyond the slowest page.
pub const LEASE: Duration = Duration::from_secs(60);

/// The syncs that read from a stream.
pub type Readers = Vec<Sync>;
