//! How everything stands.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures_util::Stream;
use ports::ledger::{Age, CursorState, SyncCount};
use ports::{LATEST_ALERTS, standing_alerts};
use proto::control::v1::{QueueDepth, StatusResponse, SyncStatus};
use tonic::Status;

use crate::convert::{audit, duration, of_ledger, of_queue, timestamp};
use crate::service::Service;

impl Service {
    pub(crate) async fn how_everything_stands(&self) -> Result<StatusResponse, Status> {
        let outline = self.outline().await?;
        let paused = self
            .ledger
            .paused(&self.merchant)
            .await
            .map_err(of_ledger)?;
        let counts = by_sync(
            self.ledger
                .counts(&self.merchant)
                .await
                .map_err(of_ledger)?,
        );
        let ages: HashMap<_, Age> = self
            .ledger
            .ages(&self.merchant)
            .await
            .map_err(of_ledger)?
            .into_iter()
            .map(|age| (age.sync.clone(), age))
            .collect();
        let cursors = self
            .ledger
            .cursors(&self.merchant)
            .await
            .map_err(of_ledger)?;
        let syncs = outline.syncs.iter().map(|sync| {
            let age = ages.get(&sync.id);
            SyncStatus {
                sync: sync.id.to_string(),
                kind: sync.kind.to_string(),
                from: sync.from.to_string(),
                to: sync.to.to_string(),
                paused: paused.contains(&sync.id),
                every: Some(duration(sync.schedule.every)),
                records: counts
                    .get(sync.id.as_str())
                    .cloned()
                    .unwrap_or_default()
                    .into_iter()
                    .collect(),
                oldest_unfinished: age.and_then(|age| age.oldest_unfinished).map(timestamp),
                last_success: age.and_then(|age| age.last_success).map(timestamp),
                checked_at: checked_at(&cursors, sync).map(timestamp),
            }
        });
        let depths = self.queue.depths(&self.merchant).await.map_err(of_queue)?;
        let mut running = self.all_backfills().await?;
        running.retain(|one| one.state == "running");
        let log = self
            .ledger
            .audit_log(&self.merchant, LATEST_ALERTS)
            .await
            .map_err(of_ledger)?;
        Ok(StatusResponse {
            syncs: syncs.collect(),
            workers: self.workers.states(),
            queues: depths
                .into_iter()
                .map(|depth| QueueDepth {
                    queue: depth.queue,
                    ready: depth.ready,
                    resting: depth.resting,
                })
                .collect(),
            at: Some(timestamp(self.clock.now())),
            backfills: running,
            alerts: standing_alerts(&log).cloned().map(audit).collect(),
        })
    }

    /// One state now, then one per interval while somebody listens.
    pub(crate) fn states_every(
        self,
        interval: Duration,
    ) -> impl Stream<Item = Result<StatusResponse, Status>> + Send {
        futures_util::stream::unfold((self, true), move |(service, first)| async move {
            if !first {
                service.clock.sleep(interval).await;
            }
            let state = service.how_everything_stands().await;
            Some((state, (service, false)))
        })
    }
}

fn by_sync(counts: Vec<SyncCount>) -> HashMap<String, BTreeMap<String, u64>> {
    let mut all: HashMap<String, BTreeMap<String, u64>> = HashMap::new();
    for count in counts {
        all.entry(count.sync.to_string())
            .or_default()
            .insert(count.status.as_str().to_owned(), count.records);
    }
    all
}

fn checked_at(cursors: &[CursorState], sync: &ports::Sync) -> Option<jiff::Timestamp> {
    let ours = |state: &&CursorState| {
        state.stream.connection == sync.from
            && state.stream.kind == sync.kind
            && state.stream.backfill.is_none()
    };
    cursors.iter().find(ours).and_then(|state| state.checked_at)
}
