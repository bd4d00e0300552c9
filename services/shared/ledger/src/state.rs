//! A record's row, as the rules see it.

use commerce::{Digest, Revision};
use jiff::Timestamp;
use ports::ledger::{Holder, RecordRef, RecordRow};
use ports::{Actor, Status, Twin};

/// Everything the ledger knows about a record in a sync, except its event and journey. Times are cut to microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) number: String,
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
    pub(crate) actor: Option<Actor>,
    pub(crate) attempts: u32,
    pub(crate) next_try: Option<Timestamp>,
    pub(crate) waits_for: Option<String>,
    pub(crate) first_seen: Timestamp,
    pub(crate) changed_at: Timestamp,
    /// The newest version known.
    pub(crate) seen: Revision,
    /// The newest version whose outcome is stored.
    pub(crate) done: Option<Done>,
    /// Who is at it now, or died at it.
    pub(crate) work: Option<Work>,
    /// A write was begun and its outcome never recorded.
    pub(crate) uncertain: bool,
    /// What the writes that are under way or uncertain would bring.
    pub(crate) begun: Option<Begun>,
    pub(crate) twin: Option<Twin>,
    pub(crate) due_since: Option<Timestamp>,
    /// Whether an event is stored, without which the record cannot be published again.
    pub(crate) has_event: bool,
}

/// What open writes would bring to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// The content with that digest, however often.
    One(Digest),
    /// One of several contents: finding a write does not tell which.
    Several,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) revision: Revision,
    pub(crate) standing: Standing,
}

/// What the stored outcome says about the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The target holds this version and nothing was attempted since.
    Proven,
    /// The version has its outcome; what the target holds is not certain.
    Settled,
    /// A person or an arrival opened the version once more; older ones stay closed.
    Reopened,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) holder: Holder,
    pub(crate) until: Timestamp,
}

impl State {
    pub(crate) fn is_in_work(&self, now: Timestamp) -> bool {
        self.work.as_ref().is_some_and(|work| work.until > now)
    }

    /// Whether a version has its outcome, or a newer one has.
    pub(crate) fn is_stale(&self, revision: &Revision) -> bool {
        self.done.is_some_and(|done| {
            revision.at < done.revision.at
                || (*revision == done.revision && done.standing != Standing::Reopened)
        })
    }

    pub(crate) fn into_row(self, record: RecordRef) -> RecordRow {
        RecordRow {
            sync: record.sync,
            key: record.key,
            number: self.number,
            status: self.status,
            reason: self.reason,
            actor: self.actor,
            twin: self.twin,
            attempts: self.attempts,
            next_try: self.next_try,
            revision: self.seen,
            first_seen: self.first_seen,
            changed_at: self.changed_at,
        }
    }
}
