//! One account's slots, shared by several processes: the governor finds the limit, the allocator cuts it up.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::allocator::{Allocator, Demand};
use crate::governor::{Governor, SlotSettings, Ticket};
use crate::grant::{Grant, Outcomes};
use crate::instant::after;

/// The pool of one account: pure, time passed in.
#[derive(Debug)]
pub struct Pool {
    governor: Governor,
    allocator: Allocator,
    /// Calls that went well in the epoch of an open look.
    in_look: u32,
    /// When it first heard of a worker.
    began: Option<Timestamp>,
    /// Slots that workers had from a pool before this one; `None` once the account has refused a call of this one's.
    inherited: Option<BTreeMap<String, u32>>,
}

impl Pool {
    /// A pool that counts a silent worker's slots for `keep`: longer than workers keep their grants, by the longest call.
    #[must_use]
    pub fn new(settings: &SlotSettings, keep: Duration) -> Self {
        Self {
            governor: Governor::new(settings),
            allocator: Allocator::new(keep),
            in_look: 0,
            began: None,
            inherited: Some(BTreeMap::new()),
        }
    }

    /// The account's slots as far as the governor has found out, and the calls running in them.
    #[must_use]
    pub fn usage(&self) -> (u32, u32) {
        (self.governor.limit(), self.allocator.running())
    }

    /// A worker says what it wants, has, and has learnt since it last said so.
    pub fn report(&mut self, now: Timestamp, holder: &str, demand: Demand, outcomes: Outcomes) {
        self.inherit(now, holder, demand);
        self.allocator.report(now, holder, demand);
        self.learn(now, outcomes);
    }

    /// A worker's line broke; its slots count for `spare`, within which a live one is back.
    pub fn cut_off(&mut self, now: Timestamp, holder: &str, spare: Duration) {
        self.allocator.cut_off(now, holder, spare);
    }

    /// A worker has stopped in good order.
    pub fn leave(&mut self, holder: &str) {
        self.allocator.leave(holder);
    }

    /// What each worker may have running now.
    pub fn grants(&mut self, now: Timestamp) -> BTreeMap<String, Grant> {
        let epoch = self.governor.epoch();
        let slots = self.allocator.grants(now, self.governor.allowed(now));
        let grant = |(serial, slots)| Grant {
            slots,
            epoch,
            serial,
        };
        slots
            .into_iter()
            .map(|(name, numbered)| (name, grant(numbered)))
            .collect()
    }

    /// What workers still obey of a pool before this one, that process having started anew, is what it had found out.
    fn inherit(&mut self, now: Timestamp, holder: &str, demand: Demand) {
        let began = *self.began.get_or_insert(now);
        // Grants are numbered by the time of day.
        let first = u64::try_from(began.as_millisecond()).unwrap_or(0);
        if let Some(inherited) = &mut self.inherited
            && (1..first).contains(&demand.serial)
            && !inherited.contains_key(holder)
        {
            inherited.insert(holder.to_owned(), demand.slots);
            let all = inherited.values().copied();
            self.governor.inherit(all.fold(0, u32::saturating_add));
        }
    }

    fn learn(&mut self, now: Timestamp, outcomes: Outcomes) {
        if let Some(wait) = outcomes.retry_after {
            self.governor.rest(after(now, wait));
        }
        let epoch = self.governor.epoch();
        if outcomes.epoch != epoch {
            return;
        }
        let level = self.governor.allowed(now).max(self.governor.limit());
        let ticket = Ticket { level, epoch };
        if outcomes.refused > 0 {
            self.inherited = None;
            self.governor.refused(now, ticket);
        } else if outcomes.succeeded > 0 && level > self.governor.limit() {
            // Which of the calls was the one too many is not known here: a whole round has to go well.
            self.in_look += outcomes.succeeded;
            if self.in_look >= level {
                self.governor.succeeded(now, ticket, 1);
            }
        } else if outcomes.succeeded > 0 {
            self.governor.succeeded(now, ticket, outcomes.succeeded);
        }
        if self.governor.epoch() != epoch {
            self.in_look = 0;
        }
    }
}
