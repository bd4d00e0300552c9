//! Claims and outcomes: the intent before the write, the proof after it.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use commerce::{ConnectionId, ExternalId, Kind, MerchantId, RecordKey, Revision, SyncId};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Holder, LedgerError, Status};
use crate::exchange::Exchange;
use crate::fault::Actor;
use crate::write::{Kept, Twin};

/// A sync, as far as claims and bindings need it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SyncRef {
    /// Whose.
    pub merchant: MerchantId,
    /// Its name.
    pub id: SyncId,
    /// Read from here.
    pub from: ConnectionId,
    /// Written there.
    pub to: ConnectionId,
}

/// What a pusher is about to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRequest {
    /// Which record.
    pub key: RecordKey,
    /// The number people know it by.
    pub number: String,
    /// Which version.
    pub revision: Revision,
}

/// The ledger's answer to a [`ClaimRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Go: the intent is stored under this holder.
    Write {
        /// Attempts made before this one.
        attempt: u32,
        /// Its twin at the target, if it was written before.
        bound: Option<Twin>,
    },
    /// Go, but look first: an earlier attempt began a write and never recorded its outcome. The intent is this holder's now.
    Uncertain {
        /// Attempts made before this one.
        attempt: u32,
        /// Its twin at the target, if it was written before.
        bound: Option<Twin>,
        /// Whether every open write would bring this very content: then finding it means that this version landed. Otherwise it
        /// may be an older one, and this one still has to be brought.
        only_this: bool,
    },
    /// This or a newer version has its outcome already: nothing to do.
    Stale,
    /// A newer version that says what the target holds already. The ledger has taken note of the revision: nothing to do.
    Unchanged,
    /// A person said to ignore the record: nothing to do.
    Ignored,
    /// Another process is at it until then: come back later, uncounted.
    Busy {
        /// When its claim ends.
        until: Timestamp,
    },
}

/// What became of a claimed record.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Which record.
    pub key: RecordKey,
    /// The number people know it by.
    pub number: String,
    /// Which version.
    pub revision: Revision,
    /// Where it stands. `Uncertain` keeps the intent open; every other status closes it. `Retrying` and `Uncertain` leave the version
    /// open for the next claim; every other status makes it stale for later deliveries.
    pub status: Status,
    /// Why, in the merchant's words; the other side's own words may follow.
    pub reason: Option<String>,
    /// Who has to act, when somebody has to.
    pub actor: Option<Actor>,
    /// The proven twin; stored as a binding.
    pub twin: Option<Twin>,
    /// The key it waits for, when it is `Waiting`.
    pub waits_for: Option<String>,
    /// When the next attempt is due, when it is `Retrying` or `Uncertain`; when to look again, when it is `Waiting`.
    pub next_try: Option<Timestamp>,
    /// The keys under which others wait for the record: they go on in the transaction that stores this.
    pub releases: Vec<String>,
    /// The encoded event, kept for retry, preview and replay.
    pub event: Bytes,
    /// The encoded event that requests were made of, where another is kept in its place.
    pub made_of: Option<Bytes>,
    /// What happened, for the journey.
    pub steps: Vec<Step>,
}

/// One step of a record's journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What kind of step.
    pub kind: StepKind,
    /// What happened, in a sentence.
    pub note: String,
    /// The request and answer, when the step made one.
    pub exchange: Option<Exchange>,
    /// By what it was written, when the step wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<Push>,
}

/// By what a record was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The version of the configuration in force.
    pub configuration: i64,
    /// The record's version.
    pub revision: Revision,
    /// Units of a stock level that were held back for orders: the level that was written is the record's less these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Decimal>,
    /// What its request can be made anew from, where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
}

/// The kinds of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Read from the source.
    Read,
    /// Filtered and mapped.
    Mapped,
    /// Checked (totals, references).
    Checked,
    /// Looked up after an uncertain write.
    Located,
    /// Written to the target.
    Written,
    /// Came to its status.
    Settled,
    /// A person acted.
    Person,
}

/// Claims and outcomes.
#[async_trait]
pub trait Claims: Send + Sync {
    /// For each request in order: may it be written? Stores the intent of all that may, in one transaction. A claim ends after `ttl`;
    /// one that ended without an outcome turns up as [`Claim::Uncertain`]. Requests for the same record in one call: the newest
    /// version gets the claim, the others are stale.
    async fn claim(
        &self,
        sync: &SyncRef,
        holder: &Holder,
        ttl: Duration,
        now: Timestamp,
        requests: &[ClaimRequest],
    ) -> Result<Vec<Claim>, LedgerError>;

    /// Stores outcomes, bindings and steps, and releases what waited for them, in one transaction. An outcome is taken even when the claim has run out meanwhile
    /// (what was written was written), but never replaces the outcome of a newer version.
    async fn record(
        &self,
        sync: &SyncRef,
        holder: &Holder,
        now: Timestamp,
        outcomes: &[Outcome],
    ) -> Result<(), LedgerError>;

    /// Gives claims back without an outcome: nothing was sent.
    async fn unclaim(
        &self,
        sync: &SyncRef,
        holder: &Holder,
        keys: &[RecordKey],
    ) -> Result<(), LedgerError>;
}

/// Proven links between records at two connections.
#[async_trait]
pub trait Bindings: Send + Sync {
    /// For each id at `here`, in order: its twin at `there`, whichever of the two it was first read from.
    async fn twins(
        &self,
        merchant: &MerchantId,
        kind: Kind,
        here: &ConnectionId,
        there: &ConnectionId,
        ids: &[ExternalId],
    ) -> Result<Vec<Option<Twin>>, LedgerError>;
}
