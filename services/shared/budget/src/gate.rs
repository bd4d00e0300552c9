//! Where calls wait for leave: by lane, first come first served within a lane.
//!
//! There is no task in the background. The first in line watches the clock where time alone will give leave; whoever ends a call passes
//! its leave on. The first in line is never overtaken, or a call that costs many points would wait for ever.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ports::{Clock, Feedback, Lane, Permit};
use tokio::sync::Notify;

use crate::governor::Ticket;
use crate::instant::between;
use crate::rules::{Leave, Rules, Slots};

#[derive(Debug)]
pub(crate) struct Gate<S> {
    state: Mutex<State<S>>,
    clock: Arc<dyn Clock>,
    /// Told whenever a call has to wait, and when a slot falls idle: news for whoever deals slots out.
    pub(crate) news: Notify,
}

#[derive(Debug)]
pub(crate) struct State<S> {
    pub(crate) rules: Rules<S>,
    waiting: ByLane<VecDeque<Arc<Waiter>>>,
    running: ByLane<u32>,
}

/// One value for each lane.
#[derive(Debug, Default)]
struct ByLane<T> {
    orders: T,
    stock: T,
    bulk: T,
}

#[derive(Debug)]
struct Waiter {
    lane: Lane,
    points: u32,
    wake: Notify,
    /// Its leave, once given.
    ticket: OnceLock<Ticket>,
}

impl<T> ByLane<T> {
    fn of(&mut self, lane: Lane) -> &mut T {
        match lane {
            Lane::Orders => &mut self.orders,
            Lane::Stock => &mut self.stock,
            Lane::Bulk => &mut self.bulk,
        }
    }

    fn each<U>(&self, value: impl Fn(&T) -> U) -> [U; 3] {
        [value(&self.orders), value(&self.stock), value(&self.bulk)]
    }
}

impl<S: Slots> State<S> {
    /// Calls waiting and running, by lane.
    pub(crate) fn demand(&self) -> ([u32; 3], [u32; 3]) {
        let count = |queue: &VecDeque<_>| u32::try_from(queue.len()).unwrap_or(u32::MAX);
        (self.waiting.each(count), self.running.each(|calls| *calls))
    }

    fn first(&self) -> Option<&Arc<Waiter>> {
        let ByLane {
            orders,
            stock,
            bulk,
        } = &self.waiting;
        [orders, stock, bulk].into_iter().find_map(VecDeque::front)
    }

    /// Gives leave to as many as may go. Returns from when on the first of the others may, where time alone decides.
    fn serve(&mut self, now: Timestamp) -> Option<Timestamp> {
        while let Some(first) = self.first() {
            match self.rules.leave(now, first.points) {
                Leave::Now => {}
                Leave::At(at) => return Some(at),
                Leave::AfterACall => return None,
            }
            let (lane, points) = (first.lane, first.points);
            let ticket = self.begin(now, lane, points);
            if let Some(served) = self.waiting.of(lane).pop_front()
                && served.ticket.set(ticket).is_ok()
            {
                served.wake.notify_one();
            }
        }
        None
    }

    /// Serves, and wakes the first in line if it has a clock to watch.
    fn serve_and_tell(&mut self, now: Timestamp) {
        if self.serve(now).is_some()
            && let Some(first) = self.first()
        {
            first.wake.notify_one();
        }
    }

    fn begin(&mut self, now: Timestamp, lane: Lane, points: u32) -> Ticket {
        *self.running.of(lane) += 1;
        self.rules.begin(now, points)
    }

    fn ended(&mut self, lane: Lane) {
        let running = self.running.of(lane);
        *running = running.saturating_sub(1);
    }
}

impl<S: Slots> Gate<S> {
    pub(crate) fn new(rules: Rules<S>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                rules,
                waiting: ByLane::default(),
                running: ByLane::default(),
            }),
            clock,
            news: Notify::new(),
        })
    }

    pub(crate) async fn acquire(self: &Arc<Self>, lane: Lane, points: u32) -> Held<S> {
        let place = match self.enter(lane, points) {
            Ok(held) => return held,
            Err(place) => place,
        };
        loop {
            match place.look() {
                Look::Go(ticket) => return place.leave_with(ticket),
                Look::Wait(None) => place.waiter.wake.notified().await,
                Look::Wait(Some(wait)) => tokio::select! {
                    () = place.waiter.wake.notified() => {}
                    () = self.clock.sleep(wait) => {}
                },
            }
        }
    }

    /// Changes or reads the rules, then lets go whom the change has given leave.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State<S>, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut state = self.lock();
        let answer = change(&mut state, now);
        state.serve_and_tell(now);
        answer
    }

    /// Leave at once if nobody is before us, or a place in the line.
    fn enter(self: &Arc<Self>, lane: Lane, points: u32) -> Result<Held<S>, Place<S>> {
        let now = self.clock.now();
        let mut state = self.lock();
        let is_first = state.first().is_none_or(|first| lane < first.lane);
        if is_first && state.rules.leave(now, points) == Leave::Now {
            let ticket = state.begin(now, lane, points);
            return Ok(Held::new(self, lane, points, ticket));
        }
        let waiter = Arc::new(Waiter {
            lane,
            points,
            wake: Notify::new(),
            ticket: OnceLock::new(),
        });
        state.waiting.of(lane).push_back(Arc::clone(&waiter));
        drop(state);
        self.news.notify_one();
        Err(Place {
            gate: Arc::clone(self),
            waiter,
            is_left: false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State<S>> {
        // Every change to the state is complete before anything can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the line. Dropped, it is given up, and so is the leave that may have just been given.
struct Place<S: Slots> {
    gate: Arc<Gate<S>>,
    waiter: Arc<Waiter>,
    is_left: bool,
}

enum Look {
    Go(Ticket),
    /// Until woken, or for that long.
    Wait(Option<Duration>),
}

impl<S: Slots> Place<S> {
    fn look(&self) -> Look {
        let now = self.gate.clock.now();
        let mut state = self.gate.lock();
        let at = state.serve(now);
        if let Some(ticket) = self.waiter.ticket.get() {
            // Whoever is first now has to know that nobody else watches the clock.
            if at.is_some()
                && let Some(first) = state.first()
            {
                first.wake.notify_one();
            }
            return Look::Go(*ticket);
        }
        let is_first = state
            .first()
            .is_some_and(|first| Arc::ptr_eq(first, &self.waiter));
        Look::Wait(at.filter(|_| is_first).map(|at| between(now, at)))
    }

    fn leave_with(mut self, ticket: Ticket) -> Held<S> {
        self.is_left = true;
        Held::new(&self.gate, self.waiter.lane, self.waiter.points, ticket)
    }
}

impl<S: Slots> Drop for Place<S> {
    fn drop(&mut self) {
        if self.is_left {
            return;
        }
        let Waiter { lane, points, .. } = *self.waiter;
        self.gate.with(|state, now| {
            if let Some(ticket) = self.waiter.ticket.get() {
                state.ended(lane);
                state.rules.cancel(now, *ticket, points);
            } else {
                let queue = state.waiting.of(lane);
                queue.retain(|other| !Arc::ptr_eq(other, &self.waiter));
            }
        });
    }
}

/// Leave for one call, until it is dropped or finished.
pub(crate) struct Held<S: Slots> {
    gate: Arc<Gate<S>>,
    lane: Lane,
    points: u32,
    /// Gone once the call is over.
    ticket: Option<Ticket>,
}

impl<S: Slots> Held<S> {
    fn new(gate: &Arc<Gate<S>>, lane: Lane, points: u32, ticket: Ticket) -> Self {
        Self {
            gate: Arc::clone(gate),
            lane,
            points,
            ticket: Some(ticket),
        }
    }

    fn end(&mut self, feedback: Option<&Feedback>) {
        let Some(ticket) = self.ticket.take() else {
            return;
        };
        let is_idle = self.gate.with(|state, now| {
            state.ended(self.lane);
            state.rules.end(now, ticket, self.points, feedback);
            state.first().is_none()
        });
        if is_idle {
            self.gate.news.notify_one();
        }
    }
}

impl<S: Slots> Permit for Held<S> {
    fn finish(mut self: Box<Self>, feedback: Feedback) {
        self.end(Some(&feedback));
    }
}

impl<S: Slots> Drop for Held<S> {
    fn drop(&mut self) {
        self.end(None);
    }
}
