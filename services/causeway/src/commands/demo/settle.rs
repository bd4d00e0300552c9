//! Watches until everything has come to rest, and shows it on the way.

use std::collections::HashSet;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use commerce::{MerchantId, SyncId};
use indicatif::{ProgressBar, ProgressStyle};
use ports::ledger::{Filter, RecordRow};
use ports::{Clock, Ledger, Status};

const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Looks at the ledger as the command line would.
pub(in crate::commands) struct Watcher {
    ledger: Arc<dyn Ledger>,
    clock: Arc<dyn Clock>,
    merchant: MerchantId,
    limit: Duration,
}

impl Watcher {
    pub(in crate::commands) const fn new(
        ledger: Arc<dyn Ledger>,
        clock: Arc<dyn Clock>,
        merchant: MerchantId,
        limit: Duration,
    ) -> Self {
        Self {
            ledger,
            clock,
            merchant,
            limit,
        }
    }

    /// Waits until the sync has brought so many records to their end, or patience is at its own; tells how they stand then.
    pub(in crate::commands) async fn settle(
        &self,
        title: &str,
        sync: &str,
        records: usize,
    ) -> anyhow::Result<String> {
        let bar = bar(title, records);
        let wanted = u64::try_from(records)?;
        let mut waited = Duration::ZERO;
        loop {
            let (finished, text) = self.state(sync).await?;
            bar.set_position(finished.min(wanted));
            bar.set_message(text.clone());
            if finished >= wanted {
                bar.finish();
                return Ok(format!("{title}: {text}"));
            }
            if let Some(given_up) = self.rest(&mut waited).await {
                return Ok(format!("{title}: {given_up}: {text}"));
            }
        }
    }

    /// Waits until something holds; tells how the sync's records stand then.
    pub(in crate::commands) async fn until(
        &self,
        title: &str,
        sync: &str,
        holds: impl Fn() -> bool,
    ) -> anyhow::Result<String> {
        let mut waited = Duration::ZERO;
        loop {
            let (_, text) = self.state(sync).await?;
            if holds() {
                return Ok(format!("{title}: {text}"));
            }
            if let Some(given_up) = self.rest(&mut waited).await {
                return Ok(format!("{title}: {given_up}: {text}"));
            }
        }
    }

    /// Every record of a sync, once.
    pub(in crate::commands) async fn records(&self, sync: &str) -> anyhow::Result<Vec<RecordRow>> {
        let filter = Filter {
            sync: Some(SyncId::new(sync)?),
            ..Filter::default()
        };
        let mut all: Vec<RecordRow> = Vec::new();
        loop {
            let after = all.last().map(|row| {
                let record = ports::ledger::RecordRef {
                    sync: row.sync.clone(),
                    key: row.key.clone(),
                };
                (row.changed_at, record)
            });
            let page = self
                .ledger
                .records(&self.merchant, &filter, after, 1_000)
                .await?;
            if page.is_empty() {
                // What changes while it is read comes again, after all others.
                let mut seen = HashSet::new();
                all.reverse();
                all.retain(|row| seen.insert(row.key.clone()));
                all.reverse();
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// How many records of a sync are at their end, and all counts in words.
    async fn state(&self, sync: &str) -> anyhow::Result<(u64, String)> {
        let counts = self.ledger.counts(&self.merchant).await?;
        let ours = counts.iter().filter(|count| count.sync.as_str() == sync);
        let finished = ours
            .clone()
            .filter(|count| !count.status.is_unfinished())
            .map(|count| count.records)
            .sum();
        let words: Vec<String> = Status::ALL
            .into_iter()
            .filter_map(|status| ours.clone().find(|count| count.status == status))
            .filter(|count| count.records > 0)
            .map(|count| format!("{} {}", count.records, count.status.as_str()))
            .collect();
        Ok((finished, words.join(", ")))
    }

    /// Rests; tells that patience is at its end, when it is.
    async fn rest(&self, waited: &mut Duration) -> Option<String> {
        if *waited >= self.limit {
            let minutes = self.limit.as_secs() / 60;
            return Some(format!("did not come to rest within {minutes} minutes"));
        }
        *waited += LOOK_EVERY;
        self.clock.sleep(LOOK_EVERY).await;
        None
    }
}

fn bar(title: &str, records: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(records).unwrap_or_default());
    if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar.set_prefix(title.to_owned());
    bar
}
