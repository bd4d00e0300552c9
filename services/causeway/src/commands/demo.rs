//! `causeway demo`: the main job, shown on sandboxes and proven by comparing all three sides.

pub(super) mod compare;
pub(super) mod orders;
mod pools;
pub(super) mod settle;
pub(super) mod shipments;
pub(super) mod stock;
mod store;

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

pub(crate) use store::{COMPARED, write_configuration};

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Orders in the shop.
    #[arg(long, default_value_t = 300)]
    orders: u32,
    /// Everything made up grows from this number.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Let both sides misbehave: refusals, errors before and after the write, cut connections, wrong JSON, expired tokens.
    #[arg(long)]
    faults: bool,
    /// Give up when this many minutes have passed.
    #[arg(long, default_value_t = 20)]
    minutes: u64,
}

impl DemoArgs {
    pub(crate) async fn run(self, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        // The demo draws its own picture; what goes wrong on purpose would only disturb it.
        let _telemetry = logs.quiet().start("causeway-demo")?;
        let folder = tempfile::tempdir().context("making a temporary folder")?;
        let sandbox = self.sandbox().await?;
        println!(
            "A sandbox NetSuite ({}) and a sandbox Shopify ({}) with {} orders, {}.",
            sandbox.netsuite_url(),
            sandbox.shopify_url(),
            self.orders,
            if self.faults {
                "both misbehaving"
            } else {
                "both behaving"
            }
        );
        let platform = platform(folder.path()).await?;
        let path = write_configuration(folder.path(), &sandbox, &COMPARED)?;
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
        let report = show(&sandbox, &watcher).await;
        stop.cancel();
        running.await??;
        let requests = sandbox.netsuite().meter().read();
        sandbox.stop().await;

        let report = report?;
        for remark in report.remarks() {
            println!("{remark}");
        }
        println!("\n{}", report.table());
        println!("{}", orders::economy(&requests, self.orders));
        for difference in report.differences().take(20) {
            println!("  {difference}");
        }
        if report.agrees() {
            println!(
                "\nEvery order, fulfilment and stock level agrees in shop, Causeway and NetSuite."
            );
            Ok(ExitCode::SUCCESS)
        } else {
            println!("\nThe three sides do not agree.");
            Ok(ExitCode::FAILURE)
        }
    }

    async fn sandbox(&self) -> anyhow::Result<Sandbox> {
        let mut options = sandbox::Options {
            seed: self.seed,
            orders: self.orders,
            ..sandbox::Options::default()
        };
        // A plan with room enough that the demo shows Causeway's pace, not the shop's.
        options.shopify.settings.bucket = Some(sandbox::shopify::Bucket {
            size: 20_000,
            restore_rate: 1_000,
        });
        // Nobody sends, holds back or refunds by hand what Causeway is to move.
        options.shopify.worked_by_hand = false;
        options.netsuite.settings.concurrency = 15;
        options.netsuite.settings.save_ms = [10, 60];
        options.netsuite.settings.lock_after = 0;
        if self.faults {
            options.netsuite.faults = faults();
            options.shopify.faults = faults();
        }
        Sandbox::start(options)
            .await
            .context("starting the sandbox")
    }
}

/// What both sides do wrong, in shares of their requests.
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

/// The story in three chapters; each ends when everything has come to rest.
async fn show(sandbox: &Sandbox, watcher: &Watcher) -> anyhow::Result<Report> {
    let importable = sandbox.shopify().orders().len();
    let told = watcher
        .settle("orders become sales orders", "orders", importable)
        .await?;
    println!("{told}");

    let shipped = sandbox.netsuite().ship_pending(Shift::default());
    let again = sandbox.netsuite().ship_pending(Shift {
        partial: 0,
        ..Shift::default()
    });
    let ours = shipments::of_shop(sandbox);
    println!(
        "NetSuite's warehouse makes {} item fulfilments.",
        shipped.len() + again.len()
    );
    let told = watcher
        .settle(
            "shipments and tracking arrive in the shop",
            "shipments",
            ours,
        )
        .await?;
    println!("{told}");

    let counted = sandbox.netsuite().count_stock(25);
    println!(
        "The warehouse counts {} places and corrects its stock.",
        counted.len()
    );
    let told = watcher
        .until("stock arrives in the shop", "stock", || {
            stock::differences(sandbox).is_empty()
        })
        .await?;
    println!("{told}");

    // Shipments have changed the orders in the shop; wait until that has been looked at too.
    watcher
        .settle("orders are looked at again", "orders", importable)
        .await?;
    let mut report = Report::default();
    orders::compare(sandbox, watcher, &mut report).await?;
    shipments::compare(sandbox, watcher, &mut report).await?;
    stock::compare(sandbox, watcher, &mut report).await?;
    Ok(report)
}
