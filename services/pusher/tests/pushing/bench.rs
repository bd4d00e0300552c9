//! A pusher on a real ledger, between deliveries made by hand and a sink that answers as told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use causeway_pusher::{CLAIM, Courier, Inspected, Inspector, Plan, Pusher, Syncs, Target};
use commerce::{ConnectionId, Event, ExternalId, Kind, MerchantId, RecordKey, SyncId};
use jiff::Timestamp;
use mapping::{Mapping, Rules};
use ports::ledger::{Holder, RecordRef, RecordRow};
use ports::queue::{Receipt, Undecodable};
use ports::{
    AuditCalls, Clock, Consumer, Delivery, Ledger, Publisher, QueueError, Schedule, Settlement,
    Sync, Urgency,
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::sink::StubSink;

/// Time that stands until it is moved.
#[derive(Debug, Clone)]
pub(crate) struct StillClock(Arc<watch::Sender<Timestamp>>);

impl StillClock {
    pub(crate) fn pass(&self, seconds: u64) {
        self.0
            .send_modify(|now| *now += Duration::from_secs(seconds));
    }
}

#[async_trait]
impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        let due = self.now() + duration;
        let mut time = self.0.subscribe();
        time.wait_for(|now| *now >= due).await.unwrap();
    }
}

/// Takes what the courier brings.
#[derive(Default)]
pub(crate) struct Outbound(Mutex<Vec<Event>>, Notify);

#[async_trait]
impl Publisher for Outbound {
    async fn publish(&self, events: &[Event], _urgency: Urgency) -> Result<(), QueueError> {
        self.0.lock().unwrap().extend_from_slice(events);
        self.1.notify_one();
        Ok(())
    }
}

/// Gives one batch, then nothing more.
struct Once(Option<Vec<Delivery>>);

#[async_trait]
impl Consumer for Once {
    async fn next(&mut self, _most: usize) -> Result<Vec<Delivery>, QueueError> {
        match self.0.take() {
            Some(deliveries) => Ok(deliveries),
            None => std::future::pending().await,
        }
    }
}

type Ends = Arc<watch::Sender<BTreeMap<usize, Settlement>>>;

struct Noted(usize, Ends);

#[async_trait]
impl Receipt for Noted {
    async fn settle(self: Box<Self>, how: Settlement) -> Result<(), QueueError> {
        self.1.send_modify(|ends| {
            ends.insert(self.0, how);
        });
        Ok(())
    }
}

pub(crate) struct Bench {
    pub(crate) clock: StillClock,
    pub(crate) sink: Arc<StubSink>,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) merchant: MerchantId,
    pub(crate) holder: Holder,
    pub(crate) rules: Rules,
    pub(crate) paused: bool,
    /// From where to where.
    pub(crate) ends: [&'static str; 2],
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let ledger = ledger::open("sqlite::memory:").await.unwrap();
        let start = "2026-03-10T12:00:00Z".parse().unwrap();
        let clock = StillClock(Arc::new(watch::Sender::new(start)));
        Self::between(["shop", "netsuite"], ledger, clock)
    }

    /// Another one on the same ledger, in the other direction.
    pub(crate) fn back(&self) -> Self {
        let [from, to] = self.ends;
        Self::between([to, from], Arc::clone(&self.ledger), self.clock.clone())
    }

    fn between(ends: [&'static str; 2], ledger: Arc<dyn Ledger>, clock: StillClock) -> Self {
        Self {
            clock,
            sink: Arc::default(),
            ledger,
            merchant: MerchantId::default(),
            holder: Holder("one".to_owned()),
            rules: Rules::default(),
            paused: false,
            ends,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn plan(&self, id: &str, kind: Kind) -> Plan {
        let rules = match kind {
            Kind::Order => self.rules.clone(),
            _ => Rules::default(),
        };
        let [from, to] = self.ends;
        let counterparts = match kind {
            Kind::Order => vec![SyncId::new("levels").unwrap()],
            Kind::Stock => vec![SyncId::new("orders").unwrap()],
            _ => Vec::new(),
        };
        Plan {
            counterparts,
            sync: Sync {
                merchant: self.merchant.clone(),
                id: SyncId::new(id).unwrap(),
                kind,
                from: ConnectionId::new(from).unwrap(),
                to: ConnectionId::new(to).unwrap(),
                schedule: Schedule {
                    every: Duration::from_secs(60),
                    audit: ports::Audit::default(),
                },
                paused: self.paused,
            },
            mapping: Mapping::compile(&rules, &BTreeMap::new(), kind).unwrap(),
            configuration: 1,
        }
    }

    /// Delivers events; how each delivery ended.
    pub(crate) async fn push(&self, events: Vec<Event>) -> Vec<Settlement> {
        self.deliver(
            events
                .into_iter()
                .map(|event| Ok(Box::new(event)))
                .collect(),
        )
        .await
    }

    pub(crate) async fn deliver(
        &self,
        messages: Vec<Result<Box<Event>, Undecodable>>,
    ) -> Vec<Settlement> {
        let ends: Ends = Arc::default();
        let count = messages.len();
        let deliveries = messages
            .into_iter()
            .enumerate()
            .map(|(place, message)| {
                Delivery::new(message, 0, Box::new(Noted(place, Arc::clone(&ends))))
            })
            .collect();
        let mut syncs = Syncs::default();
        syncs.insert(self.plan("orders", Kind::Order));
        syncs.insert(self.plan("refunds", Kind::Refund));
        syncs.insert(self.plan("payouts", Kind::Payout));
        syncs.insert(self.plan("levels", Kind::Stock));
        let target = self.target();
        let stop = CancellationToken::new();
        let pusher = Pusher::new(target, syncs, 100, 1);
        let running = tokio::spawn(pusher.run(Box::new(Once(Some(deliveries))), stop.clone()));
        let mut watched = ends.subscribe();
        watched.wait_for(|ends| ends.len() == count).await.unwrap();
        stop.cancel();
        running.await.unwrap();
        ends.borrow().values().cloned().collect()
    }

    fn target(&self) -> Target {
        let [_, to] = self.ends;
        Target {
            merchant: self.merchant.clone(),
            id: ConnectionId::new(to).unwrap(),
            sink: self.sink.clone(),
            ledger: Arc::clone(&self.ledger),
            clock: Arc::new(self.clock.clone()),
            holder: self.holder.clone(),
            claim: CLAIM,
        }
    }

    /// An inspector of the orders.
    pub(crate) fn inspector(&self, calls: &AuditCalls) -> Inspector {
        let Plan { sync, mapping, .. } = self.plan("orders", Kind::Order);
        let inspected = vec![Inspected { sync, mapping }];
        Inspector::of(&self.target(), inspected, calls.clone()).unwrap()
    }

    /// What the courier brings from the outbox.
    pub(crate) async fn carried(&self) -> Vec<Event> {
        let outbound = Arc::new(Outbound::default());
        let courier = Courier {
            merchant: self.merchant.clone(),
            ledger: Arc::clone(&self.ledger),
            publisher: outbound.clone(),
            clock: Arc::new(self.clock.clone()),
            sources: Default::default(),
        };
        let stop = CancellationToken::new();
        let running = tokio::spawn(courier.run(stop.clone()));
        outbound.1.notified().await;
        stop.cancel();
        running.await.unwrap();
        std::mem::take(&mut *outbound.0.lock().unwrap())
    }

    pub(crate) fn reference(id: &str) -> RecordRef {
        RecordRef {
            sync: SyncId::new("orders").unwrap(),
            key: RecordKey {
                kind: Kind::Order,
                id: ExternalId::new(id).unwrap(),
            },
        }
    }

    /// Where an order stands.
    pub(crate) async fn row(&self, id: &str) -> RecordRow {
        self.row_of(&Self::reference(id)).await
    }

    /// Where a refund stands.
    pub(crate) async fn refund_row(&self, id: &str) -> RecordRow {
        let key = RecordKey {
            kind: Kind::Refund,
            id: ExternalId::new(id).unwrap(),
        };
        let sync = SyncId::new("refunds").unwrap();
        self.row_of(&RecordRef { sync, key }).await
    }

    pub(crate) async fn row_of(&self, record: &RecordRef) -> RecordRow {
        let found = self.ledger.record_of(&self.merchant, record).await;
        found.unwrap().unwrap().0
    }
}
