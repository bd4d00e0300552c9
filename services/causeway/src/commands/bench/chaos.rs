//! Roles killed again and again, both sides misbehaving: what is left in the end?

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use comfy_table::Table;
use commerce::{MerchantId, SyncId};
use fastrand::Rng;
use ports::ledger::Selection;
use ports::{Clock, Ledger, Status, SystemClock};
use sandbox::Sandbox;
use sandbox::netsuite::Shift;
use serde::Serialize;

use super::ends::clock;
use super::system::{PlaceArgs, Site, System};
use crate::commands::demo::compare::Report;
use crate::commands::demo::settle::Watcher;
use crate::commands::demo::{COMPARED, Store, faults, orders, shipments, stock};
use crate::commands::start::LogArgs;

const WORKERS: [[&str; 2]; 4] = [
    ["push", "netsuite"],
    ["push", "shopify"],
    ["pull", "netsuite"],
    ["pull", "shopify"],
];
/// Short, so that what a dead process held is taken over soon; a claim still longer than the slowest batch.
const TENURE: [&str; 4] = ["--lease", "2s", "--claim", "30s"];
/// Slow enough that there is work in hand when a process dies.
const SLOTS: u32 = 5;
const SAVE_MS: [u64; 2] = [20, 150];
/// Milliseconds between two kills, and until the process is started again.
const LIVES_MS: [u64; 2] = [300, 2_000];
const DEAD_MS: [u64; 2] = [0, 500];
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Looks after which what rests on the ladder is sent on its way again, as a person would who does not want to wait an hour for its last rungs.
const PATIENCE: u32 = 100;
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(super) struct ChaosArgs {
    /// Orders in the shop.
    #[arg(long, default_value_t = 1_000)]
    orders: u32,
    /// How often a process is killed: half of the times while orders go in, the others while shipments and stock come out.
    #[arg(long, default_value_t = 20)]
    kills: u32,
    /// Everything made up, and what is killed when, grows from this number.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Give up a phase when this many minutes have passed.
    #[arg(long, default_value_t = 20)]
    minutes: u64,
    #[command(flatten)]
    place: PlaceArgs,
}

/// What became of it.
#[derive(Debug, Serialize)]
struct Figures {
    platform: &'static str,
    orders: u32,
    took_s: u64,
    /// By process.
    killed: BTreeMap<String, u32>,
    /// How often a process ended without being killed, and was started again.
    ended_by_themselves: u32,
    agrees: bool,
    report: Report,
}

impl ChaosArgs {
    pub(super) async fn run(self, json: bool, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        let folder = tempfile::tempdir().context("making a temporary folder")?;
        let sandbox = self.sandbox().await?;
        let site = Site::prepare(&self.place, folder.path(), &sandbox, &COMPARED, logs)?;
        let system = System::start(&site, &WORKERS, &TENURE).await?;
        let ledger = ledger::open(&site.ledger).await?;
        let watcher = Watcher::new(
            Arc::clone(&ledger),
            clock(),
            site.merchant.clone(),
            Duration::from_secs(self.minutes * 60),
        );
        let begun = SystemClock.now();
        let mut storm = Storm::new(system, ledger, site.merchant.clone(), self.seed);
        let report = self.show(&sandbox, &watcher, &mut storm).await?;
        let figures = Figures {
            platform: site.platform(),
            orders: self.orders,
            took_s: super::numbers::since(&SystemClock, begun).as_secs(),
            killed: storm.killed,
            ended_by_themselves: storm.ended_by_themselves,
            agrees: report.agrees(),
            report,
        };
        if json {
            println!("{}", serde_json::to_string_pretty(&figures)?);
        } else {
            figures.print();
        }
        Ok(if figures.agrees {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    async fn sandbox(&self) -> anyhow::Result<Sandbox> {
        let mut options = sandbox::Options {
            seed: self.seed,
            orders: self.orders,
            ..sandbox::Options::default()
        };
        options.shopify.settings.bucket = Some(sandbox::shopify::Bucket {
            size: 20_000,
            restore_rate: 1_000,
        });
        options.shopify.faults = faults();
        options.netsuite.settings.concurrency = SLOTS;
        options.netsuite.settings.save_ms = SAVE_MS;
        options.shopify.worked_by_hand = false;
        options.netsuite.settings.lock_after = 0;
        options.netsuite.faults = faults();
        Ok(Sandbox::start(options).await?)
    }

    /// The demo's three chapters, each with its share of the kills.
    async fn show(
        &self,
        sandbox: &Sandbox,
        watcher: &Watcher,
        storm: &mut Storm<'_>,
    ) -> anyhow::Result<Report> {
        let (first, second) = (self.kills / 2, self.kills / 4);
        let third = self.kills - first - second;
        let shop_orders = sandbox.shopify().orders().len();
        storm.rage(first).await?;
        let rest = watcher.settle("orders become sales orders", "orders", shop_orders);
        eprintln!("{}", storm.calm(rest).await?);

        sandbox.netsuite().ship_pending(Shift::default());
        storm.rage(second.div_ceil(2)).await?;
        sandbox.netsuite().ship_pending(Shift::default());
        storm.rage(second / 2).await?;
        let shipped = shipments::of_stores(sandbox);
        let rest = watcher.settle("shipments arrive in the shop", "shipments", shipped);
        eprintln!("{}", storm.calm(rest).await?);

        for _ in 0..third.max(1) {
            sandbox.netsuite().count_stock(25);
            storm.rage(third.min(1)).await?;
        }
        let rest = watcher.until("stock arrives in the shop", "stock", || {
            stock::differences(Store::Shopify, sandbox).is_empty()
        });
        storm.calm(rest).await?;
        // The shop may agree while the last of what was cut off is still being looked up.
        let levels = watcher.records("stock").await?.len();
        let rest = watcher.settle("stock arrives in the shop", "stock", levels);
        eprintln!("{}", storm.calm(rest).await?);

        let mut report = Report::default();
        orders::compare(Store::Shopify, sandbox, watcher, &mut report).await?;
        shipments::compare(Store::Shopify, sandbox, watcher, &mut report).await?;
        stock::compare(Store::Shopify, sandbox, watcher, &mut report).await?;
        Ok(report)
    }
}

/// Kills one process after the other, each as often as the others.
struct Storm<'a> {
    system: System<'a>,
    ledger: Arc<dyn Ledger>,
    merchant: MerchantId,
    rng: Rng,
    /// Who is still to be killed in this round, the last one next.
    doomed: Vec<usize>,
    killed: BTreeMap<String, u32>,
    ended_by_themselves: u32,
}

impl<'a> Storm<'a> {
    fn new(system: System<'a>, ledger: Arc<dyn Ledger>, merchant: MerchantId, seed: u64) -> Self {
        Self {
            system,
            ledger,
            merchant,
            rng: Rng::with_seed(seed),
            doomed: Vec::new(),
            killed: BTreeMap::new(),
            ended_by_themselves: 0,
        }
    }

    async fn rage(&mut self, kills: u32) -> anyhow::Result<()> {
        for _ in 0..kills {
            self.pause(LIVES_MS).await;
            self.ended_by_themselves += self.system.revive()?;
            let victim = self.next();
            let (name, was_there) = self.system.kill(victim).await?;
            eprintln!("killed `causeway {name}`");
            *self.killed.entry(name).or_default() += 1;
            self.ended_by_themselves += u32::from(!was_there);
            self.pause(DEAD_MS).await;
            self.system.revive()?;
        }
        Ok(())
    }

    /// Waits for something, and starts again meanwhile whatever ends by itself.
    async fn calm<T>(
        &mut self,
        rest: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        tokio::select! {
            done = rest => done,
            broken = self.tend() => match broken? {},
        }
    }

    async fn tend(&mut self) -> anyhow::Result<Infallible> {
        for look in 1_u32.. {
            self.ended_by_themselves += self.system.revive()?;
            if look.is_multiple_of(PATIENCE) {
                self.hurry().await?;
            }
            SystemClock.sleep(LOOK_EVERY).await;
        }
        std::future::pending().await
    }

    async fn hurry(&self) -> anyhow::Result<()> {
        for sync in ["orders", "shipments", "stock"] {
            let resting = Selection::AllIn {
                sync: SyncId::new(sync)?,
                status: Status::Retrying,
            };
            let now = SystemClock.now();
            self.ledger
                .requeue(&self.merchant, &resting, "the bench", now)
                .await?;
        }
        Ok(())
    }

    fn next(&mut self) -> usize {
        if self.doomed.is_empty() {
            self.doomed = (0..self.system.size()).collect();
            self.rng.shuffle(&mut self.doomed);
        }
        self.doomed.pop().unwrap_or_default()
    }

    async fn pause(&mut self, [least, most]: [u64; 2]) {
        let time = Duration::from_millis(self.rng.u64(least..=most));
        SystemClock.sleep(time).await;
    }
}

impl Figures {
    fn print(&self) {
        for remark in self.report.remarks() {
            println!("{remark}");
        }
        println!("{}", self.report.table());
        for difference in self.report.differences().take(SHOWN) {
            println!("  {difference}");
        }
        let mut table = Table::new();
        table.set_header(["process", "killed, times"]);
        for (name, times) in &self.killed {
            table.add_row([name.clone(), times.to_string()]);
        }
        println!("{table}");
        println!(
            "{} orders on the {} platform in {} s; {} times a process ended by itself. {}",
            self.orders,
            self.platform,
            self.took_s,
            self.ended_by_themselves,
            if self.agrees {
                "All three sides agree."
            } else {
                "The three sides do not agree."
            }
        );
    }
}
