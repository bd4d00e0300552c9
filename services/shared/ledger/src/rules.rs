//! What may be written, what counts, what goes round again: decided from a record's row alone, once for every database.

use std::time::Duration;

use commerce::Revision;
use jiff::Timestamp;
use ports::Status;
use ports::ledger::{Claim, Holder, Outcome};

use crate::state::{Begun, Done, Standing, State, Work};
use crate::text::indexable;
use crate::time::{cut, cut_revision, end_of};

/// Takes note of a version that is on its way. One that is known, or older than what is known, changes nothing; nor does any
/// version of a record that a person set aside.
pub(crate) fn note(state: &mut State, number: &str, revision: Revision, now: Timestamp) {
    let revision = cut_revision(revision);
    if state.status == Status::Ignored || revision.is_stale_against(&state.seen) {
        return;
    }
    state.seen = revision;
    number.clone_into(&mut state.number);
    if is_at_target(state, &revision) {
        return;
    }
    state.attempts = 0;
    move_to(state, Status::Queued, now);
}

/// Whether the target is proven to hold what this version says: nothing will have to be done for it.
fn is_at_target(state: &State, revision: &Revision) -> bool {
    state.done.as_ref().is_some_and(|done| {
        done.standing == Standing::Proven && done.revision.digest == revision.digest
    })
}

/// May this version be written? When it may, the intent is the holder's from now on. `bound` is left for the caller to fill.
pub(crate) fn claim(
    state: &mut State,
    number: &str,
    revision: Revision,
    holder: &Holder,
    ttl: Duration,
    now: Timestamp,
) -> Claim {
    let revision = cut_revision(revision);
    if state.status == Status::Ignored {
        return Claim::Ignored;
    }
    if state.is_stale(&revision) {
        return Claim::Stale;
    }
    // Whoever holds it, this process too: it has other tasks.
    if let Some(work) = &state.work
        && work.until > now
    {
        return Claim::Busy { until: work.until };
    }
    note(state, number, revision, now);
    if state.work.is_some() {
        state.uncertain = true;
        state.attempts = state.attempts.saturating_add(1);
    }
    if state.uncertain {
        doubt(state);
    } else if let Some(done) = &mut state.done
        && done.standing == Standing::Proven
        && revision.at > done.revision.at
        && revision.digest == done.revision.digest
    {
        done.revision = revision;
        if revision == state.seen {
            move_to(state, Status::Unchanged, now);
        }
        return Claim::Unchanged;
    }
    state.work = Some(Work {
        holder: holder.clone(),
        until: end_of(ttl, now),
    });
    let only_this = begin(state, &revision);
    if state.uncertain {
        Claim::Uncertain {
            attempt: state.attempts,
            bound: None,
            only_this,
        }
    } else {
        Claim::Write {
            attempt: state.attempts,
            bound: None,
        }
    }
}

/// Takes note that a write of this version may be under way. Whether no other content is.
fn begin(state: &mut State, revision: &Revision) -> bool {
    let this = Begun::One(revision.digest);
    let only_this = state.begun.is_none_or(|begun| begun == this);
    state.begun = Some(if only_this { this } else { Begun::Several });
    only_this
}

/// Gives a claim back: nothing was sent. What was uncertain before the claim still is.
pub(crate) fn unclaim(state: &mut State, holder: &Holder) {
    state.work.take_if(|work| work.holder == *holder);
    if !state.uncertain && state.work.is_none() {
        state.begun = None;
    }
}

/// Takes an outcome. Whether its event is to be kept: not when a newer version, or a better proof of this one, is stored.
pub(crate) fn record(
    state: &mut State,
    holder: &Holder,
    outcome: &Outcome,
    now: Timestamp,
) -> bool {
    let revision = cut_revision(outcome.revision);
    if revision.at > state.seen.at {
        note(state, &outcome.number, revision, now);
    }
    state.work.take_if(|work| work.holder == *holder);
    if outcome.status == Status::Uncertain {
        state.uncertain = true;
        begin(state, &revision);
    } else if state.work.is_none() {
        // With somebody else at it by now, only his outcome can tell.
        state.uncertain = false;
        state.begun = None;
    }
    let taken = is_taken(state, &revision, outcome.status);
    if let Some(twin) = &outcome.twin
        && (taken || state.twin.is_none())
    {
        let mut twin = twin.clone();
        if let Some(known) = state.twin.take()
            && known.id == twin.id
        {
            twin.number = twin.number.or(known.number);
        }
        state.twin = Some(twin);
    }
    if !taken {
        return false;
    }
    if leaves_open(outcome.status) {
        doubt(state);
    } else {
        let standing = if is_success(outcome.status) {
            Standing::Proven
        } else {
            Standing::Settled
        };
        state.done = Some(Done { revision, standing });
    }
    // An older version does not speak for a record whose newer one is on its way.
    if revision == state.seen && state.status != Status::Ignored {
        move_to(state, outcome.status, now);
        outcome.number.clone_into(&mut state.number);
        state.reason.clone_from(&outcome.reason);
        state.actor = outcome.actor;
        state.next_try = outcome.next_try.map(cut);
        state.waits_for = outcome.waits_for.as_deref().map(indexable);
        if leaves_open(outcome.status) || matches!(outcome.status, Status::Failed | Status::Waiting)
        {
            state.attempts = state.attempts.saturating_add(1);
        }
    }
    true
}

/// Puts a record back on its way. Whether that was possible.
pub(crate) fn requeue(state: &mut State, by_name: bool, now: Timestamp) -> bool {
    let ignored = state.status == Status::Ignored;
    if !state.has_event
        || is_success(state.status)
        || state.is_in_work(now)
        || (ignored && !by_name)
    {
        return false;
    }
    if let Some(done) = &state.done
        && ignored
    {
        // What came while it was set aside was let pass: the stored event is the newest there is.
        state.seen = done.revision;
    }
    send_again(state, now);
    true
}

/// As [`requeue`], for a record that its target held and does not hold any more as it was written.
pub(crate) fn reopen(state: &mut State, now: Timestamp) -> bool {
    let there = state.has_event && is_success(state.status) && !state.is_in_work(now);
    if there {
        send_again(state, now);
    }
    there
}

fn send_again(state: &mut State, now: Timestamp) {
    if let Some(done) = &mut state.done
        && done.revision == state.seen
    {
        done.standing = Standing::Reopened;
    }
    state.attempts = 0;
    // Always anew: what is published for an earlier call does not speak for this one.
    state.due_since = Some(cut(now));
    move_to(state, Status::Queued, now);
}

/// As [`requeue`], for a record that waits for one of the keys; the key it waited for.
pub(crate) fn release(state: &mut State, keys: &[String], now: Timestamp) -> Option<String> {
    let key = state.waits_for.clone().filter(|key| keys.contains(key))?;
    (state.status == Status::Waiting && requeue(state, false, now)).then_some(key)
}

/// As [`requeue`], for a record that has waited long enough to look whether what it waits for came unnoticed. Its attempts go on
/// counting: each rest is longer than the one before.
pub(crate) fn look_again(state: &mut State, now: Timestamp) -> bool {
    let attempts = state.attempts;
    let is_due = state.status == Status::Waiting && state.next_try.is_some_and(|due| due <= now);
    let moved = is_due && requeue(state, false, now);
    if moved {
        state.attempts = attempts;
    }
    moved
}

/// Sets a record aside. Whether it was not so before. An open claim stays open: what was sent was sent.
pub(crate) fn ignore(state: &mut State, by: &str, now: Timestamp) -> bool {
    if state.status == Status::Ignored {
        return false;
    }
    move_to(state, Status::Ignored, now);
    state.reason = Some(format!("ignored by {by}"));
    state.due_since = None;
    true
}

const fn is_success(status: Status) -> bool {
    matches!(status, Status::Synced | Status::Unchanged)
}

const fn leaves_open(status: Status) -> bool {
    matches!(status, Status::Retrying | Status::Uncertain)
}

/// An outcome counts unless a newer version has one, or this version has one that it cannot better: a late failure of a
/// write that somebody else has proven says nothing.
fn is_taken(state: &State, revision: &Revision, status: Status) -> bool {
    let Some(done) = &state.done else { return true };
    if *revision != done.revision {
        return revision.at >= done.revision.at;
    }
    match done.standing {
        Standing::Reopened => true,
        Standing::Settled => !leaves_open(status),
        Standing::Proven => is_success(status),
    }
}

/// After an attempt that proved nothing, the target's content is not known from the digest any more.
fn doubt(state: &mut State) {
    if let Some(done) = &mut state.done
        && done.standing == Standing::Proven
    {
        done.standing = Standing::Settled;
    }
}

fn move_to(state: &mut State, status: Status, now: Timestamp) {
    state.status = status;
    state.reason = None;
    state.actor = None;
    state.next_try = None;
    state.waits_for = None;
    state.changed_at = cut(now);
}
