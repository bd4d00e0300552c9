//! What an endpoint offers. A capability is present or absent; none fails with "unsupported".

use std::collections::BTreeMap;

use async_trait::async_trait;
use commerce::{Event, ExternalId, Kind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::listing::Listing;
use crate::register::Register;
use crate::write::{Attempt, Write, Written};

/// Where reading goes on: made and understood by the endpoint alone, a small JSON text for everybody else. Empty = from the beginning.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One page of changed records.
#[derive(Debug, Clone)]
pub struct Page {
    /// The records, oldest change first.
    pub events: Vec<Event>,
    /// Records that could not be read into an event: kept, shown, never dropped.
    pub unreadable: Vec<Unreadable>,
    /// Where the next page begins.
    pub next: Cursor,
    /// Whether the next page can be read at once; if not, the source is exhausted for now.
    pub more: bool,
}

/// A record of the source that does not make sense to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its id, as far as it could be found.
    pub id: ExternalId,
    /// Where and what.
    pub why: String,
    /// The source's own words.
    pub body: Vec<u8>,
}

/// Records that were asked for by id.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Those that there are, in any order.
    pub events: Vec<Event>,
    /// Those that could not be read into an event.
    pub unreadable: Vec<Unreadable>,
}

impl Found {
    /// Takes in what else was found.
    pub fn absorb(&mut self, other: Self) {
        self.events.extend(other.events);
        self.unreadable.extend(other.unreadable);
    }
}

/// A span of the source's time, for completeness and backfill: from inclusive, to exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First instant of the span.
    pub from: Timestamp,
    /// First instant after it.
    pub to: Timestamp,
}

/// Reads changed records.
#[async_trait]
pub trait Source: Send + Sync {
    /// The kinds it reads.
    fn kinds(&self) -> &[Kind];
    /// One page after the cursor: one step, no loop, no waiting. Pages may overlap; they never leave a gap.
    async fn page(&self, kind: Kind, after: &Cursor) -> Result<Page, Fault>;
    /// Records by their ids, with as few requests as the source allows. An id that the source does not have is left out.
    async fn some(&self, kind: Kind, ids: &[ExternalId]) -> Result<Found, Fault>;
    /// One record by its id; `None` when the source has no such record, [`Fault::Unreadable`] when it makes no sense.
    async fn one(&self, kind: Kind, id: &ExternalId) -> Result<Option<Event>, Fault> {
        let found = self.some(kind, std::slice::from_ref(id)).await?;
        match found.unreadable.into_iter().next() {
            Some(record) => Err(Fault::Unreadable {
                why: format!("{kind} {}: {}", record.id, record.why),
            }),
            None => Ok(found.events.into_iter().next()),
        }
    }
    /// A cursor from which [`Source::page`] reads what changed since then.
    fn cursor_at(&self, kind: Kind, from: Timestamp) -> Cursor;
    /// About how many records changed in the window: what a backfill of it will read. `None` for kinds that are not counted without being read.
    async fn count(&self, kind: Kind, window: Window) -> Result<Option<u64>, Fault>;
    /// The ids of all records created in the window.
    async fn ids(&self, kind: Kind, window: Window) -> Result<Vec<ExternalId>, Fault>;
}

/// Writes records.
#[async_trait]
pub trait Sink: Send + Sync {
    /// The kinds it writes.
    fn kinds(&self) -> &[Kind];
    /// The most records of a kind that are worth handing over at once.
    fn batch_size(&self, kind: Kind) -> usize;
    /// Writes each record, whatever happens to the others; one attempt per write, in the same order.
    async fn write(&self, writes: &[Write]) -> Vec<Attempt>;
    /// For each write, in order: whether an earlier attempt of uncertain outcome landed. What it came to, checked as after a write;
    /// `None` when the target certainly has nothing of it.
    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>>;
    /// How it can be asked what it holds of a kind, where it can.
    fn register(&self, kind: Kind) -> Option<Register<'_>>;
}

/// Recognises a webhook. It only wakes the puller: a lost or forged one costs latency, never data.
pub trait Doorbell: Send + Sync {
    /// Verifies the call over its raw bytes. The kinds that it tells of: none where it is genuine and changes nothing that is read.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] for a forged or stale call, [`Fault::Unreadable`] for a topic that means nothing to us.
    fn answer(&self, knock: &Knock<'_>) -> Result<&'static [Kind], Fault>;
}

/// A webhook call as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct Knock<'a> {
    /// Header names in lower case, with their values.
    pub headers: &'a BTreeMap<String, String>,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// Looks whether the connection can do its work.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Checks credentials, rights, version, clock and limits with as few requests as possible.
    async fn probe(&self) -> Result<Health, Fault>;
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Health {
    /// What the other side calls itself: account or shop name, version.
    pub identity: String,
    /// One finding per thing looked at.
    pub findings: Vec<Finding>,
}

/// One thing a probe looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked at (`right: Sales Order`, `clock`).
    pub what: String,
    /// How it stands.
    pub severity: Severity,
    /// What was found, and what to do about it when it is not good.
    pub detail: String,
}

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Good,
    /// Works, with a drawback.
    Warning,
    /// Work that needs it will fail.
    Bad,
}

/// The lists of an account: what its ids are called.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The names of the lists (`locations`), in the order people are shown them.
    fn lists(&self) -> Vec<&'static str>;
    /// The active entries of a list, by name; kept for a few minutes once read. [`Fault::Refused`] where the account has no such list, or the
    /// credentials may not see it.
    async fn list(&self, name: &str) -> Result<Vec<Listing>, Fault>;
}

/// A connection's capabilities.
pub struct Connected {
    /// Reads, where the endpoint can.
    pub source: Option<Box<dyn Source>>,
    /// Writes, where the endpoint can.
    pub sink: Option<Box<dyn Sink>>,
    /// Recognises webhooks, where the endpoint sends them.
    pub doorbell: Option<Box<dyn Doorbell>>,
    /// Looks whether it works.
    pub probe: Box<dyn Probe>,
    /// Knows what the account's ids are called, where the endpoint can tell.
    pub directory: Option<Box<dyn Directory>>,
}

/// A connection's settings do not make sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting '{setting}': {why}")]
pub struct ConfigError {
    /// The setting's path (`auth.private_key`).
    pub setting: String,
    /// What is wrong and what would be right.
    pub why: String,
}
