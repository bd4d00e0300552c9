//! The syncs that write to a target, ready to be applied.

use std::collections::HashMap;
use std::sync::Arc;

use commerce::{ConnectionId, Event, Kind, SyncId};
use mapping::Mapping;
use ports::Sync;
use ports::ledger::SyncRef;

/// One sync with its compiled rules.
pub struct Plan {
    /// The sync.
    pub sync: Sync,
    /// Its rules.
    pub mapping: Mapping,
    /// The version of the configuration they are of.
    pub configuration: i64,
    /// Of a stock sync, the syncs that bring orders to where its levels are read; of an order sync, the syncs of the levels that its target
    /// keeps. See [`counterparts`].
    pub counterparts: Vec<SyncId>,
}

/// The syncs among `all` that take from the stock that the sync tells of, or tell of the stock that it takes from.
#[must_use]
pub fn counterparts<'a>(sync: &Sync, all: impl IntoIterator<Item = &'a Sync>) -> Vec<SyncId> {
    let meets = |other: &Sync| match (sync.kind, other.kind) {
        (Kind::Stock, Kind::Order) => other.to == sync.from,
        (Kind::Order, Kind::Stock) => other.from == sync.to,
        _ => false,
    };
    let all = all.into_iter().filter(|other| meets(other));
    all.map(|other| other.id.clone()).collect()
}

impl Plan {
    pub(crate) fn reference(&self) -> SyncRef {
        SyncRef {
            merchant: self.sync.merchant.clone(),
            id: self.sync.id.clone(),
            from: self.sync.from.clone(),
            to: self.sync.to.clone(),
        }
    }
}

/// The syncs of one target by what they take. There is at most one per source connection and kind.
#[derive(Default, Clone)]
pub struct Syncs {
    plans: HashMap<(ConnectionId, Kind), Arc<Plan>>,
}

/// How a plan's records belong together with those of other syncs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relations<'a> {
    /// The sync of the orders that they belong to, where there is one.
    pub(crate) orders: Option<&'a SyncId>,
    /// The sync of the refunds that they belong to, where there is one.
    pub(crate) refunds: Option<&'a SyncId>,
    /// Whether records of other syncs belong to them, and may wait for them.
    pub(crate) is_awaited: bool,
}

impl<'a> Relations<'a> {
    /// The kinds of what they belong to, each with its sync.
    pub(crate) fn needed(&self) -> impl Iterator<Item = (Kind, &'a SyncId)> + use<'a> {
        let all = [(Kind::Order, self.orders), (Kind::Refund, self.refunds)];
        all.into_iter()
            .filter_map(|(kind, sync)| Some((kind, sync?)))
    }
}

impl Syncs {
    /// Adds a sync; a second one for the same source and kind replaces the first.
    pub fn insert(&mut self, plan: Plan) {
        self.plans
            .insert((plan.sync.from.clone(), plan.sync.kind), Arc::new(plan));
    }

    /// How the plan's records belong together with others that go the same way.
    pub(crate) fn relations_of(&self, plan: &Plan) -> Relations<'_> {
        let sync = |kind| {
            let plan = self.plans.get(&(plan.sync.from.clone(), kind))?;
            Some(&plan.sync.id)
        };
        let [orders, refunds, payouts] = [Kind::Order, Kind::Refund, Kind::Payout].map(sync);
        let (orders, refunds, is_awaited) = match plan.sync.kind {
            Kind::Order => (None, None, refunds.or(payouts).is_some()),
            Kind::Refund => (orders, None, payouts.is_some()),
            Kind::Payout => (orders, refunds, false),
            _ => (None, None, false),
        };
        Relations {
            orders,
            refunds,
            is_awaited,
        }
    }

    /// The sync that takes an event.
    #[must_use]
    pub fn of(&self, event: &Event) -> Option<&Arc<Plan>> {
        self.plans.get(&(event.connection.clone(), event.kind()))
    }
}
