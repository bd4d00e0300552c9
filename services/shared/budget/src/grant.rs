//! Slots that another process has granted to this one.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::governor::Ticket;
use crate::instant::{after, between};

/// So many slots of an account for one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Grant {
    /// Calls the worker may have running.
    pub slots: u32,
    /// Which of the account's limits it was cut from; the worker says so with what it learns.
    pub epoch: u32,
    /// The grant's own number, higher than that of every earlier one; the worker names it to say that it obeys.
    pub serial: u64,
}

/// What a worker's calls under one grant taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcomes {
    /// The epoch of the grant under which they began.
    pub epoch: u32,
    /// Calls that went well, begun when the worker's slots were all in use.
    pub succeeded: u32,
    /// Calls refused for too many at once.
    pub refused: u32,
    /// How long the other side asked to wait, at most.
    pub retry_after: Option<Duration>,
}

/// The worker's side of a grant. Until the first one, and when none came for a while, it has one slot.
#[derive(Debug)]
pub(crate) struct Granted {
    grant: Grant,
    /// When the grant was last confirmed.
    at: Option<Timestamp>,
    /// How long a grant holds when nothing more is heard.
    keep: Duration,
    in_use: u32,
    outcomes: Outcomes,
}

impl Granted {
    pub(crate) fn new(keep: Duration) -> Self {
        Self {
            grant: Grant::default(),
            at: None,
            keep,
            in_use: 0,
            outcomes: Outcomes::default(),
        }
    }

    pub(crate) fn set(&mut self, now: Timestamp, grant: Grant) {
        if grant.epoch != self.outcomes.epoch {
            // What was learnt under an older limit is no news to whoever has changed it since.
            self.outcomes = Outcomes {
                epoch: grant.epoch,
                ..Outcomes::default()
            };
        }
        self.grant = grant;
        self.at = Some(now);
    }

    pub(crate) fn grant(&self) -> Grant {
        self.grant
    }

    pub(crate) fn drain(&mut self) -> Outcomes {
        let epoch = self.outcomes.epoch;
        std::mem::replace(
            &mut self.outcomes,
            Outcomes {
                epoch,
                ..Outcomes::default()
            },
        )
    }

    pub(crate) fn allowed(&self, now: Timestamp) -> u32 {
        match self.at {
            Some(at) if between(at, now) < self.keep => self.grant.slots,
            _ => 1,
        }
    }

    pub(crate) const fn in_use(&self) -> u32 {
        self.in_use
    }

    /// When time alone gives a slot: a grant of none ends by itself.
    pub(crate) fn more_at(&self) -> Option<Timestamp> {
        let at = self.at.filter(|_| self.in_use == 0)?;
        Some(after(at, self.keep))
    }

    pub(crate) fn begin(&mut self) -> Ticket {
        self.in_use = self.in_use.saturating_add(1);
        Ticket {
            level: self.in_use,
            epoch: self.grant.epoch,
        }
    }

    pub(crate) fn end(&mut self, ticket: Ticket, refused: Option<bool>, wait: Option<Duration>) {
        self.in_use = self.in_use.saturating_sub(1);
        if ticket.epoch != self.outcomes.epoch {
            return;
        }
        self.outcomes.retry_after = self.outcomes.retry_after.max(wait);
        match refused {
            Some(true) => self.outcomes.refused += 1,
            Some(false) if ticket.level >= self.grant.slots => self.outcomes.succeeded += 1,
            Some(false) | None => {}
        }
    }
}
