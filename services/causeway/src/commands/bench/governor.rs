//! How busy an account's slots are kept: the real sink, HTTP client and budget, writing sales orders to a sandbox that takes its time.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::bail;
use budget::LocalBudget;
use clap::Args;
use comfy_table::Table;
use commerce::{Event, Kind};
use fastrand::Rng;
use ports::{Clock, Sink, SystemClock, Write};
use sandbox::Sandbox;
use sandbox::netsuite::Account;
use serde::Serialize;
use tokio::task::JoinSet;

use super::ends::{self, Ends};
use super::numbers::{decimal, millis, share, since};
use crate::commands::demo::{Store, write_configuration};

const SLOTS: [u32; 2] = [5, 15];
const SAVES: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
];
/// The save time at which another integration takes part.
const SHARED_SAVE: Duration = Duration::from_millis(500);
/// Batches at once, and orders in each: more than there are slots, so that a call always waits.
const WRITERS: usize = 4;
const BATCH: usize = 25;
/// The other integration thinks again after so many milliseconds, and takes at most two slots of five.
const OTHER_HOLDS_MS: [u64; 2] = [2_000, 6_000];
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Within which the limit has to be found: a step of the climb takes about one save, and new customers take some too.
const SAVES_TO_FIND: u32 = 60;
const LONGEST_START: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct GovernorArgs {
    /// How long each case is measured, from when the account's limit was found.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Everything made up grows from this number.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

/// An account to be kept busy.
#[derive(Clone, Copy)]
struct Case {
    slots: u32,
    save: Duration,
    shared: bool,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Figures {
    slots: u32,
    save_ms: u64,
    /// Whether another integration took and returned slots.
    shared: bool,
    /// From the first call until every slot was found and the first call too many was refused; `null` if that took too long.
    found_after_ms: Option<u64>,
    busy_permille: u64,
    refused: u64,
    calls: u64,
}

impl GovernorArgs {
    pub(super) async fn run(self, json: bool) -> anyhow::Result<ExitCode> {
        let mut all = Vec::new();
        for case in cases() {
            eprintln!(
                "{} slots, saves of {} ms …",
                case.slots,
                case.save.as_millis()
            );
            all.push(self.measure(case).await?);
        }
        if json {
            println!("{}", serde_json::to_string_pretty(&all)?);
        } else {
            println!("{}", table(&all));
            println!(
                "Measured for {} s each, once the limit was found. Goals where nobody else calls: at least 98 % busy, less than 0.1 % refused.",
                self.seconds
            );
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn measure(&self, case: Case) -> anyhow::Result<Figures> {
        let sandbox = sandbox(self.seed, case).await?;
        let folder = tempfile::tempdir()?;
        let ends = Ends::read(&write_configuration(
            folder.path(),
            &sandbox,
            &[Store::Shopify],
            &[Kind::Order],
        )?)?;
        let orders: Arc<[Arc<Event>]> = ends
            .orders(usize::MAX)
            .await?
            .into_iter()
            .map(Arc::new)
            .collect();
        let budget = LocalBudget::new(&ends.limits()?, ends::clock());
        let sink = ends.sink(Arc::new(budget.clone()))?;
        let numbers = Arc::new(AtomicU64::new(1));
        let mut tasks = JoinSet::new();
        for _ in 0..WRITERS {
            let (sink, orders) = (Arc::clone(&sink), Arc::clone(&orders));
            tasks.spawn(keep_writing(sink, orders, Arc::clone(&numbers)));
        }
        let account = sandbox.netsuite();
        let found = tokio::select! {
            found = find(account, &budget, case) => found,
            ended = tasks.join_next() => return broken(ended),
        };
        if case.shared {
            tasks.spawn(share_slots(account.clone(), case.slots, self.seed));
        }
        account.meter().reset();
        tokio::select! {
            () = SystemClock.sleep(Duration::from_secs(self.seconds)) => {}
            ended = tasks.join_next() => return broken(ended),
        }
        let read = account.meter().read();
        let answers = read
            .requests
            .iter()
            .flat_map(|count| count.statuses.values());
        Ok(Figures {
            slots: case.slots,
            save_ms: millis(case.save),
            shared: case.shared,
            found_after_ms: found.map(millis),
            busy_permille: read.slots.used_permille.unwrap_or_default(),
            refused: read.refused,
            calls: answers.sum(),
        })
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let alone = SLOTS.into_iter().flat_map(|slots| {
        SAVES.map(|save| Case {
            slots,
            save,
            shared: false,
        })
    });
    let shared = SLOTS.map(|slots| Case {
        slots,
        save: SHARED_SAVE,
        shared: true,
    });
    alone.chain(shared)
}

async fn sandbox(seed: u64, case: Case) -> anyhow::Result<Sandbox> {
    let mut options = sandbox::Options {
        seed,
        orders: 100,
        ..sandbox::Options::default()
    };
    options.shopify.settings.bucket = None;
    options.netsuite.settings.concurrency = case.slots;
    options.netsuite.settings.save_ms = [millis(case.save); 2];
    options.shopify.worked_by_hand = false;
    options.netsuite.settings.lock_after = 0;
    Ok(Sandbox::start(options).await?)
}

/// Writes batch after batch, each order as a new one; returns only with what is wrong.
async fn keep_writing(
    sink: Arc<dyn Sink>,
    orders: Arc<[Arc<Event>]>,
    numbers: Arc<AtomicU64>,
) -> anyhow::Error {
    loop {
        let from = numbers.fetch_add(BATCH as u64, Ordering::Relaxed);
        let batch: anyhow::Result<Vec<Write>> = (from..)
            .zip(
                orders
                    .iter()
                    .cycle()
                    .skip(usize::try_from(from).unwrap_or_default() % orders.len().max(1)),
            )
            .take(BATCH)
            .map(|(number, order)| ends::write(order, number))
            .collect();
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => return error,
        };
        let attempts = sink.write(&batch).await;
        // A refused call is part of the measurement; a batch of which nothing landed is not.
        if attempts.iter().all(|attempt| attempt.result.is_err()) {
            let fault = attempts
                .into_iter()
                .find_map(|attempt| attempt.result.err());
            return fault.map_or_else(|| anyhow::anyhow!("there are no orders"), Into::into);
        }
    }
}

/// Waits until every slot is used and the wall behind the last one was met.
async fn find(account: &Account, budget: &LocalBudget, case: Case) -> Option<Duration> {
    let begun = SystemClock.now();
    let most = LONGEST_START + case.save * SAVES_TO_FIND;
    loop {
        let took = since(&SystemClock, begun);
        let every_slot = budget.usage().slots >= Some(case.slots);
        if every_slot && account.meter().read().refused > 0 {
            return Some(took);
        }
        if took > most {
            return None;
        }
        SystemClock.sleep(LOOK_EVERY).await;
    }
}

/// Plays another integration that takes slots and returns them.
async fn share_slots(account: Account, slots: u32, seed: u64) -> anyhow::Error {
    let mut rng = Rng::with_seed(seed);
    let [least, most] = OTHER_HOLDS_MS;
    loop {
        let mut settings = account.settings();
        settings.other_integrations = rng.u32(0..=slots * 2 / 5);
        account.set(settings);
        SystemClock
            .sleep(Duration::from_millis(rng.u64(least..=most)))
            .await;
    }
}

fn broken<T>(ended: Option<Result<anyhow::Error, tokio::task::JoinError>>) -> anyhow::Result<T> {
    match ended {
        Some(Ok(error)) => Err(error.context("writing sales orders")),
        Some(Err(error)) => Err(error.into()),
        None => bail!("nobody writes"),
    }
}

fn table(all: &[Figures]) -> Table {
    let mut table = Table::new();
    table.set_header([
        "slots",
        "save time, s",
        "other integration",
        "limit found after, s",
        "busy, %",
        "refused, %",
        "calls",
    ]);
    for one in all {
        table.add_row([
            one.slots.to_string(),
            decimal(one.save_ms / 100, 1),
            if one.shared {
                format!("takes 0 to {}", one.slots * 2 / 5)
            } else {
                "none".to_owned()
            },
            one.found_after_ms
                .map_or_else(|| "not found".to_owned(), |ms| decimal(ms / 100, 1)),
            decimal(one.busy_permille, 1),
            decimal(share(one.refused, one.calls, 10_000), 2),
            one.calls.to_string(),
        ]);
    }
    table
}
