//! Takes events from one target's queues and writes them to the target, each exactly once in effect.
//!
//! The order of steps is the whole discipline of writing: claim (the intent is stored), map, check, write, record (the outcome is stored), settle
//! (the delivery is acknowledged). A stop between any two of them leaves either nothing written, or an open intent that the
//! next claim meets as uncertain and looks up before it writes again.

mod batch;
mod check;
mod courier;
mod inspector;
mod judge;
mod lane;
mod plan;
mod rehearsal;

pub use courier::Courier;
pub use inspector::{Error as InspectionError, Inspected, Inspector};
pub use lane::Pusher;
pub use plan::{Plan, Syncs, counterparts};
pub use rehearsal::{Rehearsed, rehearse};

use std::sync::Arc;
use std::time::Duration;

use commerce::{ConnectionId, MerchantId};
use ports::ledger::Holder;
use ports::{Clock, Ledger, Sink};

/// What every writer to a connection shares.
#[derive(Clone)]
pub struct Target {
    /// Whose.
    pub merchant: MerchantId,
    /// Its name.
    pub id: ConnectionId,
    /// Writes it.
    pub sink: Arc<dyn Sink>,
    /// Keeps claims and outcomes.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// This process.
    pub holder: Holder,
    /// How long a claim lasts; [`CLAIM`] unless there is a reason. Longer than the slowest batch: a claim that runs out is taken for a
    /// dead process's, and looked up by whoever comes next.
    pub claim: Duration,
}

/// How long a claim lasts when nothing else is said: beyond any batch, however slow the target.
pub const CLAIM: Duration = Duration::from_secs(600);
