//! What the ledger promises: cursors, claims, outcomes, bindings, journeys, configuration, completeness. Every call that reads the time
//! is given it. Every row belongs to a merchant, and every call names one.

mod claims;
mod completeness;
mod cursors;
mod journal;
mod outbox;
mod settings;

pub use claims::{Bindings, Claim, ClaimRequest, Claims, Outcome, Step, StepKind, SyncRef};
pub use completeness::{
    Completeness, Deviation, Difference, Inspection, Landed, Missing, Reconciliation,
};
pub use cursors::{CursorState, Cursors, Holder, Lease, Seen, Stream};
pub use journal::{Age, Filter, Journal, RecordRow, SyncCount};
pub use outbox::{Due, Outbox, RecordRef, Selection, resumption_key};
pub use settings::{AuditEntry, Backfill, BackfillScope, BackfillState, Configuration, Settings};

use serde::{Deserialize, Serialize};

/// Everything the ledger does. One implementation per database; the suite in `ledger` runs against both.
pub trait Ledger: Cursors + Claims + Bindings + Outbox + Journal + Settings + Completeness {}

impl<T: Cursors + Claims + Bindings + Outbox + Journal + Settings + Completeness> Ledger for T {}

/// The ledger could not do its work. Nothing was changed, unless the error says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database cannot be reached or used; try again.
    #[error("ledger unavailable: {0}")]
    Unavailable(String),
    /// Somebody else holds the lease by now: stop, and begin again from the stored cursor.
    #[error("lease lost: {0}")]
    Fenced(String),
    /// What is stored cannot be read by this version.
    #[error("ledger data: {0}")]
    Data(String),
    /// The URL or the schema does not make sense.
    #[error("ledger configuration: {0}")]
    Configuration(String),
}

/// Where a record stands in a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read and on its way.
    Queued,
    /// A rule or a check wants a person.
    Held,
    /// Waits for another record, named.
    Waiting,
    /// Will be tried again, at a known time.
    Retrying,
    /// A write whose outcome is unknown, being looked up.
    Uncertain,
    /// The target has it.
    Synced,
    /// The target has it already as it is now.
    Unchanged,
    /// Filtered out, by a named rule.
    Skipped,
    /// The target refused it.
    Failed,
    /// A person said so.
    Ignored,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Held,
        Self::Waiting,
        Self::Retrying,
        Self::Uncertain,
        Self::Synced,
        Self::Unchanged,
        Self::Skipped,
        Self::Failed,
        Self::Ignored,
    ];

    /// Its name in the ledger, on screens and in commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Retrying => "retrying",
            Self::Uncertain => "uncertain",
            Self::Synced => "synced",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Ignored => "ignored",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether Causeway itself still has work to do on the record.
    #[must_use]
    pub const fn is_unfinished(self) -> bool {
        matches!(self, Self::Queued | Self::Retrying | Self::Uncertain)
    }

    /// Whether a person or another record has to move first.
    #[must_use]
    pub const fn needs_attention(self) -> bool {
        matches!(self, Self::Held | Self::Waiting | Self::Failed)
    }
}
