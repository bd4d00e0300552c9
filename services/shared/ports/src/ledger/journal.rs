//! Looking things up.

use async_trait::async_trait;
use bytes::Bytes;
use commerce::{ExternalId, Kind, MerchantId, RecordKey, Revision, SyncId};
use jiff::Timestamp;

use super::{LedgerError, RecordRef, Status, Step};
use crate::fault::Actor;
use crate::write::Twin;

/// Which records to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this sync.
    pub sync: Option<SyncId>,
    /// Only in one of these statuses; empty = in any.
    pub statuses: Vec<Status>,
    /// Only records with this number or id, at either end.
    pub number: Option<String>,
    /// Only records changed at or after.
    pub since: Option<Timestamp>,
}

/// A record's state in a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// The sync.
    pub sync: SyncId,
    /// The record.
    pub key: RecordKey,
    /// The number people know it by.
    pub number: String,
    /// Where it stands.
    pub status: Status,
    /// Why.
    pub reason: Option<String>,
    /// Who has to act.
    pub actor: Option<Actor>,
    /// Its twin at the target.
    pub twin: Option<Twin>,
    /// Attempts that failed so far.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next_try: Option<Timestamp>,
    /// The newest version seen.
    pub revision: Revision,
    /// When Causeway first saw it.
    pub first_seen: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
}

/// How many records of a sync are in a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncCount {
    /// The sync.
    pub sync: SyncId,
    /// The status.
    pub status: Status,
    /// How many.
    pub records: u64,
}

/// How a sync stands in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Age {
    /// The sync.
    pub sync: SyncId,
    /// When the oldest record that Causeway still has to work on was first seen.
    pub oldest_unfinished: Option<Timestamp>,
    /// When a record last came to `synced` or `unchanged`.
    pub last_success: Option<Timestamp>,
}

/// Looking things up.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Records, last changed first, after the given row (keyset paging: pass the last row's `changed_at` and record).
    async fn records(
        &self,
        merchant: &MerchantId,
        filter: &Filter,
        after: Option<(Timestamp, RecordRef)>,
        most: usize,
    ) -> Result<Vec<RecordRow>, LedgerError>;

    /// One record with its stored event.
    async fn record_of(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> Result<Option<(RecordRow, Bytes)>, LedgerError>;

    /// Those of these records of a sync that the ledger knows, in no order.
    async fn records_of(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> Result<Vec<RecordRow>, LedgerError>;

    /// A record's journey, oldest step first.
    async fn journey(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> Result<Vec<Step>, LedgerError>;

    /// Earlier versions of a record that requests were made of ([`super::Push::kept`]) and that newer ones have taken the place of:
    /// encoded events, oldest first.
    async fn replaced(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> Result<Vec<Bytes>, LedgerError>;

    /// Counts per sync and status.
    async fn counts(&self, merchant: &MerchantId) -> Result<Vec<SyncCount>, LedgerError>;

    /// Ages per sync.
    async fn ages(&self, merchant: &MerchantId) -> Result<Vec<Age>, LedgerError>;
}
