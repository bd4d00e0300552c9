//! One merchant's world: a sandbox, the files of the embedded platform, and processes that come and go on them.

use std::sync::Arc;
use std::time::Duration;

use commerce::{ConnectionId, Kind, MerchantId, SyncId};
use ports::ledger::{Backfill, BackfillScope, BackfillState, RecordRow, SyncRef};
use ports::{Clock as _, Ledger, Status, SystemClock, Window};
use sandbox::netsuite::Shift;
use sandbox::{Options, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::incarnation::Incarnation;
use crate::{Cut, Knife, SimClock, compare, configuration, leftovers, open_intents, records};

/// Time that passes at each look while nothing is in hand: rests and schedules are over soon.
const IDLE: Duration = Duration::from_secs(1);
/// Time that passes at each look while work is going on: far too little to run out of a claim.
const BUSY: Duration = Duration::from_millis(50);
/// Real time between two looks.
const LOOK: Duration = Duration::from_millis(4);
/// The most of the world's time that a phase may take.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// What is being moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Orders, from the shop to NetSuite.
    Orders,
    /// Shipments, from NetSuite to the shop.
    Shipments,
    /// Stock levels, from NetSuite to the shop.
    Stock,
}

impl Phase {
    /// Every phase, in the order in which they happen.
    pub const ALL: [Self; 3] = [Self::Orders, Self::Shipments, Self::Stock];

    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Orders => Kind::Order,
            Self::Shipments => Kind::Fulfilment,
            Self::Stock => Kind::Stock,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Shipments => "shipments",
            Self::Stock => "stock",
        }
    }

    pub(crate) const fn ends(self) -> (&'static str, &'static str) {
        match self {
            Self::Orders => ("shop", "netsuite"),
            Self::Shipments | Self::Stock => ("netsuite", "shop"),
        }
    }

    pub(crate) fn sync(self, merchant: &MerchantId) -> SyncRef {
        let (from, to) = self.ends();
        SyncRef {
            merchant: merchant.clone(),
            id: SyncId::new(self.name()).unwrap(),
            from: ConnectionId::new(from).unwrap(),
            to: ConnectionId::new(to).unwrap(),
        }
    }
}

/// One merchant's world.
pub struct World {
    /// Both sides.
    pub sandbox: Sandbox,
    /// Everybody's time.
    pub clock: SimClock,
    pub(crate) merchant: MerchantId,
    pub(crate) configuration: Value,
    pub(crate) folder: TempDir,
    processes: usize,
}

impl World {
    /// A world whose shop has so many orders from its past.
    pub async fn new(orders: u32, change: impl FnOnce(&mut Options)) -> Self {
        let clock = SimClock::at("2026-03-10T12:00:00Z");
        let mut options = Options {
            seed: 11,
            orders,
            clock: clock.for_sandbox(),
            ..Options::default()
        };
        options.shopify.settings.bucket = None;
        options.netsuite.settings.concurrency = 15;
        options.netsuite.settings.lock_after = 0;
        change(&mut options);
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self {
            configuration: configuration(&sandbox, folder.path(), "main"),
            merchant: MerchantId::default(),
            sandbox,
            clock,
            folder,
            processes: 0,
        }
    }

    /// Brings a phase to its end, through the deaths that are planned: the first process dies as the first plan says, and so on; the last
    /// one lives. Each plan has to come true.
    pub async fn run(&mut self, phase: Phase, plans: &[(Cut, usize)]) {
        for plan in plans {
            let process = self.start(phase, Some(*plan)).await;
            let finished = self.drive(&process, phase).await;
            assert!(
                process.knife.is_used(),
                "{phase:?} ended before {plan:?} came to pass"
            );
            if finished {
                self.end(process).await;
            } else {
                process.die();
                self.clock.pass(pusher::CLAIM + Duration::from_secs(1));
            }
        }
        let process = self.start(phase, None).await;
        assert!(self.drive(&process, phase).await);
        self.end(process).await;
    }

    /// Lets the warehouse ship what is pending, some of it in parts, and count its shelves.
    pub fn work_in_the_warehouse(&self) {
        let netsuite = self.sandbox.netsuite();
        assert!(!netsuite.ship_pending(Shift::default()).is_empty());
        self.clock.pass(Duration::from_secs(90));
        netsuite.ship_pending(Shift::default());
        netsuite.count_stock(25);
        self.clock.pass(Duration::from_secs(90));
    }

    /// Reads everything of a phase once more, and brings it to its end.
    pub async fn run_again(&mut self, phase: Phase) {
        let process = self.start(phase, None).await;
        let job = Backfill {
            id: "again".to_owned(),
            connection: phase.sync(&self.merchant).from,
            kind: phase.kind(),
            scope: BackfillScope::Window(Window {
                from: "2025-12-01T00:00:00Z".parse().unwrap(),
                to: "2030-01-01T00:00:00Z".parse().unwrap(),
            }),
            state: BackfillState::Running,
            expected: None,
            published: 0,
        };
        let (ledger, merchant) = (Arc::clone(&process.ledger), self.merchant.clone());
        let stored = process.within(async move { ledger.put_backfill(&merchant, &job).await });
        stored.await.unwrap();
        let begun = self.clock.now();
        loop {
            let (ledger, merchant) = (Arc::clone(&process.ledger), self.merchant.clone());
            let all = process.within(async move { ledger.backfills(&merchant).await });
            let all = all.await.unwrap();
            if all.iter().all(|one| one.state == BackfillState::Finished) {
                assert!(all.iter().all(|one| one.published > 0), "{all:?}");
                break;
            }
            self.look(&process, begun, || format!("{all:?}")).await;
        }
        assert!(self.drive(&process, phase).await);
        self.end(process).await;
    }

    async fn start(&mut self, phase: Phase, plan: Option<(Cut, usize)>) -> Incarnation {
        self.processes += 1;
        Incarnation::start(self, self.processes, phase, Arc::new(Knife::new(plan))).await
    }

    /// Lets time pass until the phase is at its end, or the process dies before.
    async fn drive(&self, process: &Incarnation, phase: Phase) -> bool {
        let begun = self.clock.now();
        loop {
            if process.knife.has_cut() {
                return false;
            }
            let left = self.left(process, phase).await;
            if left.is_empty() {
                return true;
            }
            self.look(process, begun, || left.join("\n")).await;
        }
    }

    async fn look(&self, process: &Incarnation, begun: jiff::Timestamp, left: impl Fn() -> String) {
        let time = if process.in_hand.is_empty() { IDLE } else { BUSY };
        self.clock.pass(time);
        assert!(
            self.clock.now() < begun + PATIENCE,
            "no end after {PATIENCE:?}:\n{}",
            left()
        );
        SystemClock.sleep(LOOK).await;
    }

    /// What is left to do in a phase, in words.
    async fn left(&self, process: &Incarnation, phase: Phase) -> Vec<String> {
        let (ledger, queue) = (Arc::clone(&process.ledger), Arc::clone(&process.queue));
        let (merchant, sync) = (self.merchant.clone(), phase.sync(&self.merchant));
        let work = async move {
            let left = leftovers(&*ledger, &*queue, &merchant).await;
            (left, records(&*ledger, &merchant, &sync.id).await.len())
        };
        let (mut left, seen) = process.within(work).await;
        if !process.in_hand.is_empty() {
            left.push("deliveries in hand".to_owned());
        }
        match phase {
            Phase::Orders => {
                let all = self.sandbox.shopify().orders().len();
                if seen < all {
                    left.push(format!("{seen} of {all} orders seen"));
                }
            }
            Phase::Shipments => {
                let shipments = self.sandbox.netsuite().shipments();
                let all = shipments.iter().filter(|one| one.order_key.is_some()).count();
                if seen < all {
                    left.push(format!("{seen} of {all} shipments seen"));
                }
            }
            Phase::Stock => left.extend(compare::stock(&self.sandbox)),
        }
        left
    }

    async fn end(&self, process: Incarnation) {
        process.stop().await;
        process.die();
    }

    /// What differs between the sides' orders, and orders that stand elsewhere than they should. Those that want an item which NetSuite
    /// does not sell (the shop's gift wrapping) have to wait, and there are some.
    pub async fn order_differences(&self) -> Vec<String> {
        let mut waiting = Vec::new();
        let mut differences = Vec::new();
        for row in self.rows(Phase::Orders).await {
            let reason = row.reason.unwrap_or_default();
            match row.status {
                Status::Synced | Status::Unchanged | Status::Skipped => {}
                Status::Waiting if reason.ends_with("item:WRAP") => waiting.push(row.number),
                status => differences.push(format!("{}: {}: {reason}", row.number, status.as_str())),
            }
        }
        if waiting.is_empty() {
            differences.push("no order waits for its gift wrapping".to_owned());
        }
        differences.extend(compare::orders(&self.sandbox, "shop", &waiting));
        differences
    }

    async fn rows(&self, phase: Phase) -> Vec<RecordRow> {
        let ledger = self.ledger().await;
        let sync = phase.sync(&self.merchant);
        records(&*ledger, &self.merchant, &sync.id).await
    }

    async fn ledger(&self) -> Arc<dyn Ledger> {
        let file = self.folder.path().join("causeway.db");
        let url = format!("sqlite://{}", file.display());
        ledger::open(&url).await.unwrap()
    }

    /// Ends the world: no intent may be left open, in any sync.
    pub async fn finish(self) {
        let ledger = self.ledger().await;
        for phase in Phase::ALL {
            let sync = phase.sync(&self.merchant);
            let open = open_intents(&*ledger, &sync, self.clock.now()).await;
            assert!(open.is_empty(), "intents left open:\n{}", open.join("\n"));
        }
        self.sandbox.stop().await;
    }
}
