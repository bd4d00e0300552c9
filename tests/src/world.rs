//! One merchant's world: a sandbox, a place on a platform, and processes that come and go there.

use std::sync::Arc;
use std::time::Duration;

use commerce::{ConnectionId, Kind, MerchantId, SyncId};
use ports::ledger::{Backfill, BackfillScope, BackfillState, RecordRow, Selection, SyncRef};
use ports::{Clock as _, Ledger, Status, SystemClock, Window};
use sandbox::netsuite::Shift;
use sandbox::{Options, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::incarnation::Incarnation;
use crate::pace::{BUSY, LOOK, Pace};
use crate::platform::Site;
use crate::{Cut, Knife, Platform, SimClock, compare, configuration, open_intents, records};

mod unfinished;

/// The most processes that end with messages left at the broker.
const REPEATS: usize = 5;
/// The most real time that a phase, or the end of a process, may take.
const TOO_LONG: Duration = Duration::from_secs(120);

/// What is being moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Orders, from the shop to NetSuite.
    Orders,
    /// Shipments, from NetSuite to the shop.
    Shipments,
    /// Stock levels, from NetSuite to the shop.
    Stock,
    /// Refunds, from the shop to NetSuite.
    Refunds,
    /// Products, from NetSuite to the shop.
    Products,
    /// Prices, from NetSuite to the shop.
    Prices,
    /// Sales orders called off, from NetSuite to the shop.
    Cancellations,
    /// Refunds, from NetSuite to the shop.
    Credits,
    /// Customers, from the shop to NetSuite.
    Customers,
    /// Companies, from the shop to NetSuite.
    Companies,
    /// Payouts, from the shop to NetSuite.
    Payouts,
    /// Orders to be sent, from NetSuite to the shipping software.
    ShippingOrders,
    /// What was sent, from the shipping software to NetSuite.
    Deliveries,
}

impl Phase {
    /// Every phase, in the order in which they happen.
    pub const ALL: [Self; 13] = [
        Self::Orders,
        Self::Shipments,
        Self::Stock,
        Self::Refunds,
        Self::Products,
        Self::Prices,
        Self::Cancellations,
        Self::Credits,
        Self::Customers,
        Self::Companies,
        Self::Payouts,
        Self::ShippingOrders,
        Self::Deliveries,
    ];

    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Orders => Kind::Order,
            Self::Shipments | Self::Deliveries => Kind::Fulfilment,
            Self::Stock => Kind::Stock,
            Self::Refunds | Self::Credits => Kind::Refund,
            Self::Products => Kind::Product,
            Self::Prices => Kind::Price,
            Self::Cancellations => Kind::Cancellation,
            Self::Customers => Kind::Customer,
            Self::Companies => Kind::Company,
            Self::Payouts => Kind::Payout,
            Self::ShippingOrders => Kind::ShippingOrder,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Shipments => "shipments",
            Self::Stock => "stock",
            Self::Refunds => "refunds",
            Self::Products => "products",
            Self::Prices => "prices",
            Self::Cancellations => "cancellations",
            Self::Credits => "credits",
            Self::Customers => "customers",
            Self::Companies => "companies",
            Self::Payouts => "payouts",
            Self::ShippingOrders => "shipping-orders",
            Self::Deliveries => "deliveries",
        }
    }

    pub(crate) const fn ends(self) -> (&'static str, &'static str) {
        match self {
            Self::Orders | Self::Refunds | Self::Customers | Self::Companies | Self::Payouts => {
                ("shop", "netsuite")
            }
            Self::Shipments
            | Self::Stock
            | Self::Products
            | Self::Prices
            | Self::Cancellations
            | Self::Credits => ("netsuite", "shop"),
            Self::ShippingOrders => ("netsuite", "shipper"),
            Self::Deliveries => ("shipper", "netsuite"),
        }
    }

    /// The sync that moves it.
    #[must_use]
    pub fn sync(self, merchant: &MerchantId) -> SyncRef {
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
    /// Whether the shop may show other levels than NetSuite at the end of a phase, and levels may be left to be read anew.
    pub stock_may_differ: bool,
    /// Whether what is on its way to the other side than a phase's may wait until a phase of that side: released by time, it comes whenever.
    pub others_may_wait: bool,
    pub(crate) merchant: MerchantId,
    pub(crate) configuration: Value,
    pub(crate) site: Site,
    pub(crate) folder: TempDir,
    processes: usize,
    /// The configurations that processes were started with, in order.
    pub(crate) versions: Vec<Value>,
}

impl World {
    /// A world on the embedded platform whose shop has so many orders from its past.
    pub async fn new(orders: u32, change: impl FnOnce(&mut Options)) -> Self {
        Self::on(&Platform::Embedded, orders, change).await
    }

    /// A world on that platform whose shop has so many orders from its past.
    pub async fn on(platform: &Platform, orders: u32, change: impl FnOnce(&mut Options)) -> Self {
        let clock = SimClock::at("2026-03-10T12:00:00Z");
        let mut options = Options {
            seed: 11,
            orders,
            clock: clock.for_sandbox(),
            ..Options::default()
        };
        // Everything can come through: what a person would have to settle first is not what is tried here.
        options.shopify.worked_by_hand = false;
        options.shopify.settings.bucket = None;
        options.shipstation.per_minute = None;
        options.netsuite.settings.concurrency = 15;
        options.netsuite.settings.lock_after = 0;
        change(&mut options);
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let site = platform.site(folder.path()).await;
        Self {
            configuration: configuration(&sandbox, folder.path(), site.merchant.as_str()),
            merchant: site.merchant.clone(),
            sandbox,
            clock,
            site,
            folder,
            processes: 0,
            versions: Vec::new(),
            stock_may_differ: false,
            others_may_wait: false,
        }
    }

    /// The configuration, to be changed before the first process starts.
    pub const fn configuration_mut(&mut self) -> &mut Value {
        &mut self.configuration
    }

    /// From here on refunds are records of their own, and orders are told as they were placed.
    pub fn keep_refunds_apart(&mut self) {
        let places = self.sandbox.catalogue().locations.iter();
        let locations: serde_json::Map<String, Value> = places
            .map(|place| (place.shopify_id.to_string(), place.netsuite_id.into()))
            .collect();
        let connections = &mut self.configuration["connections"];
        connections["shop"]["settings"]["refunds"] = "separate".into();
        connections["netsuite"]["settings"]["refunds"] =
            serde_json::json!({ "adjustment_item": 903, "locations": locations });
    }

    /// From here on a connection has that setting.
    pub fn setting(&mut self, connection: &str, name: &str, value: Value) {
        self.configuration["connections"][connection]["settings"][name] = value;
    }

    /// From here on orders have that setting in NetSuite.
    pub fn setting_of_orders(&mut self, name: &str, value: Value) {
        self.configuration["connections"]["netsuite"]["settings"]["orders"][name] = value;
    }

    /// A person retries every record of a phase in that status.
    pub async fn retry(&self, phase: Phase, status: Status) {
        let sync = phase.sync(&self.merchant).id;
        let all = Selection::AllIn { sync, status };
        let (ledger, now) = (self.ledger().await, self.clock.now());
        let requeued = ledger.requeue(&self.merchant, &all, "somebody", now).await;
        assert!(requeued.unwrap() > 0);
    }

    /// From here on orders are written by these settings, too.
    pub fn set_orders(&mut self, settings: &Value) {
        let orders = &mut self.configuration["connections"]["netsuite"]["settings"]["orders"];
        for (name, value) in settings.as_object().unwrap() {
            orders[name] = value.clone();
        }
    }

    /// The settings of a connection, to be changed before it is used.
    pub fn settings(&mut self, connection: &str) -> &mut Value {
        &mut self.configuration["connections"][connection]["settings"]
    }

    /// Brings a phase to its end, through the deaths that are planned: the first process dies as the first plan says, and so on; the last
    /// one lives. Each plan has to come true.
    pub async fn run(&mut self, phase: Phase, plans: &[(Cut, usize)]) {
        for plan in plans {
            let came_true = self.run_cut(phase, *plan).await;
            assert!(came_true, "{phase:?} ended before {plan:?} came to pass");
        }
        self.finish_phase(phase).await;
    }

    /// Brings a phase to its end, through a death if it comes to that. Whether it did.
    pub async fn survives(&mut self, phase: Phase, plan: (Cut, usize)) -> bool {
        let came_true = self.run_cut(phase, plan).await;
        self.finish_phase(phase).await;
        came_true
    }

    /// Runs a process until it dies as planned, or the phase is at its end before. Whether the plan came to pass.
    async fn run_cut(&mut self, phase: Phase, plan: (Cut, usize)) -> bool {
        let process = self.start(phase, Some(plan)).await;
        let knife = Arc::clone(&process.knife);
        if self.drive(&process, phase).await {
            self.end(process).await;
        } else {
            process.die().await;
        }
        if knife.has_cut() {
            self.clock.pass(pusher::CLAIM + Duration::from_secs(1));
        }
        knife.is_used()
    }

    /// Runs a process that is not cut down until nothing is left; one more where the broker had handed out what nobody had looked at yet.
    async fn finish_phase(&mut self, phase: Phase) {
        for _ in 0..REPEATS {
            let process = self.start(phase, None).await;
            assert!(self.drive(&process, phase).await);
            self.end(process).await;
            if self.site.undelivered().await == 0 {
                return;
            }
        }
        panic!("after {REPEATS} processes messages are left");
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
        let mut pace = Pace::new(&self.clock);
        loop {
            let (ledger, merchant) = (Arc::clone(&process.ledger), self.merchant.clone());
            let all = process.within(async move { ledger.backfills(&merchant).await });
            let all = all.await.unwrap();
            if all.iter().all(|one| one.state == BackfillState::Finished) {
                assert!(all.iter().all(|one| one.published > 0), "{all:?}");
                break;
            }
            pace.step(self, &process, || format!("{all:?}")).await;
        }
        assert!(self.drive(&process, phase).await);
        self.end(process).await;
        if self.site.undelivered().await > 0 {
            self.finish_phase(phase).await;
        }
    }

    async fn start(&mut self, phase: Phase, plan: Option<(Cut, usize)>) -> Incarnation {
        self.processes += 1;
        if self.versions.last() != Some(&self.configuration) {
            self.versions.push(self.configuration.clone());
        }
        // Whatever it reads, it reads later than the one before.
        self.clock.pass(Duration::from_millis(1));
        Incarnation::start(self, self.processes, phase, Arc::new(Knife::new(plan))).await
    }

    /// Lets time pass until the phase is at its end, or the process dies before.
    async fn drive(&self, process: &Incarnation, phase: Phase) -> bool {
        let begun = self.clock.now();
        let started = SystemClock.now();
        let mut pace = Pace::new(&self.clock);
        loop {
            if process.knife.has_cut() {
                return false;
            }
            // First: what is read after a look at what is left would be overlooked.
            let has_read = self.has_read(process, begun).await;
            let mut left = self.left(process, phase).await;
            if left.is_empty() {
                // One look is not one moment: a delivery can go from the queue into a hand and back behind it, once.
                left = self.left(process, phase).await;
            }
            if !has_read {
                left.push("the source has not been read yet".to_owned());
            }
            if left.is_empty() {
                return true;
            }
            let real = SystemClock.now().duration_since(started);
            assert!(
                real < TOO_LONG.try_into().unwrap(),
                "no end; {} in hand, {} of the world's time passed:\n{}",
                process.in_hand.count(),
                self.clock.now().duration_since(begun),
                left.join("\n")
            );
            pace.step(self, process, || left.join("\n")).await;
        }
    }

    async fn end(&self, process: Incarnation) {
        let stopping = process.stop();
        let passing = async {
            // What is being finished may have to wait for its budget; it may die of its plan even then, and nothing of it ends after that.
            while !process.knife.has_cut() {
                self.clock.pass(BUSY);
                SystemClock.sleep(LOOK).await;
            }
        };
        tokio::select! {
            () = stopping => {}
            () = passing => {}
            () = SystemClock.sleep(TOO_LONG) => panic!("a process told to stop does not end"),
        }
        process.die().await;
    }

    /// As [`compare::order_differences`].
    pub async fn order_differences(&self) -> Vec<String> {
        let ledger = self.ledger().await;
        compare::order_differences(&self.sandbox, &*ledger, &self.merchant).await
    }

    /// As [`compare::differences`].
    pub async fn differences(&self) -> Vec<String> {
        let ledger = self.ledger().await;
        compare::differences(&self.sandbox, &*ledger, &self.merchant).await
    }

    /// Every record of a phase as it stands in the ledger.
    pub async fn records(&self, phase: Phase) -> Vec<RecordRow> {
        let ledger = self.ledger().await;
        records(&*ledger, &self.merchant, &phase.sync(&self.merchant).id).await
    }

    pub(crate) async fn ledger(&self) -> Arc<dyn Ledger> {
        self.site.ledger().await
    }

    /// The version of the configuration in force.
    pub(crate) fn version(&self) -> i64 {
        i64::try_from(self.versions.len()).unwrap()
    }

    /// Ends the world: no intent may be left open, in any sync, and every request that wrote something can be made anew.
    pub async fn finish(self) {
        let ledger = self.ledger().await;
        for phase in Phase::ALL {
            let remade = self.remade(phase).await;
            assert!(remade.differing.is_empty(), "{:#?}", remade.differing);
        }
        for phase in Phase::ALL {
            let sync = phase.sync(&self.merchant);
            let open = open_intents(&*ledger, &sync, self.clock.now()).await;
            assert!(open.is_empty(), "intents left open:\n{}", open.join("\n"));
        }
        drop(ledger);
        self.site.clear().await;
        self.sandbox.stop().await;
    }
}
