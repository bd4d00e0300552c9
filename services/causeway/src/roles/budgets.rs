//! One budget per connection, kept while configurations come and go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use budget::{Grant, Limits, LocalBudget, SharedSettings, SharedSlots};
use commerce::ConnectionId;
use ports::{Budget, Clock};
use proto::control::v1::Demand;

/// The budgets of a process.
#[derive(Debug)]
pub(crate) struct Budgets {
    clock: Arc<dyn Clock>,
    alone: bool,
    known: Mutex<HashMap<ConnectionId, (Limits, Kept)>>,
}

#[derive(Debug, Clone)]
enum Kept {
    /// The account is called by this process alone.
    Own(Arc<LocalBudget>),
    /// The account's slots are granted by control.
    Shared(SharedSlots),
}

impl Budgets {
    /// Of a process that calls its accounts alone: it finds their limits itself.
    pub(crate) fn alone(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            alone: true,
            known: Mutex::default(),
        }
    }

    /// Of one process among several: slots are granted by control.
    pub(crate) fn shared(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            alone: false,
            known: Mutex::default(),
        }
    }

    /// The connection's budget; a new one when its limits were configured anew.
    pub(crate) fn of(&self, connection: &ConnectionId, limits: Limits) -> Arc<dyn Budget> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = match known.get(connection) {
            Some((same, kept)) if *same == limits => kept.clone(),
            _ => {
                let clock = Arc::clone(&self.clock);
                let kept = if self.alone || limits.slots.is_none() {
                    Kept::Own(Arc::new(LocalBudget::new(&limits, clock)))
                } else {
                    Kept::Shared(SharedSlots::new(&SharedSettings::default(), &limits, clock))
                };
                known.insert(connection.clone(), (limits, kept.clone()));
                kept
            }
        };
        match kept {
            Kept::Own(budget) => budget,
            Kept::Shared(budget) => Arc::new(budget),
        }
    }

    /// Takes a grant from control.
    pub(crate) fn grant(&self, connection: &str, grant: Grant) {
        if let Some(slots) = self
            .shared_slots()
            .into_iter()
            .find(|(name, _)| name == connection)
        {
            slots.1.set_grant(grant);
        }
    }

    /// Calls of this process running, and how many may, of every account that limits them.
    pub(crate) fn slots(&self) -> Vec<(ConnectionId, u32, u32)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let used = known.iter().filter_map(|(connection, (_, kept))| {
            let (running, slots) = match kept {
                Kept::Own(budget) => {
                    let usage = budget.usage();
                    (usage.running, usage.slots?)
                }
                Kept::Shared(slots) => {
                    let demand = slots.demand();
                    (demand.running, demand.slots)
                }
            };
            Some((connection.clone(), running.iter().sum(), slots))
        });
        used.collect()
    }

    /// What this process wants, has and has learnt since the last time, for control.
    pub(crate) fn demands(&self) -> Vec<Demand> {
        let demand = |(connection, slots): (String, SharedSlots)| {
            let wanted = slots.demand();
            let learnt = slots.drain_feedback();
            Demand {
                connection,
                waiting: wanted.waiting.to_vec(),
                running: wanted.running.to_vec(),
                slots: wanted.slots,
                serial: wanted.serial,
                epoch: learnt.epoch,
                succeeded: learnt.succeeded,
                refused: learnt.refused,
                retry_after: learnt
                    .retry_after
                    .and_then(|wait| prost_types::Duration::try_from(wait).ok()),
            }
        };
        self.shared_slots().into_iter().map(demand).collect()
    }

    /// Returns when a call has begun to wait for a slot, or a slot has fallen idle; never, where nothing is shared.
    pub(crate) async fn news(&self) {
        let slots = self.shared_slots();
        if slots.is_empty() {
            return std::future::pending().await;
        }
        let news: Vec<_> = slots
            .iter()
            .map(|(_, slots)| Box::pin(slots.news()))
            .collect();
        futures_util::future::select_all(news).await;
    }

    fn shared_slots(&self) -> Vec<(String, SharedSlots)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = known
            .iter()
            .filter_map(|(connection, (_, kept))| match kept {
                Kept::Shared(slots) => Some((connection.to_string(), slots.clone())),
                Kept::Own(_) => None,
            });
        shared.collect()
    }
}
