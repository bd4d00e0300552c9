//! How many calls an account takes at once, found out by trying.
//!
//! The other side refuses a call too many at once and does not say where its limit is; others call it too, so the limit moves. The
//! governor climbs one slot at a time while all is well. A refusal teaches the level that was too high: the governor settles just below
//! and remembers it. From then on it looks whether more has become possible by one single call above, rarely, and the more rarely the
//! more often that was refused. So it neither saws up and down nor gives capacity away.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::instant::{after, between};

/// Calls that must succeed between a refusal and the next look above; doubled by each look that is refused.
const FIRST_PATIENCE: u32 = 128;
/// The same with no slot left, doubled by each that is: at the bottom a slot more is worth far more than a refused look costs.
const FIRST_PATIENCE_AT_THE_BOTTOM: u32 = 8;
/// The most calls between two looks while a level that has proved itself is lost: it may come back at any time. Scaled down by what is
/// lost: at half of the slots, half of this.
const PATIENCE_BELOW_PROVEN: u32 = 1024;
/// The most calls between two looks: at this distance a refused look is one call in two thousand.
const LONGEST_PATIENCE: u32 = 2048;
/// Calls at a level until it has proved itself.
const PROOF: u32 = 512;
/// Looks refused until a lost level is given up.
const LOOKS_FOR_PROVEN: u32 = 64;
/// Slow calls are not counted for ever: after this long a look is due anyhow.
const LONGEST_WITHOUT_LOOK: Duration = Duration::from_secs(60 * 60);
/// From this many refusals in a row the limit is halved instead of lowered by one: it has fallen deep.
const STREAK_TO_HALVE: u32 = 3;
/// The rest after a refusal when we had but one call running: others fill the account.
const FIRST_REST: Duration = Duration::from_millis(500);

/// What is known of an account's limit on calls at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlotSettings {
    /// The account's own limit, where it is known; never exceeded.
    pub limit: Option<u32>,
    /// Slots left to the account's other users. Default 0.
    pub reserve: u32,
    /// Slots to begin with. Default 2.
    pub start: u32,
}

impl Default for SlotSettings {
    fn default() -> Self {
        Self {
            limit: None,
            reserve: 0,
            start: 2,
        }
    }
}

/// What a call remembers of the moment it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Calls running with it, itself included.
    pub level: u32,
    /// Which of the governor's limits was in force; a new number with every change.
    pub epoch: u32,
}

/// The state machine: one per account.
#[derive(Debug, Clone)]
pub struct Governor {
    /// Never more than this at once.
    ceiling: u32,
    reserve: u32,
    /// Calls at once while no look is under way.
    limit: u32,
    /// The lowest level the other side is believed to refuse.
    refused_at: Option<u32>,
    in_use: u32,
    epoch: u32,
    look: Look,
    /// Calls that succeeded at the full level since the limit last changed.
    since_change: u32,
    /// The same since the last look.
    since_look: u32,
    looked_at: Option<Timestamp>,
    /// Calls between two looks.
    patience: u32,
    /// Whether the last look went well: the account grows.
    climbing: bool,
    /// The highest limit that has proved itself, until it is given up.
    proven: u32,
    looks_refused: u32,
    /// Whether the limit was raised by a look and has not yet proved itself.
    on_trial: bool,
    streak: u32,
    rests_until: Option<Timestamp>,
}

/// Whether it is being tried if one call more is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    None,
    /// The next calls may go up to the refused level.
    Open,
    /// The call at that level is on its way.
    Out,
}

impl Governor {
    /// A governor that knows nothing yet but its settings.
    #[must_use]
    pub fn new(settings: &SlotSettings) -> Self {
        let ceiling = settings.limit.unwrap_or(u32::MAX);
        let most = ceiling.saturating_sub(settings.reserve).max(1);
        Self {
            ceiling: most,
            reserve: settings.reserve,
            limit: settings.start.clamp(1, most),
            refused_at: None,
            in_use: 0,
            epoch: 0,
            look: Look::None,
            since_change: 0,
            since_look: 0,
            looked_at: None,
            patience: FIRST_PATIENCE,
            climbing: false,
            proven: 0,
            looks_refused: 0,
            on_trial: false,
            streak: 0,
            rests_until: None,
        }
    }

    /// How many calls may run at once now, a look above included; 0 while it rests.
    #[must_use]
    pub fn allowed(&self, now: Timestamp) -> u32 {
        if self.rests_until.is_some_and(|until| now < until) {
            return 0;
        }
        match self.look {
            Look::Open => self.look_level(),
            Look::None | Look::Out => self.limit,
        }
    }

    /// The limit it has settled on, or climbs from.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// Calls running now.
    #[must_use]
    pub const fn in_use(&self) -> u32 {
        self.in_use
    }

    /// Which limit is in force; a new number with every change.
    #[must_use]
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Until when it wants no call at all.
    #[must_use]
    pub const fn rests_until(&self) -> Option<Timestamp> {
        self.rests_until
    }

    /// Lets no call begin before that instant.
    pub fn rest(&mut self, until: Timestamp) {
        self.rests_until = self.rests_until.max(Some(until));
    }

    /// So many calls at once went well before it began: it goes on from there. What is above is looked for as after a refusal, for it may
    /// have been refused.
    pub(crate) fn inherit(&mut self, slots: u32) {
        if slots > self.limit {
            self.limit = slots.min(self.ceiling);
            self.refused_at = None;
            self.refused_at = Some(self.look_level());
            self.epoch = self.epoch.wrapping_add(1);
        }
    }

    /// A call begins.
    pub fn begin(&mut self) -> Ticket {
        self.in_use = self.in_use.saturating_add(1);
        if self.look == Look::Open && self.in_use >= self.look_level() {
            self.look = Look::Out;
        }
        Ticket {
            level: self.in_use,
            epoch: self.epoch,
        }
    }

    /// A call is over: `Some(refused)`, or `None` when it taught nothing.
    pub fn end(&mut self, now: Timestamp, ticket: Ticket, refused: Option<bool>) {
        self.in_use = self.in_use.saturating_sub(1);
        match refused {
            Some(true) => self.refused(now, ticket),
            Some(false) => self.succeeded(now, ticket, 1),
            None if self.is_look(ticket) => self.close_look(now),
            None => {}
        }
    }

    /// So many calls of that epoch went well, each begun when all slots were in use.
    pub(crate) fn succeeded(&mut self, now: Timestamp, ticket: Ticket, calls: u32) {
        if self.is_look(ticket) {
            return self.raise(now, true);
        }
        if ticket.epoch != self.epoch || ticket.level < self.limit {
            return;
        }
        self.since_change = self.since_change.saturating_add(calls);
        self.since_look = self.since_look.saturating_add(calls);
        // Some succeed at a level where others are refused: only a whole round says that the level is right.
        if self.since_change >= self.limit {
            self.streak = 0;
        }
        if self.since_change >= PROOF {
            self.on_trial = false;
            self.proven = self.proven.max(self.limit);
        }
        if self.limit < self.settled_limit() {
            // A round of successes at the full level for each step.
            if self.since_change >= self.limit {
                self.raise(now, false);
            }
        } else if self.look == Look::None && self.limit < self.ceiling && self.is_look_due(now) {
            self.look = Look::Open;
            self.epoch = self.epoch.wrapping_add(1);
        }
    }

    /// A call of that epoch was refused for too many at once.
    pub(crate) fn refused(&mut self, now: Timestamp, ticket: Ticket) {
        if self.is_look(ticket) {
            return self.look_refused(now);
        }
        if ticket.epoch != self.epoch && ticket.level > self.limit {
            // Begun before the limit was lowered: known already.
            return;
        }
        self.streak = self.streak.saturating_add(1);
        self.refused_at = Some(ticket.level);
        let below = self.settled_limit().min(self.limit);
        self.limit = if self.streak >= STREAK_TO_HALVE {
            below.min(self.limit / 2).max(1)
        } else {
            below
        };
        if self.on_trial {
            self.be_more_patient();
        } else if self.streak == 1 {
            // The account has changed, and may soon change back.
            self.patience = self.first_patience();
        }
        if ticket.level <= 1 {
            let factor = 1 << (self.streak - 1).min(6);
            self.rest(after(now, FIRST_REST * factor));
        }
        self.on_trial = false;
        self.since_change = 0;
        self.looks_refused = 0;
        self.close_look(now);
    }

    /// The limit that the known refusal leaves, the reserve kept free.
    fn settled_limit(&self) -> u32 {
        let below = self.refused_at.map_or(u32::MAX, |level| {
            level.saturating_sub(1).saturating_sub(self.reserve)
        });
        below.clamp(1, self.ceiling)
    }

    /// One above what the account is believed to take, the reserve included.
    fn look_level(&self) -> u32 {
        let refused = self.refused_at.unwrap_or(u32::MAX);
        let above = self.limit.saturating_add(self.reserve).saturating_add(1);
        refused.min(above).max(self.limit.saturating_add(1))
    }

    fn first_patience(&self) -> u32 {
        (FIRST_PATIENCE_AT_THE_BOTTOM << self.limit.min(4)).min(FIRST_PATIENCE)
    }

    fn is_look(&self, ticket: Ticket) -> bool {
        self.look != Look::None && ticket.epoch == self.epoch && ticket.level >= self.look_level()
    }

    fn is_look_due(&self, now: Timestamp) -> bool {
        // While the account grows, one round suffices until the next look.
        let calls = if self.climbing {
            self.limit
        } else {
            self.patience
        };
        let since = between(self.looked_at.unwrap_or(now), now);
        self.since_look >= calls || since >= LONGEST_WITHOUT_LOOK
    }

    fn raise(&mut self, now: Timestamp, by_look: bool) {
        if by_look {
            self.refused_at = Some(self.look_level().saturating_add(1));
            self.on_trial = true;
        }
        self.limit = self.limit.saturating_add(1).min(self.ceiling);
        self.since_change = 0;
        self.close_look(now);
        self.climbing = by_look && self.limit != self.proven;
        if self.limit == self.proven {
            // Back where it was: what is above is known.
            self.patience = LONGEST_PATIENCE;
            self.on_trial = false;
        }
    }

    fn look_refused(&mut self, now: Timestamp) {
        self.be_more_patient();
        self.looks_refused = self.looks_refused.saturating_add(1);
        if self.looks_refused >= LOOKS_FOR_PROVEN {
            self.proven = self.proven.min(self.limit);
        }
        self.close_look(now);
    }

    fn be_more_patient(&mut self) {
        let most = if self.limit < self.proven {
            let scaled = PATIENCE_BELOW_PROVEN.saturating_mul(self.limit) / self.proven;
            scaled.max(FIRST_PATIENCE)
        } else {
            LONGEST_PATIENCE
        };
        self.patience = self.patience.saturating_mul(2).min(most);
    }

    fn close_look(&mut self, now: Timestamp) {
        self.look = Look::None;
        self.climbing = false;
        self.epoch = self.epoch.wrapping_add(1);
        self.since_look = 0;
        self.looked_at = Some(now);
    }
}
