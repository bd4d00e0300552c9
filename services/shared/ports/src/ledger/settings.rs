//! Configuration, switches, backfills and the audit log.

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Kind, MerchantId, SyncId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LedgerError;
use crate::endpoint::Window;

/// One version of the whole configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Counts up from 1.
    pub version: i64,
    /// The file's text. Secrets in it are references.
    pub text: String,
    /// Who applied it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What a backfill reads again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackfillScope {
    /// All that changed in a span.
    Window(Window),
    /// Named records.
    Ids(Vec<ExternalId>),
    /// Records that are due but have to be read anew. Nobody asked for it by name, so it is forgotten once it is done.
    Again(Vec<ExternalId>),
}

/// How far a backfill is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackfillState {
    /// Reading, or waiting for its reader.
    Running,
    /// All is published.
    Finished,
    /// A person stopped it.
    Cancelled,
}

/// A backfill of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// Its name.
    pub id: String,
    /// Read from here.
    pub connection: ConnectionId,
    /// Of this kind.
    pub kind: Kind,
    /// What.
    pub scope: BackfillScope,
    /// How far.
    pub state: BackfillState,
    /// Records in all, where known.
    pub expected: Option<u64>,
    /// Records published so far.
    pub published: u64,
}

/// Who changed what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What, in a word (`apply`, `pause`, `retry`).
    pub action: String,
    /// The details.
    pub detail: String,
}

/// Configuration, switches, backfills and the audit log.
#[async_trait]
pub trait Settings: Send + Sync {
    /// Stores a new version and returns it; the same text as the newest version makes no new one.
    async fn apply(
        &self,
        merchant: &MerchantId,
        text: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<Configuration, LedgerError>;

    /// The newest version.
    async fn configuration(
        &self,
        merchant: &MerchantId,
    ) -> Result<Option<Configuration>, LedgerError>;

    /// The version of that number, whatever is active now.
    async fn configuration_at(
        &self,
        merchant: &MerchantId,
        version: i64,
    ) -> Result<Option<Configuration>, LedgerError>;

    /// Every version, newest first.
    async fn configurations(
        &self,
        merchant: &MerchantId,
        most: usize,
    ) -> Result<Vec<Configuration>, LedgerError>;

    /// Switches a sync off or on.
    async fn set_paused(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        paused: bool,
    ) -> Result<(), LedgerError>;

    /// Syncs that are switched off.
    async fn paused(&self, merchant: &MerchantId) -> Result<Vec<SyncId>, LedgerError>;

    /// Stores a backfill, or its new state and figures.
    async fn put_backfill(
        &self,
        merchant: &MerchantId,
        backfill: &Backfill,
    ) -> Result<(), LedgerError>;

    /// Forgets a backfill, and how far its reading had come.
    async fn forget_backfill(&self, merchant: &MerchantId, id: &str) -> Result<(), LedgerError>;

    /// All backfills, newest first.
    async fn backfills(&self, merchant: &MerchantId) -> Result<Vec<Backfill>, LedgerError>;

    /// Adds to the audit log.
    async fn audit(&self, merchant: &MerchantId, entry: &AuditEntry) -> Result<(), LedgerError>;

    /// The audit log, newest first.
    async fn audit_log(
        &self,
        merchant: &MerchantId,
        most: usize,
    ) -> Result<Vec<AuditEntry>, LedgerError>;
}
