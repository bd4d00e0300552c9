//! A pusher on a real ledger, between deliveries made by hand and a sink that answers as told.

use std::collections::{BTreeMap, HashMap, VecDeque};
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
    Attempt, AuditCalls, Clock, Consumer, Delivery, Effect, Fault, Ledger, Looks, Publisher,
    QueueError, Register, Schedule, Settlement, Sink, Standing, Sync, Twin, Urgency, Write,
    Written,
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

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

/// Answers with the faults it was given, record by record; then with success.
#[derive(Default)]
pub(crate) struct StubSink {
    faults: Mutex<HashMap<String, VecDeque<Fault>>>,
    landed: Mutex<HashMap<String, Option<String>>>,
    written: Mutex<Vec<(String, bool)>>,
    located: Mutex<Vec<String>>,
    shown: Mutex<Vec<String>>,
    gate: Mutex<Option<Arc<Gate>>>,
}

/// Where a write stands still until it may go on.
#[derive(Default)]
pub(crate) struct Gate {
    pub(crate) reached: Notify,
    pub(crate) open: Notify,
}

impl StubSink {
    /// The next write stands still there.
    pub(crate) fn stop_at(&self, gate: &Arc<Gate>) {
        *self.gate.lock().unwrap() = Some(Arc::clone(gate));
    }

    /// The records that it was shown, in order.
    pub(crate) fn shown(&self) -> Vec<String> {
        std::mem::take(&mut *self.shown.lock().unwrap())
    }

    pub(crate) fn fail(&self, id: &str, fault: Fault) {
        let mut faults = self.faults.lock().unwrap();
        faults.entry(id.to_owned()).or_default().push_back(fault);
    }

    /// An earlier write of that record will be found.
    pub(crate) fn has(&self, id: &str) {
        self.landed.lock().unwrap().insert(id.to_owned(), None);
    }

    /// An earlier write of that record will be found, and does not fit.
    pub(crate) fn has_wrong(&self, id: &str, discrepancy: &str) {
        let mut landed = self.landed.lock().unwrap();
        landed.insert(id.to_owned(), Some(discrepancy.to_owned()));
    }

    /// The records that it was asked to write, in order.
    pub(crate) fn written(&self) -> Vec<String> {
        let written = self.written.lock().unwrap();
        written.iter().map(|(id, _)| id.clone()).collect()
    }

    /// Those that it was asked to change, since they were there.
    pub(crate) fn changed(&self) -> Vec<String> {
        let written = self.written.lock().unwrap();
        let changed = written.iter().filter(|(_, bound)| *bound);
        changed.map(|(id, _)| id.clone()).collect()
    }

    pub(crate) fn located(&self) -> Vec<String> {
        self.located.lock().unwrap().clone()
    }
}

fn twin(id: &str) -> Twin {
    Twin {
        id: ExternalId::new(format!("9{id}")).unwrap(),
        number: None,
    }
}

#[async_trait]
impl Sink for StubSink {
    fn kinds(&self) -> &[Kind] {
        &[Kind::Order]
    }

    fn batch_size(&self, _kind: Kind) -> usize {
        2
    }

    fn register(&self, _kind: Kind) -> Option<Register<'_>> {
        Some(Register::Looks(self))
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let gate = self.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            gate.reached.notify_one();
            gate.open.notified().await;
        }
        let answer = |write: &Write| {
            let id = write.event.external_id.to_string();
            let bound = write.bound.is_some();
            self.written.lock().unwrap().push((id.clone(), bound));
            let mut faults = self.faults.lock().unwrap();
            let fault = faults.get_mut(&id).and_then(VecDeque::pop_front);
            let written = Written {
                twin: twin(&id),
                effect: Effect::Created,
                discrepancy: None,
            };
            Attempt {
                result: fault.map_or(Ok(written), Err),
                exchanges: Vec::new(),
            }
        };
        writes.iter().map(answer).collect()
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let answer = |write: &Write| {
            let id = write.event.external_id.to_string();
            self.located.lock().unwrap().push(id.clone());
            let landed = self.landed.lock().unwrap().get(&id).cloned();
            Ok(landed.map(|discrepancy| Written {
                twin: twin(&id),
                effect: Effect::AlreadyThere,
                discrepancy,
            }))
        };
        writes.iter().map(answer).collect()
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
        let start = "2026-03-10T12:00:00Z".parse().unwrap();
        Self {
            clock: StillClock(Arc::new(watch::Sender::new(start))),
            sink: Arc::default(),
            ledger: ledger::open("sqlite::memory:").await.unwrap(),
            merchant: MerchantId::default(),
            holder: Holder("one".to_owned()),
            rules: Rules::default(),
            paused: false,
            ends: ["shop", "netsuite"],
        }
    }

    /// Another one on the same ledger, in the other direction.
    pub(crate) fn back(&self) -> Self {
        let [from, to] = self.ends;
        Self {
            clock: self.clock.clone(),
            sink: Arc::default(),
            ledger: Arc::clone(&self.ledger),
            merchant: self.merchant.clone(),
            holder: self.holder.clone(),
            rules: Rules::default(),
            paused: false,
            ends: [to, from],
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

#[async_trait]
impl Looks for StubSink {
    fn most(&self, _kind: Kind) -> usize {
        2
    }

    /// As told by faults: one that is held differs, one that is missing is gone.
    async fn look(&self, writes: &[Write], _settled: Timestamp) -> Vec<Result<Standing, Fault>> {
        let answer = |write: &Write| {
            let id = write.event.external_id.to_string();
            self.shown.lock().unwrap().push(id.clone());
            let mut faults = self.faults.lock().unwrap();
            let fault = faults.get_mut(&id).and_then(VecDeque::pop_front);
            fault.map_or(Ok(Standing::Held), Err)
        };
        writes.iter().map(answer).collect()
    }
}
