//! The whole line: the roles as processes of their own, between a shop and a NetSuite account that answer at once.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use commerce::Kind;
use ports::{Clock, SystemClock};
use proto::control::v1::RunRequest;
use proto::control::v1::control_client::ControlClient;
use sandbox::Sandbox;

use super::ceilings::Ceilings;
use super::figures::{Figures, Flood, Live, Process};
use super::numbers::{share, since};
use super::process::Used;
use super::system::{PlaceArgs, Site, System};
use super::underway::{Underway, key, sales};
use crate::commands::start::LogArgs;

/// More than the pusher ever has in flight: the account's slots are not what limits the line.
const SLOTS: u32 = 256;
/// Points a query may cost, out of the way.
const QUERY_COST: u64 = 1_000_000;
const WORKERS: [[&str; 2]; 2] = [["push", "netsuite"], ["pull", "shopify"]];
/// Looking for orders costs the processor that the roles run on: in the flood, where rates are told and not single orders, less often.
const LOOK_EVERY_IN_FLOOD: Duration = Duration::from_millis(25);
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Live orders come so many at once …
const BURST: u32 = 3;
/// … and so often.
const BURST_EVERY: Duration = Duration::from_millis(200);
/// When the last burst is over, orders that are no sales are told apart.
const LAST_WAIT: Duration = Duration::from_secs(1);
/// Enough for a steady rate.
const MOST_FOR_CEILINGS: u32 = 5_000;

#[derive(Debug, Args)]
pub(super) struct PipelineArgs {
    /// Orders in the shop at the start.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    orders: u32,
    /// Orders that come in one by one afterwards.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    live: u32,
    /// Everything made up grows from this number.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Give up a phase when this many minutes have passed.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    #[command(flatten)]
    place: PlaceArgs,
}

impl PipelineArgs {
    pub(super) async fn run(self, json: bool, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        let folder = tempfile::tempdir().context("making a temporary folder")?;
        let sandbox = self.sandbox().await?;
        let kinds = [Kind::Order];
        let site = Site::prepare(&self.place, folder.path(), &sandbox, &kinds, logs)?;
        let figures = self.measure(&site, &sandbox).await?;
        if json {
            println!("{}", serde_json::to_string_pretty(&figures)?);
        } else {
            for table in figures.tables() {
                println!("{table}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn sandbox(&self) -> anyhow::Result<Sandbox> {
        let mut options = sandbox::Options {
            seed: self.seed,
            orders: self.orders,
            ..sandbox::Options::default()
        };
        options.shopify.settings.bucket = None;
        options.shopify.settings.max_query_cost = QUERY_COST;
        options.netsuite.settings.concurrency = SLOTS;
        options.shopify.worked_by_hand = false;
        options.netsuite.settings.lock_after = 0;
        Ok(Sandbox::start(options).await?)
    }

    async fn measure(&self, site: &Site, sandbox: &Sandbox) -> anyhow::Result<Figures> {
        let sales = sales(sandbox);
        let own_before = Used::by(std::process::id());
        let mut system = System::start(site, &WORKERS, &[]).await?;
        eprintln!("{} orders at once, {} …", self.orders, site.platform());
        let flood = self.flood(sandbox, sales, &mut system).await?;
        let mut spent = system.used();
        let own = Used::by(std::process::id());
        let own = own.zip(own_before).map(|(now, before)| Used {
            cpu_ms: now.cpu_ms - before.cpu_ms,
            ..now
        });

        eprintln!("{} orders one by one …", self.live);
        let live = self.live(site, sandbox, &mut system).await?;
        let mut peaks = system.used();
        system.end().await?;
        spent.push(("bench, the sandbox in it".to_owned(), own));
        peaks.push((String::new(), Used::by(std::process::id())));
        let processes = spent.into_iter().zip(peaks);
        let processes = processes.map(|((name, spent), (_, peak))| Process {
            name,
            cpu_ms_per_1000_orders: spent.map(|used| share(used.cpu_ms, flood.orders, 1000)),
            peak_kib: peak.map(|used| used.peak_kib),
        });
        let processes = processes.collect();

        eprintln!("queue, HTTP and ledger alone …");
        let orders = usize::try_from(self.orders.min(MOST_FOR_CEILINGS))?;
        let ceilings = Ceilings::measure(site, orders).await?;
        Ok(Figures {
            platform: site.platform(),
            flood,
            live,
            processes,
            ceilings,
        })
    }

    /// From the first request to the shop until every sale is a sales order.
    async fn flood(
        &self,
        sandbox: &Sandbox,
        sales: Vec<String>,
        system: &mut System<'_>,
    ) -> anyhow::Result<Flood> {
        let (shop, account) = (sandbox.shopify(), sandbox.netsuite());
        while shop.meter().read().in_flight.most == 0 {
            system.check()?;
            SystemClock.sleep(Duration::from_millis(1)).await;
        }
        let begun = SystemClock.now();
        let mut underway = Underway::default();
        underway.add(sales, begun);
        while !underway.is_done() {
            system.check()?;
            let there = |key: &str| account.by_external_id("salesOrder", key).is_some();
            underway.look(SystemClock.now(), there);
            self.give_up_late(begun, &underway)?;
            SystemClock.sleep(LOOK_EVERY_IN_FLOOD).await;
        }
        Ok(Flood::new(
            &underway.into_sorted(),
            &account.meter().read(),
            &shop.meter().read(),
        ))
    }

    /// Small bursts of new orders, each announced as a webhook would.
    async fn live(
        &self,
        site: &Site,
        sandbox: &Sandbox,
        system: &mut System<'_>,
    ) -> anyhow::Result<Live> {
        let mut control = ControlClient::connect(site.control_url()).await?;
        let (shop, account) = (sandbox.shopify(), sandbox.netsuite());
        let begun = SystemClock.now();
        let mut underway = Underway::default();
        let (mut left, mut last, mut told_apart) = (self.live, None, false);
        while left > 0 || !underway.is_done() {
            system.check()?;
            let now = SystemClock.now();
            let waited = last.map(|last| since(&SystemClock, last));
            if left > 0 && waited.is_none_or(|waited| waited >= BURST_EVERY) {
                let orders = shop.create_orders(left.min(BURST));
                left = left.saturating_sub(BURST);
                last = Some(now);
                underway.add(orders.iter().map(|gid| key(gid)), now);
                let request = RunRequest {
                    sync: "orders".to_owned(),
                };
                let woken = control.run(request).await?.into_inner().workers;
                ensure!(woken > 0, "no puller is connected to control");
            } else if left == 0 && !told_apart && waited.is_some_and(|waited| waited >= LAST_WAIT) {
                // Not earlier: listing all orders keeps the shop from answering.
                underway.keep(sales(sandbox));
                told_apart = true;
            }
            let there = |key: &str| account.by_external_id("salesOrder", key).is_some();
            underway.look(SystemClock.now(), there);
            self.give_up_late(begun, &underway)?;
            SystemClock.sleep(LOOK_EVERY).await;
        }
        Ok(Live::new(&underway.into_sorted()))
    }

    fn give_up_late(&self, begun: jiff::Timestamp, underway: &Underway) -> anyhow::Result<()> {
        if since(&SystemClock, begun) > Duration::from_secs(self.minutes * 60) {
            bail!(
                "{} orders are not in NetSuite after {} minutes",
                underway.waiting(),
                self.minutes
            );
        }
        Ok(())
    }
}
