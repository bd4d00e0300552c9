//! Completeness: what a source has and the ledger has never heard of; what a target holds and the ledger thinks it does.

use async_trait::async_trait;
use bytes::Bytes;
use commerce::{ConnectionId, Digest, ExternalId, Kind, MerchantId, SyncId};
use jiff::Timestamp;
use rust_decimal::Decimal;
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

/// A record that its target holds, as far as the ledger knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// Its id at the source.
    pub id: ExternalId,
    /// Its twin's id at the target.
    pub twin: ExternalId,
    /// When its row last changed: pages go on after this and the id.
    pub changed_at: Timestamp,
    /// The event that was written.
    pub event: Bytes,
}

/// One comparison of the ledger with a sync's target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Of this sync.
    pub sync: SyncId,
    /// Records first seen in this span.
    pub window: Window,
    /// When it was made.
    pub at: Timestamp,
    /// How many the target should hold.
    pub expected: u64,
    /// Those that it does not hold as it should.
    pub deviations: Vec<Deviation>,
}

/// A record that the target does not hold as the ledger says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deviation {
    /// Its id at the source.
    pub id: ExternalId,
    /// Its id at the target, there or not.
    pub twin: ExternalId,
    /// In what.
    #[serde(flatten)]
    pub what: Difference,
    /// When it was first found.
    pub since: Timestamp,
}

/// How the target differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "difference")]
pub enum Difference {
    /// It no longer holds it.
    Missing,
    /// It holds one under our key that the ledger has never heard of.
    Extra,
    /// It shows another amount than the source.
    Amount {
        /// The source's.
        ours: Decimal,
        /// The target's, where it shows one.
        theirs: Option<Decimal>,
    },
    /// It shows something else.
    Content {
        /// In what, with both values.
        what: String,
    },
}

impl Difference {
    /// Every name that [`Difference::as_str`] gives.
    pub const NAMES: [&'static str; 4] = ["missing", "extra", "amount", "content"];

    /// Its name in metrics, and for programs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Amount { .. } => "amount",
            Self::Content { .. } => "content",
        }
    }
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

    /// Records of the sync, first seen in the window and not changed after its end, that the target holds; oldest change first, after
    /// that place, so many at most.
    async fn landed(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        window: Window,
        after: Option<(Timestamp, &ExternalId)>,
        most: u32,
    ) -> Result<Vec<Landed>, LedgerError>;

    /// Those of the ids at the target that are no record's twin, in whichever sync.
    async fn unbound(
        &self,
        merchant: &MerchantId,
        kind: Kind,
        target: &ConnectionId,
        ids: &[ExternalId],
    ) -> Result<Vec<ExternalId>, LedgerError>;

    /// Keeps an inspection in place of the sync's one before.
    async fn put_inspection(
        &self,
        merchant: &MerchantId,
        found: &Inspection,
    ) -> Result<(), LedgerError>;

    /// The newest inspection of every sync that has one, by the sync's name.
    async fn inspections(&self, merchant: &MerchantId) -> Result<Vec<Inspection>, LedgerError>;
}
