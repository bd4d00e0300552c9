//! Publishes what has to go through the queue once more: released from waiting, or retried by a person.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use commerce::{ConnectionId, Event, ExternalId, Kind, MerchantId, SyncId};
use jiff::Timestamp;
use ports::ledger::{Backfill, BackfillScope, BackfillState, Due, RecordRef};
use ports::{Clock, Ledger, LedgerError, Publisher, QueueError, Urgency};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::judge::due;

const LOOK_EVERY: Duration = Duration::from_secs(1);
const AT_ONCE: usize = 200;
const LOOK_FOR_UNNOTICED_EVERY: Duration = Duration::from_secs(60);

/// Empties a merchant's outbox. Several may run: a repeat is recognised by its claim.
pub struct Courier {
    /// Whose outbox.
    pub merchant: MerchantId,
    /// Where it is.
    pub ledger: Arc<dyn Ledger>,
    /// Takes the events.
    pub publisher: Arc<dyn Publisher>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where each sync reads from.
    pub sources: HashMap<SyncId, ConnectionId>,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl Courier {
    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut next_look = self.clock.now();
        while !stop.is_cancelled() {
            if self.clock.now() >= next_look {
                self.look_for_unnoticed().await;
                next_look = due(self.clock.now(), LOOK_FOR_UNNOTICED_EVERY);
            }
            let carried = match self.round().await {
                Ok(carried) => carried,
                Err(error) => {
                    warn!(error = %error, "the outbox waits");
                    0
                }
            };
            if carried == AT_ONCE {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.clock.sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// What a record waits for may have come without anybody's notice.
    async fn look_for_unnoticed(&self) {
        let now = self.clock.now();
        match self.ledger.release_overdue(&self.merchant, now).await {
            Ok(0) => {}
            Ok(records) => info!(records, "looking again at records that wait"),
            Err(error) => warn!(error = %error, "records that wait could not be looked at"),
        }
    }

    async fn round(&self) -> Result<usize, Error> {
        let all = self.ledger.due(&self.merchant, AT_ONCE).await?;
        let looked_at = all.len();
        let mut records: Vec<(RecordRef, Timestamp)> = Vec::with_capacity(looked_at);
        let mut events: Vec<Event> = Vec::with_capacity(looked_at);
        let mut unread: Vec<(RecordRef, Timestamp)> = Vec::new();
        for Due {
            record,
            since,
            event,
        } in all
        {
            match codec::decode_event(&event) {
                Ok(event) => {
                    records.push((record, since));
                    events.push(event);
                }
                Err(_) => unread.push((record, since)),
            }
        }
        self.read_again(unread).await?;
        let records = self.publish(records, &events).await?;
        if !records.is_empty() {
            self.ledger.published(&self.merchant, &records).await?;
            info!(records = records.len(), "sent through the queue once more");
        }
        Ok(looked_at)
    }

    /// Publishes events and returns the records that are on their way. One that nobody takes any more stays due, and holds up no other.
    async fn publish(
        &self,
        records: Vec<(RecordRef, Timestamp)>,
        events: &[Event],
    ) -> Result<Vec<(RecordRef, Timestamp)>, QueueError> {
        if events.is_empty() {
            return Ok(records);
        }
        match self.publisher.publish(events, Urgency::Live).await {
            Ok(()) => return Ok(records),
            Err(QueueError::Unroutable(_)) => {}
            Err(other) => return Err(other),
        }
        let mut sent = Vec::with_capacity(records.len());
        for ((record, since), event) in records.into_iter().zip(events) {
            let alone = std::slice::from_ref(event);
            match self.publisher.publish(alone, Urgency::Live).await {
                Ok(()) => sent.push((record, since)),
                Err(QueueError::Unroutable(why)) => {
                    warn!(sync = %record.sync, record = %record.key.id, error = why, "no sync takes this record any more");
                }
                Err(other) => return Err(other),
            }
        }
        Ok(sent)
    }

    /// What is kept in its source's words only is read anew: what could not be read when it was pulled, and levels that orders had lowered. One
    /// backfill for all of a kind, so that its reader can ask for them together.
    async fn read_again(&self, all: Vec<(RecordRef, Timestamp)>) -> Result<(), LedgerError> {
        let mut jobs: BTreeMap<(ConnectionId, Kind), Vec<(RecordRef, Timestamp)>> = BTreeMap::new();
        for (record, since) in all {
            let Some(connection) = self.sources.get(&record.sync) else {
                warn!(sync = %record.sync, record = %record.key.id, "this record's sync is not configured any more");
                continue;
            };
            let of = (connection.clone(), record.key.kind);
            jobs.entry(of).or_default().push((record, since));
        }
        for ((connection, kind), records) in jobs {
            let ids = records.iter().map(|(record, _)| record.key.id.clone());
            let ids: BTreeSet<ExternalId> = ids.collect();
            let last = records.iter().map(|(_, since)| *since).max();
            // Couriers that see the same records make the same job; records that become due later make another, whose ids cannot be lost in one
            // that is being read.
            let id = format!(
                "again-{connection}-{kind}-{}-{}",
                last.unwrap_or_default().as_microsecond(),
                ids.first().map(ExternalId::as_str).unwrap_or_default()
            );
            let job = Backfill {
                id,
                connection,
                kind,
                expected: u64::try_from(ids.len()).ok(),
                scope: BackfillScope::Again(ids.into_iter().collect()),
                state: BackfillState::Running,
                published: 0,
            };
            self.ledger.put_backfill(&self.merchant, &job).await?;
            self.ledger.published(&self.merchant, &records).await?;
        }
        Ok(())
    }
}
