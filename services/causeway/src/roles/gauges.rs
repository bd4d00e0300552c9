//! Feeds the gauges: what waits, how long it has waited, and how an account's slots are used.

use std::sync::Arc;
use std::time::Duration;

use commerce::MerchantId;
use jiff::Timestamp;
use ports::Clock;
use ports::ledger::Difference;
use telemetry::metrics;
use tracing::warn;

use super::budgets::Budgets;
use crate::config;
use crate::platform::Platform;

/// How often the backlog is counted: as often as metrics are usually collected.
const COUNT_EVERY: Duration = Duration::from_secs(15);
/// How often slots are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Tells queue depths and ages without end. For the one process that sees the whole: control, or the one that is all roles.
pub(crate) async fn watch_backlog(platform: Platform, merchant: MerchantId) {
    loop {
        if let Err(error) = tell_backlog(&platform, &merchant).await {
            warn!(
                error = format!("{error:#}"),
                "the backlog could not be counted"
            );
        }
        platform.clock.sleep(COUNT_EVERY).await;
    }
}

async fn tell_backlog(platform: &Platform, merchant: &MerchantId) -> anyhow::Result<()> {
    let Some(active) = platform.ledger.configuration(merchant).await? else {
        return Ok(());
    };
    let Ok(config) = config::read(&active.text) else {
        // Whoever works by it tells what is wrong with it.
        return Ok(());
    };
    // A broker tells the depth of named queues only.
    platform.queue.declare(&config.routes()).await?;
    for depth in platform.queue.depths(merchant).await? {
        metrics::queue_depth(merchant.as_str(), &depth.queue, depth.ready);
    }
    let now = platform.clock.now();
    let ages = platform.ledger.ages(merchant).await?;
    for sync in &config.syncs {
        let id = &sync.sync.id;
        let oldest = ages
            .iter()
            .find(|age| age.sync == *id)
            .and_then(|age| age.oldest_unfinished);
        metrics::oldest_unfinished(merchant.as_str(), id.as_str(), age(oldest, now));
    }
    for found in platform.ledger.reconciliations(merchant).await? {
        let records = u64::try_from(found.missing.len()).unwrap_or(u64::MAX);
        let oldest = found.missing.iter().map(|one| one.since).min();
        metrics::missing(
            merchant.as_str(),
            found.sync.as_str(),
            records,
            age(oldest, now),
        );
    }
    for found in platform.ledger.inspections(merchant).await? {
        for difference in Difference::NAMES {
            let alike = found.deviations.iter();
            let since: Vec<Timestamp> = alike
                .filter(|one| one.what.as_str() == difference)
                .map(|one| one.since)
                .collect();
            let records = u64::try_from(since.len()).unwrap_or(u64::MAX);
            let oldest = age(since.into_iter().min(), now);
            let (merchant, sync) = (merchant.as_str(), found.sync.as_str());
            metrics::deviations(merchant, sync, difference, records, oldest);
        }
    }
    Ok(())
}

fn age(since: Option<Timestamp>, now: Timestamp) -> Duration {
    let age = since.map(|since| Duration::try_from(now.duration_since(since)));
    age.and_then(Result::ok).unwrap_or_default()
}

/// Tells without end how this process uses its accounts' slots.
pub(crate) async fn watch_slots(budgets: Arc<Budgets>, clock: Arc<dyn Clock>) {
    loop {
        for (connection, in_use, granted) in budgets.slots() {
            metrics::slots(connection.as_str(), in_use, granted);
        }
        clock.sleep(LOOK_EVERY).await;
    }
}
