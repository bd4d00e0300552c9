//! Publishes what has to go through the queue once more: released from waiting, or retried by a person.

use std::sync::Arc;
use std::time::Duration;

use commerce::{Event, MerchantId};
use ports::ledger::{Due, RecordRef};
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
        if due.is_empty() {
            return Ok(0);
        }
        let mut events: Vec<Event> = Vec::with_capacity(due.len());
        for Due { record, event } in &due {
            match codec::decode_event(event) {
                Ok(event) => events.push(event),
                Err(error) => {
                    warn!(sync = %record.sync, record = %record.key.id, error = %error, "kept as it was read: read it again with a backfill by id");
                }
            }
        }
        self.publisher.publish(&events, Urgency::Live).await?;
        let records: Vec<RecordRef> = due.into_iter().map(|due| due.record).collect();
        self.ledger.published(&self.merchant, &records).await?;
        info!(records = records.len(), "sent through the queue once more");
        Ok(records.len())
    }
}
