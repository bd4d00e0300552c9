//! A record's row as both databases hold it, and its way to and from [`State`].

use commerce::{Digest, ExternalId, Kind, RecordKey, Revision, SyncId};
use ports::ledger::{Holder, RecordRef};
use ports::{Actor, LedgerError, Status, Twin};
use serde::Serialize;

use crate::error::{Result, unreadable};
use crate::state::{Begun, Done, Standing, State, Work};
use crate::text::{indexable, storable};
use crate::time::{micros, timestamp};

/// One row of `records`, without its merchant.
#[derive(Debug, sqlx::FromRow, Serialize)]
pub(crate) struct Columns {
    pub(crate) sync: String,
    pub(crate) kind: String,
    pub(crate) external_id: String,
    pub(crate) number: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) actor: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) next_try: Option<i64>,
    pub(crate) waits_for: Option<String>,
    pub(crate) first_seen: i64,
    pub(crate) changed_at: i64,
    pub(crate) seen_at: i64,
    #[serde(serialize_with = "hex")]
    pub(crate) seen_digest: Vec<u8>,
    pub(crate) done_at: Option<i64>,
    #[serde(serialize_with = "optional_hex")]
    pub(crate) done_digest: Option<Vec<u8>>,
    pub(crate) done_as: Option<String>,
    pub(crate) claimed_by: Option<String>,
    pub(crate) claimed_until: Option<i64>,
    pub(crate) uncertain: bool,
    #[serde(serialize_with = "optional_hex")]
    pub(crate) begun_digest: Option<Vec<u8>>,
    pub(crate) twin_id: Option<String>,
    pub(crate) twin_number: Option<String>,
    pub(crate) due_since: Option<i64>,
    pub(crate) has_event: bool,
}

impl Columns {
    pub(crate) fn of(record: &RecordRef, state: &State) -> Self {
        let done = state.done.as_ref();
        let work = state.work.as_ref();
        let twin = state.twin.as_ref();
        Self {
            sync: record.sync.as_str().to_owned(),
            kind: record.key.kind.as_str().to_owned(),
            external_id: record.key.id.as_str().to_owned(),
            number: indexable(&state.number),
            status: state.status.as_str().to_owned(),
            reason: state.reason.as_deref().map(|r| storable(r).into_owned()),
            actor: state.actor.map(|actor| actor_name(actor).to_owned()),
            attempts: state.attempts.into(),
            next_try: state.next_try.map(micros),
            waits_for: state.waits_for.as_deref().map(indexable),
            first_seen: micros(state.first_seen),
            changed_at: micros(state.changed_at),
            seen_at: micros(state.seen.at),
            seen_digest: state.seen.digest.as_bytes().to_vec(),
            done_at: done.map(|done| micros(done.revision.at)),
            done_digest: done.map(|done| done.revision.digest.as_bytes().to_vec()),
            done_as: done.map(|done| standing_name(done.standing).to_owned()),
            claimed_by: work.map(|work| work.holder.0.clone()),
            claimed_until: work.map(|work| micros(work.until)),
            uncertain: state.uncertain,
            begun_digest: state.begun.map(begun_digest),
            twin_id: twin.map(|twin| twin.id.as_str().to_owned()),
            twin_number: twin.and_then(|twin| twin.number.as_deref().map(indexable)),
            due_since: state.due_since.map(micros),
            has_event: state.has_event,
        }
    }

    pub(crate) fn read(self) -> Result<(RecordRef, State)> {
        let record = record_ref(self.sync, &self.kind, self.external_id)?;
        let done = match (self.done_at, self.done_digest, self.done_as) {
            (Some(at), Some(digest), Some(standing)) => Some(Done {
                revision: revision(at, &digest)?,
                standing: standing_of(&standing)?,
            }),
            _ => None,
        };
        let work = match (self.claimed_by, self.claimed_until) {
            (Some(holder), Some(until)) => Some(Work {
                holder: Holder(holder),
                until: timestamp(until)?,
            }),
            _ => None,
        };
        let state = State {
            number: self.number,
            status: status_of(&self.status)?,
            reason: self.reason,
            actor: self.actor.as_deref().map(actor_of).transpose()?,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            next_try: self.next_try.map(timestamp).transpose()?,
            waits_for: self.waits_for,
            first_seen: timestamp(self.first_seen)?,
            changed_at: timestamp(self.changed_at)?,
            seen: revision(self.seen_at, &self.seen_digest)?,
            done,
            work,
            uncertain: self.uncertain,
            begun: self.begun_digest.as_deref().map(begun).transpose()?,
            twin: twin(self.twin_id, self.twin_number)?,
            due_since: self.due_since.map(timestamp).transpose()?,
            has_event: self.has_event,
        };
        Ok((record, state))
    }
}

pub(crate) fn record_ref(sync: String, kind: &str, id: String) -> Result<RecordRef> {
    Ok(RecordRef {
        sync: sync_id(sync)?,
        key: RecordKey {
            kind: kind_of(kind)?,
            id: external_id(id)?,
        },
    })
}

pub(crate) fn sync_id(sync: String) -> Result<SyncId> {
    SyncId::new(sync).map_err(|error| unreadable("a stored sync", error))
}

pub(crate) fn external_id(id: String) -> Result<ExternalId> {
    ExternalId::new(id).map_err(|error| unreadable("a stored id", error))
}

pub(crate) fn kind_of(kind: &str) -> Result<Kind> {
    Kind::parse(kind).ok_or_else(|| unreadable("an unknown kind", kind))
}

pub(crate) fn status_of(status: &str) -> Result<Status> {
    Status::parse(status).ok_or_else(|| unreadable("an unknown status", status))
}

pub(crate) fn twin(id: Option<String>, number: Option<String>) -> Result<Option<Twin>> {
    let Some(id) = id else { return Ok(None) };
    Ok(Some(Twin {
        id: external_id(id)?,
        number,
    }))
}

fn revision(at: i64, digest: &[u8]) -> Result<Revision> {
    Ok(Revision {
        at: timestamp(at)?,
        digest: digest_of(digest)?,
    })
}

fn digest_of(bytes: &[u8]) -> Result<Digest> {
    <[u8; 16]>::try_from(bytes)
        .map(Digest::from_bytes)
        .map_err(|_| LedgerError::Data("a stored digest has not 16 bytes".to_owned()))
}

fn begun_digest(begun: Begun) -> Vec<u8> {
    match begun {
        Begun::One(digest) => digest.as_bytes().to_vec(),
        Begun::Several => Vec::new(),
    }
}

fn begun(digest: &[u8]) -> Result<Begun> {
    if digest.is_empty() {
        return Ok(Begun::Several);
    }
    digest_of(digest).map(Begun::One)
}

const fn actor_name(actor: Actor) -> &'static str {
    match actor {
        Actor::Nobody => "nobody",
        Actor::Operations => "operations",
        Actor::Engineer => "engineer",
    }
}

fn actor_of(text: &str) -> Result<Actor> {
    [Actor::Nobody, Actor::Operations, Actor::Engineer]
        .into_iter()
        .find(|actor| actor_name(*actor) == text)
        .ok_or_else(|| unreadable("an unknown actor", text))
}

const fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Proven => "proven",
        Standing::Settled => "settled",
        Standing::Reopened => "reopened",
    }
}

fn standing_of(text: &str) -> Result<Standing> {
    [Standing::Proven, Standing::Settled, Standing::Reopened]
        .into_iter()
        .find(|standing| standing_name(*standing) == text)
        .ok_or_else(|| unreadable("an unknown standing", text))
}

/// JSON has no bytes: SQLite reads them back with `unhex`.
fn hex<S: serde::Serializer>(bytes: &[u8], out: S) -> std::result::Result<S::Ok, S::Error> {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    let text: Option<String> = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect();
    out.serialize_str(&text.unwrap_or_default())
}

#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn optional_hex<S: serde::Serializer>(
    bytes: &Option<Vec<u8>>,
    out: S,
) -> std::result::Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => hex(bytes, out),
        None => out.serialize_none(),
    }
}
