//! One life of a process: a runtime of its own with the roles of one phase, on the world's platform.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use budget::LocalBudget;
use commerce::{ConnectionId, Kind};
use mapping::{Mapping, Rules};
use ports::ledger::Holder;
use ports::queue::Route;
use ports::{AuditCalls, Budget, Clock, Connected, Lane, Ledger, Queue, Schedule, Sync, Urgency};
use puller::{Auditor, Backfiller, Puller};
use pusher::{Courier, Plan, Pusher, Syncs, Target, counterparts};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cut::{CutBudget, CutConsumer, CutLedger, CutPublisher, CutSink, InHand};
use crate::platform::Site;
use crate::{Knife, Phase, SimClock, World};

/// Few enough that a phase takes several batches.
const BATCH: usize = 10;
const IN_FLIGHT: usize = 2;

/// Long beside what waits for it: the world's hours are spent waiting for rests to be over, not reading.
const EVERY: Duration = Duration::from_secs(300);

/// A process, as far as this world has any.
pub(crate) struct Incarnation {
    runtime: Runtime,
    tasks: Mutex<JoinSet<()>>,
    stop: CancellationToken,
    /// Looked at by the scenario; what the roles use can be cut.
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) knife: Arc<Knife>,
    pub(crate) in_hand: InHand,
    site: Site,
}

impl Incarnation {
    pub(crate) async fn start(
        world: &World,
        number: usize,
        phase: Phase,
        knife: Arc<Knife>,
    ) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
        let site = world.site.clone();
        let platform = {
            let site = site.clone();
            runtime.spawn(async move { (site.ledger().await, site.queue(clock).await) })
        };
        let (ledger, queue) = platform.await.unwrap();
        let in_hand = InHand::default();
        let stop = CancellationToken::new();
        let guard = |name: &str, inner: Arc<dyn Budget>| -> Arc<dyn Budget> {
            let knife = Arc::clone(&knife);
            if name == phase.ends().1 {
                Arc::new(CutBudget { inner, knife })
            } else {
                inner
            }
        };
        let roles = Roles {
            holder: Holder(format!("process-{number}")),
            clock: world.clock.clone(),
            ledger: Arc::new(CutLedger {
                inner: Arc::clone(&ledger),
                knife: Arc::clone(&knife),
            }),
            queue: Arc::clone(&queue),
            knife: Arc::clone(&knife),
            in_hand: in_hand.clone(),
            stop: stop.clone(),
            configuration: world.version(),
            sync: sync(world, phase),
            all: Phase::ALL.map(|phase| sync(world, phase)).into(),
            connections: ["shop", "netsuite", "shipper"]
                .map(|name| connect_through(world, name, |budget| guard(name, budget)))
                .into(),
        };
        let tasks = runtime.spawn(roles.begin()).await.unwrap();
        Self {
            runtime,
            tasks: Mutex::new(tasks),
            stop,
            ledger,
            queue,
            knife,
            in_hand,
            site,
        }
    }

    /// Runs a look at its ledger or queue in the process.
    pub(crate) async fn within<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        self.runtime.spawn(work).await.unwrap()
    }

    /// Ends its roles in good order.
    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap());
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
    }

    /// Ends it where it stands. The threads of its database live on in this process until they have done what they were last told; a
    /// process that is killed takes them along.
    pub(crate) async fn die(self) {
        let Self {
            runtime,
            tasks,
            ledger,
            queue,
            site,
            ..
        } = self;
        drop((tasks, ledger, queue));
        runtime.shutdown_background();
        site.vacated().await;
    }
}

pub(crate) fn sync(world: &World, phase: Phase) -> Sync {
    let reference = phase.sync(&world.merchant);
    Sync {
        merchant: reference.merchant,
        id: reference.id,
        kind: phase.kind(),
        from: reference.from,
        to: reference.to,
        schedule: Schedule {
            every: EVERY,
            audit: ports::Audit::default(),
        },
        paused: false,
    }
}

pub(crate) fn connect(world: &World, name: &str) -> (ConnectionId, Connected) {
    connect_through(world, name, |budget| budget)
}

fn connect_through(
    world: &World,
    name: &str,
    guard: impl FnOnce(Arc<dyn Budget>) -> Arc<dyn Budget>,
) -> (ConnectionId, Connected) {
    let id = ConnectionId::new(name).unwrap();
    let entry = &world.configuration["connections"][name];
    let endpoint = endpoints::find(entry["endpoint"].as_str().unwrap()).unwrap();
    let settings = &entry["settings"];
    let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
    let limits = (endpoint.limits)(settings).unwrap();
    let budget = guard(Arc::new(LocalBudget::new(&limits, Arc::clone(&clock))));
    let client = http::Client::new(http::Options::default(), budget, clock).unwrap();
    let connected =
        (endpoint.connect)(world.merchant.clone(), id.clone(), settings, client).unwrap();
    (id, connected)
}

/// The rules of a kind's sync.
pub(crate) fn mapping(kind: Kind) -> Mapping {
    let set = if kind == Kind::Order {
        BTreeMap::from([("memo".to_owned(), "\"web order \" + order.number".into())])
    } else {
        BTreeMap::new()
    };
    let rules = Rules {
        set,
        ..Rules::default()
    };
    Mapping::compile(&rules, &BTreeMap::new(), kind).unwrap()
}

struct Roles {
    holder: Holder,
    clock: SimClock,
    ledger: Arc<dyn Ledger>,
    queue: Arc<dyn Queue>,
    knife: Arc<Knife>,
    in_hand: InHand,
    stop: CancellationToken,
    configuration: i64,
    sync: Sync,
    all: Vec<Sync>,
    connections: BTreeMap<ConnectionId, Connected>,
}

impl Roles {
    /// A puller, a backfiller, a pusher per lane and a courier, as the binary would run them.
    async fn begin(mut self) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let (from, to) = (self.sync.from.clone(), self.sync.to.clone());
        let route = Route {
            merchant: self.sync.merchant.clone(),
            from: from.clone(),
            kind: self.sync.kind,
            to: to.clone(),
        };
        self.queue.declare(&[route]).await.unwrap();
        let source = self.connections.remove(&from).unwrap().source.unwrap();
        let connection = puller::Connection {
            merchant: self.sync.merchant.clone(),
            id: from,
            source: Arc::from(source),
            publisher: Arc::new(self.publisher().await),
            ledger: Arc::clone(&self.ledger),
            clock: Arc::new(self.clock.clone()),
            holder: self.holder.clone(),
            lease: puller::LEASE,
        };
        let readers = vec![self.sync.clone()];
        let puller = Puller::live(connection.clone(), self.sync.kind, readers.clone());
        if let Some(auditor) = Auditor::of(&puller, AuditCalls::default()) {
            tasks.spawn(auditor.run(self.stop.clone()));
        }
        let every = self.sync.schedule.every;
        tasks.spawn(puller.run(every, Arc::new(Notify::new()), self.stop.clone()));
        tasks.spawn(Backfiller::new(connection, readers).run(self.stop.clone()));

        // What belongs together is written by one process: refunds ask after their orders, payouts after both, and an order releases them.
        let mut syncs = Syncs::default();
        for sync in self.all.iter().filter(|sync| sync.to == to) {
            syncs.insert(Plan {
                configuration: self.configuration,
                counterparts: counterparts(sync, &self.all),
                sync: sync.clone(),
                mapping: mapping(sync.kind),
            });
        }
        let sink = CutSink {
            inner: self.connections.remove(&to).unwrap().sink.unwrap(),
            knife: Arc::clone(&self.knife),
        };
        let target = Target {
            merchant: self.sync.merchant.clone(),
            id: to.clone(),
            sink: Arc::new(sink),
            ledger: Arc::clone(&self.ledger),
            clock: Arc::new(self.clock.clone()),
            holder: self.holder.clone(),
            claim: pusher::CLAIM,
        };
        let lanes: BTreeSet<Lane> = Urgency::lanes(self.sync.kind).collect();
        for lane in lanes {
            let consumer = CutConsumer {
                inner: self
                    .queue
                    .consumer(&self.sync.merchant, &to, lane, 50)
                    .await
                    .unwrap(),
                knife: Arc::clone(&self.knife),
                in_hand: self.in_hand.clone(),
            };
            let pusher = Pusher::new(target.clone(), syncs.clone(), BATCH, IN_FLIGHT);
            tasks.spawn(pusher.run(Box::new(consumer), self.stop.clone()));
        }
        let courier = Courier {
            merchant: self.sync.merchant.clone(),
            ledger: Arc::clone(&self.ledger),
            publisher: Arc::new(self.publisher().await),
            clock: Arc::new(self.clock.clone()),
            sources: (self.all.iter())
                .map(|sync| (sync.id.clone(), sync.from.clone()))
                .collect(),
        };
        tasks.spawn(courier.run(self.stop.clone()));
        tasks
    }

    async fn publisher(&self) -> CutPublisher {
        CutPublisher {
            inner: self.queue.publisher().await.unwrap(),
            knife: Arc::clone(&self.knife),
        }
    }
}
