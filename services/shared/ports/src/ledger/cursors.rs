//! Cursors with fenced leases: one reader per stream, and no step back.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use commerce::{ConnectionId, Kind, MerchantId, RecordKey, Revision, Sku, SyncId};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::LedgerError;
use crate::endpoint::Cursor;

/// Something that is read page by page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stream {
    /// Whose.
    pub merchant: MerchantId,
    /// Read from here.
    pub connection: ConnectionId,
    /// Of this kind.
    pub kind: Kind,
    /// The backfill's id; `None` for what happens now.
    pub backfill: Option<String>,
}

/// A process's name, different for every start.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Holder(pub String);

/// The right to read a stream, until a time. The fence grows with every new holder: a write with an old fence changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What may be read.
    pub stream: Stream,
    /// By whom.
    pub holder: Holder,
    /// Grows with every new holder.
    pub fence: i64,
    /// Until when.
    pub until: Timestamp,
    /// Where to go on.
    pub cursor: Cursor,
}

/// A record that was published and is on its way in a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// In which sync.
    pub sync: SyncId,
    /// Which record.
    pub key: RecordKey,
    /// The number people know it by.
    pub number: String,
    /// Which version.
    pub revision: Revision,
    /// What it takes from stock, where it is an order.
    pub units: BTreeMap<Sku, Decimal>,
}

/// A stream's state, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorState {
    /// The stream.
    pub stream: Stream,
    /// Where reading stands.
    pub cursor: Cursor,
    /// Who reads it now, if anybody.
    pub holder: Option<Holder>,
    /// When it was last advanced or found up to date.
    pub checked_at: Option<Timestamp>,
}

/// Cursors with fenced leases.
#[async_trait]
pub trait Cursors: Send + Sync {
    /// Takes the lease when nobody holds it or its time is over; the present holder gets it again, renewed, with the same fence.
    /// `None` when somebody else holds it.
    async fn lease(
        &self,
        stream: &Stream,
        holder: &Holder,
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Option<Lease>, LedgerError>;

    /// In one transaction: moves the cursor, renews the lease by `ttl`, and notes what was published since as `queued`. A record whose
    /// row knows this or a newer revision already, or whose target is proven to hold the same content, keeps its status. Call only after the queue has confirmed every event.
    ///
    /// # Errors
    /// [`LedgerError::Fenced`] when the lease is somebody else's by now; nothing is changed.
    async fn advance(
        &self,
        lease: &Lease,
        cursor: &Cursor,
        seen: &[Seen],
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Lease, LedgerError>;

    /// Gives the lease back early.
    async fn release(&self, lease: &Lease) -> Result<(), LedgerError>;

    /// Ends every lease and every claim of every merchant at once: for a process that knows that it is alone with the ledger, so that
    /// whoever held them is dead. Whatever was being written is uncertain from now on. Returns how many claims.
    async fn take_over(&self, now: Timestamp) -> Result<u64, LedgerError>;

    /// Every stream of a merchant.
    async fn cursors(&self, merchant: &MerchantId) -> Result<Vec<CursorState>, LedgerError>;
}
