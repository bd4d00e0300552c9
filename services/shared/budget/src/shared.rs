//! A worker's part in an account that several processes call.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ports::{Budget, Clock, Lane, Permit};

use crate::allocator::Demand;
use crate::gate::Gate;
use crate::grant::{Grant, Granted, Outcomes};

use crate::rules::{Limits, Rules};

/// How a worker behaves when nothing is heard from whoever grants slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedSettings {
    /// How long the last grant holds; then one slot is left. Default 60 s.
    pub keep: Duration,
}

impl Default for SharedSettings {
    fn default() -> Self {
        Self {
            keep: Duration::from_secs(60),
        }
    }
}

/// A budget whose slots are granted from outside, by a [`Pool`](crate::Pool). Before the first grant it has one slot. Points and rates are
/// kept here: replies tell every worker how the account's bucket stands. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SharedSlots {
    gate: Arc<Gate<Granted>>,
}

impl SharedSlots {
    /// A worker's budget. The slot settings in the limits belong to the pool and are not used here.
    #[must_use]
    pub fn new(settings: &SharedSettings, limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        let rules = Rules::new(Some(Granted::new(settings.keep)), limits);
        Self {
            gate: Gate::new(rules, clock),
        }
    }

    /// Takes a grant, or confirms the one it has. Fewer slots than are in use take effect as calls end.
    pub fn set_grant(&self, grant: Grant) {
        self.gate.with(|state, now| {
            if let Some(slots) = &mut state.rules.slots {
                slots.set(now, grant);
            }
        });
    }

    /// What it wants and has, for the pool.
    #[must_use]
    pub fn demand(&self) -> Demand {
        self.gate.with(|state, now| {
            let (waiting, running) = state.demand();
            let slots = state.rules.slots.as_ref();
            Demand {
                waiting,
                running,
                slots: slots.map_or(0, |slots| slots.allowed(now)),
                serial: slots.map_or(0, |slots| slots.grant().serial),
            }
        })
    }

    /// What the calls since the last time taught, for the pool.
    #[must_use]
    pub fn drain_feedback(&self) -> Outcomes {
        self.gate.with(|state, _| {
            let slots = state.rules.slots.as_mut();
            slots.map(Granted::drain).unwrap_or_default()
        })
    }

    /// Returns when a call has begun to wait, or a slot has fallen idle, since the last time: worth telling the pool at once, for another
    /// worker may wait for just that slot.
    pub async fn news(&self) {
        self.gate.news.notified().await;
    }
}

#[async_trait]
impl Budget for SharedSlots {
    async fn acquire(&self, lane: Lane, points: u32) -> Box<dyn Permit> {
        Box::new(self.gate.acquire(lane, points).await)
    }
}
