//! Completeness: what a source has and the ledger has never heard of.

use async_trait::async_trait;
use commerce::{Digest, ExternalId, Kind, MerchantId, SyncId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LedgerError;
use crate::endpoint::Window;

/// One comparison of a sync's source with the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// Of this sync.
    pub sync: SyncId,
    /// Records created at the source in this span.
    pub window: Window,
    /// When it was made.
    pub at: Timestamp,
    /// How many the source has.
    pub at_source: u64,
    /// Those that the ledger has never heard of.
    pub missing: Vec<Missing>,
}

/// A record of the source that the ledger has never heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Its id at the source.
    pub id: ExternalId,
    /// When it was first found missing.
    pub since: Timestamp,
}

/// What was compared, and what was found.
#[async_trait]
pub trait Completeness: Send + Sync {
    /// Those of the ids that have no row in the sync, whatever their status would be: one look for all.
    async fn absent(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> Result<Vec<ExternalId>, LedgerError>;

    /// For each record and content, in order: whether the target is proven to hold that content, and nothing else is on its way. For sources that
    /// tell everything again since they cannot tell what changed: one look for all.
    async fn held(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        contents: &[(ExternalId, Digest)],
    ) -> Result<Vec<bool>, LedgerError>;

    /// Keeps a comparison in place of the sync's one before.
    async fn put_reconciliation(
        &self,
        merchant: &MerchantId,
        found: &Reconciliation,
    ) -> Result<(), LedgerError>;

    /// The newest comparison of every sync that has one, by the sync's name.
    async fn reconciliations(
        &self,
        merchant: &MerchantId,
    ) -> Result<Vec<Reconciliation>, LedgerError>;
}
