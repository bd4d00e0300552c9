//! Records that have to go through the queue once more: released from waiting, or retried by a person.

use async_trait::async_trait;
use bytes::Bytes;
use commerce::{MerchantId, RecordKey, SyncId};
use jiff::Timestamp;

use super::{LedgerError, Status};

/// One record in one sync.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordRef {
    /// The sync.
    pub sync: SyncId,
    /// The record.
    pub key: RecordKey,
}

/// Which records an action is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Records(Vec<RecordRef>),
    /// Every record of a sync in that status.
    AllIn {
        /// The sync.
        sync: SyncId,
        /// The status.
        status: Status,
    },
}

/// A record to be published again.
#[derive(Debug, Clone)]
pub struct Due {
    /// Which record.
    pub record: RecordRef,
    /// Since when; what makes this publication different from any later one of the same record.
    pub since: Timestamp,
    /// Its encoded event.
    pub event: Bytes,
}

/// The key for which the records of a paused sync wait.
#[must_use]
pub fn resumption_key(sync: &SyncId) -> String {
    format!("resumption:{sync}")
}

/// The outbox. A record stays due until its publication is confirmed, so a stop in between repeats and never loses it.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Makes records claimable again and due for publication, with a step in their journeys that says who wanted it and why. Leaves out
    /// records that are synced, unchanged or in work, and ignored ones unless named one by one. Returns how many.
    async fn requeue(
        &self,
        merchant: &MerchantId,
        selection: &Selection,
        by: &str,
        now: Timestamp,
    ) -> Result<u64, LedgerError>;

    /// As [`Outbox::requeue`], for records of a sync that are synced or unchanged and that their target no longer holds as they were
    /// written: what each shows instead stands in its journey.
    async fn reopen(
        &self,
        merchant: &MerchantId,
        shown: &[(RecordRef, String)],
        now: Timestamp,
    ) -> Result<u64, LedgerError>;

    /// As [`Outbox::requeue`], for all records of the merchant that wait for one of these keys.
    async fn release_waiting(
        &self,
        merchant: &MerchantId,
        keys: &[String],
        now: Timestamp,
    ) -> Result<u64, LedgerError>;

    /// As [`Outbox::requeue`], for some of the records that wait for something and whose rest is over: an arrival can slip between a
    /// pusher's look and its note that the record waits, and not everything announces its arrival.
    async fn release_overdue(
        &self,
        merchant: &MerchantId,
        now: Timestamp,
    ) -> Result<u64, LedgerError>;

    /// Sets records aside for good, with a step that says who. Returns how many.
    async fn ignore(
        &self,
        merchant: &MerchantId,
        selection: &Selection,
        by: &str,
        now: Timestamp,
    ) -> Result<u64, LedgerError>;

    /// Records due for publication, longest due first.
    async fn due(&self, merchant: &MerchantId, most: usize) -> Result<Vec<Due>, LedgerError>;

    /// Takes records off the list after their publication was confirmed, each with the [`Due::since`] it was published for: one that became
    /// due once more meanwhile stays on it.
    async fn published(
        &self,
        merchant: &MerchantId,
        sent: &[(RecordRef, Timestamp)],
    ) -> Result<(), LedgerError>;
}
