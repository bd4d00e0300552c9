use std::collections::BTreeMap;

use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use crate::clock::Clock;
use crate::state::Shared;
use crate::wreck::Cut;

/// Counts what a server was asked and how it answered; a cheap handle.
#[derive(Clone, Debug)]
pub struct Meter {
    clock: Clock,
    counts: Shared<Counts>,
}

#[derive(Debug)]
struct Counts {
    answers: BTreeMap<(String, String), BTreeMap<String, u64>>,
    refused: u64,
    requests: Gauge,
    slots: Gauge,
}

/// What a server was asked, and how it answered. `GET /_sandbox/requests`.
#[derive(Clone, Debug, Serialize)]
pub struct Requests {
    /// By method and path template, in alphabetical order.
    pub requests: Vec<RequestCount>,
    /// Answers that refused the caller as over the limit.
    pub refused: u64,
    /// Requests in flight, whatever becomes of them.
    pub in_flight: Usage,
    /// Slots of the account, for a server that has such; they are only taken by requests that are let in.
    pub slots: Usage,
}

/// The requests of one method and path template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestCount {
    /// HTTP method.
    pub method: String,
    /// The path with ids replaced, such as `/services/rest/record/v1/salesOrder/{id}`.
    pub path: String,
    /// How many, by status; `cut` where the connection was dropped without an answer.
    pub statuses: BTreeMap<String, u64>,
}

/// How something of limited number was used since the counters were reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// In use now.
    pub now: u32,
    /// The most that were in use at once.
    pub most: u32,
    /// Time with at least one in use, in thousandths of the time that passed.
    pub busy_permille: u64,
    /// Use added up over time, in thousandths of what could have been used; `None` where there is no limit.
    pub used_permille: Option<u64>,
}

impl Meter {
    pub(crate) fn new(clock: Clock) -> Self {
        let now = clock.now();
        let counts = Counts {
            answers: BTreeMap::new(),
            refused: 0,
            requests: Gauge::new(now),
            slots: Gauge::new(now),
        };
        Self {
            clock,
            counts: Shared::new(counts),
        }
    }

    /// A request came in; it is in flight until the guard is dropped.
    pub fn request(&self) -> InFlight {
        self.hold(|counts| &mut counts.requests)
    }

    /// A slot is taken until the guard is dropped.
    pub(crate) fn slot(&self) -> InFlight {
        self.hold(|counts| &mut counts.slots)
    }

    /// How many slots there are for callers from now on.
    pub(crate) fn set_slots(&self, capacity: u32) {
        let now = self.clock.now();
        let slots = &mut self.counts.lock().slots;
        slots.advance(now);
        slots.capacity = Some(capacity);
    }

    /// Counts an answer. `refused` where it turned the caller away as over the limit.
    pub fn answered(&self, method: &str, path: &str, answer: &Response, refused: bool) {
        let cut = answer.extensions().get::<Cut>().is_some();
        let status = if cut {
            "cut".to_owned()
        } else {
            answer.status().as_str().to_owned()
        };
        let mut counts = self.counts.lock();
        counts.refused += u64::from(refused);
        let statuses = counts
            .answers
            .entry((path.to_owned(), method.to_owned()))
            .or_default();
        *statuses.entry(status).or_default() += 1;
    }

    /// The counts so far.
    pub fn read(&self) -> Requests {
        let now = self.clock.now();
        let mut counts = self.counts.lock();
        counts.requests.advance(now);
        counts.slots.advance(now);
        let requests = counts
            .answers
            .iter()
            .map(|((path, method), statuses)| RequestCount {
                method: method.clone(),
                path: path.clone(),
                statuses: statuses.clone(),
            });
        Requests {
            requests: requests.collect(),
            refused: counts.refused,
            in_flight: counts.requests.usage(),
            slots: counts.slots.usage(),
        }
    }

    /// Forgets all counts; what is in flight stays so.
    pub fn reset(&self) {
        let now = self.clock.now();
        let mut counts = self.counts.lock();
        counts.answers.clear();
        counts.refused = 0;
        counts.requests.restart(now);
        counts.slots.restart(now);
    }

    fn hold(&self, which: fn(&mut Counts) -> &mut Gauge) -> InFlight {
        which(&mut self.counts.lock()).step(self.clock.now(), |n| n + 1);
        InFlight {
            meter: self.clone(),
            which,
        }
    }
}

/// Something in use until it is dropped.
#[derive(Debug)]
pub struct InFlight {
    meter: Meter,
    which: fn(&mut Counts) -> &mut Gauge,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        (self.which)(&mut self.meter.counts.lock())
            .step(self.meter.clock.now(), |n| n.saturating_sub(1));
    }
}

#[derive(Debug)]
struct Gauge {
    now: u32,
    most: u32,
    capacity: Option<u32>,
    since: Timestamp,
    moved: Timestamp,
    /// Nanoseconds with something in use, nanoseconds times what was in use, nanoseconds times what there was.
    busy: i128,
    used: i128,
    available: i128,
}

impl Gauge {
    fn new(at: Timestamp) -> Self {
        Self {
            now: 0,
            most: 0,
            capacity: None,
            since: at,
            moved: at,
            busy: 0,
            used: 0,
            available: 0,
        }
    }

    fn restart(&mut self, at: Timestamp) {
        *self = Self {
            now: self.now,
            most: self.now,
            capacity: self.capacity,
            ..Self::new(at)
        };
    }

    fn advance(&mut self, to: Timestamp) {
        let passed = to.duration_since(self.moved).as_nanos().max(0);
        self.moved = to;
        self.busy += if self.now > 0 { passed } else { 0 };
        // What is in use beyond the capacity, because it has just shrunk, could not have been used.
        let usable = self.capacity.map_or(self.now, |most| self.now.min(most));
        self.used += passed * i128::from(usable);
        self.available += passed * i128::from(self.capacity.unwrap_or(0));
    }

    fn step(&mut self, at: Timestamp, change: impl FnOnce(u32) -> u32) {
        self.advance(at);
        self.now = change(self.now);
        self.most = self.most.max(self.now);
    }

    fn usage(&self) -> Usage {
        let permille =
            |part: i128, whole: i128| u64::try_from(part * 1000 / whole.max(1)).unwrap_or(0);
        Usage {
            now: self.now,
            most: self.most,
            busy_permille: permille(self.busy, self.moved.duration_since(self.since).as_nanos()),
            used_permille: self.capacity.map(|_| permille(self.used, self.available)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testclock::TestClock;

    #[test]
    fn slots_in_use_are_added_up_over_time() {
        let time = TestClock::at("2026-03-02T10:00:00Z");
        let meter = Meter::new(time.clock());
        meter.set_slots(4);
        let (one, two) = (meter.slot(), meter.slot());
        time.advance(5);
        drop(one);
        drop(two);
        time.advance(5);
        let usage = meter.read().slots;
        assert_eq!(
            (
                usage.now,
                usage.most,
                usage.busy_permille,
                usage.used_permille
            ),
            (0, 2, 500, Some(250))
        );
        meter.reset();
        assert_eq!(meter.read().slots.most, 0);
    }
}
