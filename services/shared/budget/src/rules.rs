//! All limits of one account together.

use jiff::Timestamp;
use ports::Feedback;
use serde::{Deserialize, Serialize};

use crate::cost::{CostBucket, CostSettings};
use crate::governor::{Governor, SlotSettings, Ticket};
use crate::grant::Granted;
use crate::instant::after;
use crate::tokens::{RateSettings, TokenBucket};

/// The limits an account has; those that are absent do not limit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls at once.
    pub slots: Option<SlotSettings>,
    /// Points.
    pub points: Option<CostSettings>,
    /// Calls in a time.
    pub rates: Vec<RateSettings>,
}

/// Whether a call may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    Now,
    /// Time will tell, at that instant.
    At(Timestamp),
    /// When a running call ends.
    AfterACall,
}

/// The limit on calls at once, however it is found.
pub(crate) trait Slots: std::fmt::Debug + Send + 'static {
    fn leave(&self, now: Timestamp) -> Leave;
    fn begin(&mut self) -> Ticket;
    fn end(&mut self, now: Timestamp, ticket: Ticket, feedback: Option<&Feedback>);
}

impl Slots for Governor {
    fn leave(&self, now: Timestamp) -> Leave {
        match self.rests_until() {
            _ if self.in_use() < self.allowed(now) => Leave::Now,
            Some(until) if now < until => Leave::At(until),
            _ => Leave::AfterACall,
        }
    }

    fn begin(&mut self) -> Ticket {
        Self::begin(self)
    }

    fn end(&mut self, now: Timestamp, ticket: Ticket, feedback: Option<&Feedback>) {
        Self::end(self, now, ticket, feedback.map(|taught| taught.refused));
    }
}

impl Slots for Granted {
    fn leave(&self, now: Timestamp) -> Leave {
        match self.more_at() {
            _ if self.in_use() < self.allowed(now) => Leave::Now,
            Some(at) => Leave::At(at),
            None => Leave::AfterACall,
        }
    }

    fn begin(&mut self) -> Ticket {
        Self::begin(self)
    }

    fn end(&mut self, _now: Timestamp, ticket: Ticket, feedback: Option<&Feedback>) {
        let refused = feedback.map(|taught| taught.refused);
        let wait = feedback.and_then(|taught| taught.retry_after);
        Self::end(self, ticket, refused, wait);
    }
}

/// The limits at work.
#[derive(Debug)]
pub(crate) struct Rules<S> {
    pub(crate) slots: Option<S>,
    points: Option<CostBucket>,
    rates: Vec<TokenBucket>,
    /// The other side has asked for silence until then.
    silent_until: Option<Timestamp>,
}

impl<S: Slots> Rules<S> {
    pub(crate) fn new(slots: Option<S>, limits: &Limits) -> Self {
        Self {
            slots,
            points: limits.points.as_ref().map(CostBucket::new),
            rates: limits.rates.iter().map(TokenBucket::new).collect(),
            silent_until: None,
        }
    }

    pub(crate) fn leave(&self, now: Timestamp, points: u32) -> Leave {
        let slot = self
            .slots
            .as_ref()
            .map_or(Leave::Now, |slots| slots.leave(now));
        let bucket = self
            .points
            .as_ref()
            .and_then(|bucket| bucket.wait(now, points));
        let rate = self.rates.iter().filter_map(|rate| rate.wait(now)).max();
        let silence = self.silent_until.filter(|until| now < *until);
        match (slot, bucket.max(rate).max(silence)) {
            (Leave::AfterACall, _) => Leave::AfterACall,
            (Leave::At(at), other) => Leave::At(Some(at).max(other).unwrap_or(at)),
            (Leave::Now, Some(at)) => Leave::At(at),
            (Leave::Now, None) => Leave::Now,
        }
    }

    pub(crate) fn begin(&mut self, now: Timestamp, points: u32) -> Ticket {
        if let Some(bucket) = &mut self.points {
            bucket.begin(points);
        }
        for rate in &mut self.rates {
            rate.begin(now);
        }
        let unlimited = Ticket { level: 0, epoch: 0 };
        self.slots.as_mut().map_or(unlimited, S::begin)
    }

    /// A call is over; without feedback it taught nothing.
    pub(crate) fn end(
        &mut self,
        now: Timestamp,
        ticket: Ticket,
        points: u32,
        feedback: Option<&Feedback>,
    ) {
        if let Some(slots) = &mut self.slots {
            slots.end(now, ticket, feedback);
        }
        if let Some(bucket) = &mut self.points {
            bucket.end(now, points, feedback);
        }
        if let Some(wait) = feedback.and_then(|taught| taught.retry_after) {
            self.silent_until = self.silent_until.max(Some(after(now, wait)));
        }
    }

    /// Leave was given, and the call that wanted it is gone.
    pub(crate) fn cancel(&mut self, now: Timestamp, ticket: Ticket, points: u32) {
        self.end(now, ticket, points, None);
        for rate in &mut self.rates {
            rate.cancel(now);
        }
    }
}
