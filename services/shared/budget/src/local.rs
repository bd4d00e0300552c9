//! The budget of an account that only this process calls.

use std::sync::Arc;

use async_trait::async_trait;
use ports::{Budget, Clock, Lane, Permit};

use crate::gate::Gate;
use crate::governor::Governor;
use crate::rules::{Limits, Rules};

/// An account's limits, kept in this process. Cheap to clone; clones share the limits.
#[derive(Debug, Clone)]
pub struct LocalBudget {
    gate: Arc<Gate<Governor>>,
}

/// How an account's slots are used at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Calls waiting, by lane in the order of [`Lane::ALL`].
    pub waiting: [u32; 3],
    /// Calls running, by lane.
    pub running: [u32; 3],
    /// Calls that may run at once; `None` where nothing limits them.
    pub slots: Option<u32>,
}

impl LocalBudget {
    /// A budget with those limits.
    #[must_use]
    pub fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        let rules = Rules::new(limits.slots.as_ref().map(Governor::new), limits);
        Self {
            gate: Gate::new(rules, clock),
        }
    }

    /// How it is used now.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.gate.with(|state, _| {
            let (waiting, running) = state.demand();
            Usage {
                waiting,
                running,
                slots: state.rules.slots.as_ref().map(Governor::limit),
            }
        })
    }
}

#[async_trait]
impl Budget for LocalBudget {
    async fn acquire(&self, lane: Lane, points: u32) -> Box<dyn Permit> {
        Box::new(self.gate.acquire(lane, points).await)
    }
}
