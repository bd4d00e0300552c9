//! `causeway demo`: the main job, shown on sandboxes and proven by comparing all sides.

pub(super) mod compare;
mod configuration;
pub(super) mod orders;
mod pools;
pub(super) mod settle;
pub(super) mod shipments;
pub(super) mod stock;
mod stores;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use ports::{Clock, SystemClock};
use sandbox::netsuite::Shift;
use sandbox::{Fault, Rule, Sandbox};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::compare::Report;
use self::settle::Watcher;
use super::start::LogArgs;
use super::up::{System, apply};
use crate::platform::{Platform, PlatformArgs};

pub(crate) use configuration::{COMPARED, write_configuration};
pub(crate) use stores::Store;

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// A store of the merchant: given several times, or with commas, orders of each go into one NetSuite, and stock is that of all.
    #[arg(
        long = "store",
        value_enum,
        value_delimiter = ',',
        default_value = "shopify"
    )]
    stores: Vec<Store>,
    /// Orders in each store.
    #[arg(long, default_value_t = 300)]
    orders: u32,
    /// Everything made up grows from this number.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Let all sides misbehave: refusals, errors before and after the write, cut connections, wrong JSON, expired tokens.
    #[arg(long)]
    faults: bool,
    /// Give up when this many minutes have passed.
    #[arg(long, default_value_t = 20)]
    minutes: u64,
}

impl DemoArgs {
    pub(crate) async fn run(mut self, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        // The demo draws its own picture; what goes wrong on purpose would only disturb it.
        let _telemetry = logs.quiet().start("causeway-demo")?;
        let mut named = Vec::new();
        self.stores.retain(|store| {
            let is_new = !named.contains(store);
            named.push(*store);
            is_new
        });
        let folder = tempfile::tempdir().context("making a temporary folder")?;
        let sandbox = self.sandbox().await?;
        println!("{}", self.introduction(&sandbox));
        let platform = platform(folder.path()).await?;
        let path = write_configuration(folder.path(), &sandbox, &self.stores, &COMPARED)?;
        let text = std::fs::read_to_string(&path)?;
        let merchant = apply(&platform, &text).await?;
        let control = TcpListener::bind("127.0.0.1:0").await?;
        let address = control.local_addr()?;
        println!(
            "Causeway runs on the embedded platform in {} (control: http://{address}).\n",
            folder.path().display()
        );

        let stop = CancellationToken::new();
        let options = control::ServeOptions {
            access: control::Access::LoopbackOnly,
            tls: None,
        };
        let system = System::new(
            platform.clone(),
            merchant.clone(),
            options,
            crate::roles::Tenure::default(),
        );
        let running = tokio::spawn(system.run(control, stop.clone()));
        let limit = Duration::from_secs(self.minutes * 60);
        let watcher = Watcher::new(
            Arc::clone(&platform.ledger),
            Arc::clone(&platform.clock),
            merchant.clone(),
            limit,
        );
        let reports = show(&self.stores, &sandbox, &watcher).await;
        stop.cancel();
        running.await??;
        let requests = sandbox.netsuite().meter().read();
        sandbox.stop().await;

        let (reports, one) = (reports?, self.stores.len() == 1);
        for (store, report) in self.stores.iter().zip(&reports) {
            for remark in report.remarks() {
                println!("{}", titled(&self.stores, *store, remark));
            }
        }
        for (store, report) in self.stores.iter().zip(&reports) {
            let name = store.shown().name();
            let title = if one {
                String::new()
            } else {
                format!("{name}\n")
            };
            println!("\n{title}{}", report.table());
        }
        let stores = u32::try_from(self.stores.len())?;
        let orders = self.orders.saturating_mul(stores);
        println!("{}", orders::economy(&requests, orders));
        for (store, report) in self.stores.iter().zip(&reports) {
            for difference in report.differences().take(20) {
                println!("  {}", titled(&self.stores, *store, difference));
            }
        }
        if reports.iter().all(Report::agrees) {
            let places = if one { "shop" } else { "every store" };
            println!(
                "\nEvery order, fulfilment and stock level agrees in {places}, Causeway and NetSuite."
            );
            Ok(ExitCode::SUCCESS)
        } else {
            let sides = if one { "three sides" } else { "sides" };
            println!("\nThe {sides} do not agree.");
            Ok(ExitCode::FAILURE)
        }
    }

    fn introduction(&self, sandbox: &Sandbox) -> String {
        let mut text = format!("A sandbox NetSuite ({})", sandbox.netsuite_url());
        for store in &self.stores {
            let store = store.shown();
            let more = format!(" and a sandbox {} ({})", store.name(), store.url(sandbox));
            text.push_str(&more);
        }
        let one = self.stores.len() == 1;
        let each = if one { "" } else { " each" };
        let who = if one { "both" } else { "all" };
        let how = if self.faults {
            "misbehaving"
        } else {
            "behaving"
        };
        format!("{text} with {} orders{each}, {who} {how}.", self.orders)
    }

    async fn sandbox(&self) -> anyhow::Result<Sandbox> {
        let mut options = sandbox::Options {
            seed: self.seed,
            ..sandbox::Options::default()
        };
        for store in &self.stores {
            match store {
                Store::Shopify => options.orders = self.orders,
                Store::Woocommerce => options.woocommerce.orders = self.orders,
                Store::Amazon => options.amazon.orders = self.orders,
            }
        }
        // A plan with room enough that the demo shows Causeway's pace, not the store's.
        options.shopify.settings.bucket = Some(sandbox::shopify::Bucket {
            size: 20_000,
            restore_rate: 1_000,
        });
        options.amazon.usage_plan = None;
        // Nobody sends, holds back or refunds by hand what Causeway is to move.
        options.shopify.worked_by_hand = false;
        options.netsuite.settings.concurrency = 15;
        options.netsuite.settings.save_ms = [10, 60];
        options.netsuite.settings.lock_after = 0;
        if self.faults {
            options.netsuite.faults = faults();
            options.shopify.faults = faults();
            options.woocommerce.faults = faults();
            options.amazon.faults = faults();
        }
        Sandbox::start(options)
            .await
            .context("starting the sandbox")
    }
}

/// What every side does wrong, in shares of their requests.
pub(super) fn faults() -> Vec<Rule> {
    vec![
        Rule::at_rate(Fault::Refuse, 0.02),
        Rule::at_rate(Fault::FailBefore, 0.01),
        Rule::at_rate(Fault::FailAfter, 0.01),
        Rule::at_rate(Fault::CutBefore, 0.01),
        Rule::at_rate(Fault::CutAfter, 0.01),
        Rule::at_rate(Fault::Garble, 0.005),
        Rule::at_rate(Fault::Expire, 0.005),
    ]
}

async fn platform(folder: &std::path::Path) -> anyhow::Result<Platform> {
    let file = folder.join("causeway.db");
    let args = PlatformArgs {
        ledger: format!("sqlite://{}", file.display()),
        queue: format!("embedded:sqlite://{}", file.display()),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Platform::open_migrated(&args, clock).await
}

/// What is told, with the store's name where there are several.
fn titled(stores: &[Store], store: Store, told: &str) -> String {
    if stores.len() == 1 {
        told.to_owned()
    } else {
        format!("{}: {told}", store.shown().name())
    }
}

/// The story in three chapters; each ends when everything has come to rest. A report for each store.
async fn show(
    stores: &[Store],
    sandbox: &Sandbox,
    watcher: &Watcher,
) -> anyhow::Result<Vec<Report>> {
    for store in stores {
        let title = titled(stores, *store, "orders become sales orders");
        let readable = store.readable(sandbox)?;
        let sync = store.sync("orders");
        println!("{}", watcher.settle(&title, &sync, readable).await?);
    }

    let shipped = sandbox.netsuite().ship_pending(Shift::default());
    let again = sandbox.netsuite().ship_pending(Shift {
        partial: 0,
        ..Shift::default()
    });
    let ours = shipments::of_stores(sandbox);
    println!(
        "NetSuite's warehouse makes {} item fulfilments.",
        shipped.len() + again.len()
    );
    let place = if stores.len() == 1 {
        "the shop"
    } else {
        "the store"
    };
    for store in stores {
        let title = format!("shipments and tracking arrive in {place}");
        let title = titled(stores, *store, &title);
        let sync = store.sync("shipments");
        println!("{}", watcher.settle(&title, &sync, ours).await?);
    }

    let counted = sandbox.netsuite().count_stock(25);
    println!(
        "The warehouse counts {} places and corrects its stock.",
        counted.len()
    );
    for store in stores {
        let title = titled(stores, *store, &format!("stock arrives in {place}"));
        let sync = store.sync("stock");
        let agrees = || stock::differences(*store, sandbox).is_empty();
        println!("{}", watcher.until(&title, &sync, agrees).await?);
    }

    let mut reports = Vec::new();
    for store in stores {
        // Shipments have changed the orders in the store; wait until that has been looked at too.
        let readable = store.readable(sandbox)?;
        let sync = store.sync("orders");
        watcher
            .settle("orders are looked at again", &sync, readable)
            .await?;
        // The store may agree while the last level is still being looked up.
        let sync = store.sync("stock");
        let levels = watcher.records(&sync).await?.len();
        watcher
            .settle("levels are looked at again", &sync, levels)
            .await?;
        let mut report = Report::default();
        orders::compare(*store, sandbox, watcher, &mut report).await?;
        shipments::compare(*store, sandbox, watcher, &mut report).await?;
        stock::compare(*store, sandbox, watcher, &mut report).await?;
        reports.push(report);
    }
    Ok(reports)
}
