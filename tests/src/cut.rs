//! A process that dies at a chosen step: wrappers around its ledger, queue and sink that stop the world there.

mod budget;
mod ledger;
mod queue;
mod sink;

pub(crate) use budget::CutBudget;
pub(crate) use ledger::CutLedger;
pub(crate) use queue::{CutConsumer, CutPublisher, InHand};
pub(crate) use sink::CutSink;

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// The steps at which a process can be cut down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Half of a page is published.
    MidPublish,
    /// A page is published and confirmed, the cursor not moved.
    BeforeAdvance,
    /// The cursor is moved.
    AfterAdvance,
    /// Intents are stored, nothing else was done.
    AfterClaim,
    /// Everything is ready to be sent.
    BeforeSend,
    /// A request to the target may be sent: between any two requests of a write.
    BeforeRequest,
    /// The target has committed, nobody here knows.
    AfterSend,
    /// Outcomes are stored, no delivery is acknowledged.
    AfterRecord,
    /// Some deliveries of a batch are acknowledged.
    MidSettle,
    /// Not a death: the ledger refuses to store outcomes, once.
    RecordFails,
}

/// Cuts a process down at the n-th time that it comes to a step. Once it is dead, nothing of it goes on.
#[derive(Debug)]
pub struct Knife {
    plan: Option<(Cut, usize)>,
    hits: AtomicUsize,
    dead: watch::Sender<bool>,
}

impl Knife {
    /// Cuts at the `nth` time, from 1, or never.
    #[must_use]
    pub fn new(plan: Option<(Cut, usize)>) -> Self {
        Self {
            plan,
            hits: AtomicUsize::new(0),
            dead: watch::Sender::new(false),
        }
    }

    /// Whether the process is dead.
    #[must_use]
    pub fn has_cut(&self) -> bool {
        *self.dead.borrow()
    }

    /// Returns at once, or never when the process is dead.
    pub(crate) async fn alive(&self) {
        if self.has_cut() {
            std::future::pending().await
        }
    }

    /// Passes the step, or dies there.
    pub(crate) async fn at(&self, cut: Cut) {
        if self.hit(cut) {
            self.dead.send_replace(true);
        }
        self.alive().await;
    }

    /// Whether the step is to fail this time.
    pub(crate) fn fails(&self, cut: Cut) -> bool {
        self.hit(cut)
    }

    fn hit(&self, cut: Cut) -> bool {
        let Some((planned, nth)) = self.plan else {
            return false;
        };
        planned == cut && self.hits.fetch_add(1, Ordering::SeqCst) + 1 == nth
    }

    /// Whether what was planned came to pass.
    pub(crate) fn is_used(&self) -> bool {
        let needed = self.plan.map_or(0, |(_, nth)| nth);
        self.hits.load(Ordering::SeqCst) >= needed
    }
}
