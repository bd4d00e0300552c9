//! Publishes what has to go through the queue once more: released from waiting, or retried by a person.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use commerce::{ConnectionId, Event, MerchantId, SyncId};
use ports::ledger::{Backfill, BackfillScope, BackfillState, Due, RecordRef};
use ports::{Clock, Ledger, LedgerError, Publisher, QueueError, Urgency};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

const LOOK_EVERY: Duration = Duration::from_secs(1);
const AT_ONCE: usize = 200;

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
        while !stop.is_cancelled() {
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

    async fn round(&self) -> Result<usize, Error> {
        let due = self.ledger.due(&self.merchant, AT_ONCE).await?;
        let looked_at = due.len();
        let mut records: Vec<RecordRef> = Vec::with_capacity(looked_at);
        let mut events: Vec<Event> = Vec::with_capacity(looked_at);
        for Due { record, event } in due {
            match codec::decode_event(&event) {
                Ok(event) => {
                    records.push(record);
                    events.push(event);
                }
                Err(_) => self.read_again(&record).await?,
            }
        }
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
        records: Vec<RecordRef>,
        events: &[Event],
    ) -> Result<Vec<RecordRef>, QueueError> {
        if events.is_empty() {
            return Ok(records);
        }
        match self.publisher.publish(events, Urgency::Live).await {
            Ok(()) => return Ok(records),
            Err(QueueError::Unroutable(_)) => {}
            Err(other) => return Err(other),
        }
        let mut sent = Vec::with_capacity(records.len());
        for (record, event) in records.into_iter().zip(events) {
            let alone = std::slice::from_ref(event);
            match self.publisher.publish(alone, Urgency::Live).await {
                Ok(()) => sent.push(record),
                Err(QueueError::Unroutable(why)) => {
                    warn!(sync = %record.sync, record = %record.key.id, error = why, "no sync takes this record any more");
                }
                Err(other) => return Err(other),
            }
        }
        Ok(sent)
    }

    /// What could not be read when it was pulled is kept in its source's words only: it is pulled again.
    async fn read_again(&self, record: &RecordRef) -> Result<(), LedgerError> {
        let Some(connection) = self.sources.get(&record.sync) else {
            warn!(sync = %record.sync, record = %record.key.id, "this record's sync is not configured any more");
            return Ok(());
        };
        let job = Backfill {
            id: format!(
                "again-{}-{}-{}",
                record.sync, record.key.kind, record.key.id
            ),
            connection: connection.clone(),
            kind: record.key.kind,
            scope: BackfillScope::Ids(vec![record.key.id.clone()]),
            state: BackfillState::Running,
            expected: Some(1),
            published: 0,
        };
        self.ledger.put_backfill(&self.merchant, &job).await?;
        let records = std::slice::from_ref(record);
        self.ledger.published(&self.merchant, records).await
    }
}
