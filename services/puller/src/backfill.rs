//! Backfills: a span of the past, or named records, read again behind everything that happens now.

use std::collections::HashSet;
use std::time::Duration;

use commerce::{Event, ExternalId, Kind};
use ports::ledger::{Backfill, BackfillScope, BackfillState, Lease, Stream};
use ports::{Fault, Found, Unreadable, Urgency, Verdict, Window};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::pull::{Error, keep_unreadable};
use crate::{Connection, Readers};

/// Named records that are asked for at once: as many as a page of them.
const AT_ONCE: usize = 50;

/// How often to look for new backfills.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Reads a connection's backfills, one after the other. A stop goes on where it was; a repeat does no harm.
pub struct Backfiller {
    connection: Connection,
    readers: Readers,
}

impl Backfiller {
    /// A reader of the backfills of one connection.
    #[must_use]
    pub const fn new(connection: Connection, readers: Readers) -> Self {
        Self {
            connection,
            readers,
        }
    }

    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.round(&stop).await {
                warn!(connection = %self.connection.id, error = %error, "backfill interrupted, will go on");
            }
            let clock = std::sync::Arc::clone(&self.connection.clock);
            tokio::select! {
                () = stop.cancelled() => {}
                () = clock.sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Reads every running backfill of the connection to its end.
    ///
    /// # Errors
    /// [`Error`]; what was published is recorded.
    pub async fn round(&self, stop: &CancellationToken) -> Result<(), Error> {
        let all = self
            .connection
            .ledger
            .backfills(&self.connection.merchant)
            .await?;
        let ours = all.into_iter().filter(|job| {
            job.connection == self.connection.id
                && job.state == BackfillState::Running
                && self.connection.source.kinds().contains(&job.kind)
        });
        for job in ours {
            self.read(job, stop).await?;
        }
        Ok(())
    }

    async fn read(&self, mut job: Backfill, stop: &CancellationToken) -> Result<(), Error> {
        let stream = Stream {
            merchant: self.connection.merchant.clone(),
            connection: self.connection.id.clone(),
            kind: job.kind,
            backfill: Some(job.id.clone()),
        };
        let now = self.connection.clock.now();
        let Some(lease) = self
            .connection
            .ledger
            .lease(&stream, &self.connection.holder, self.connection.lease, now)
            .await?
        else {
            return Ok(());
        };
        let lease = match job.scope.clone() {
            BackfillScope::Window(window) => {
                self.read_window(&mut job, lease, window, stop).await?
            }
            BackfillScope::Ids(ids) | BackfillScope::Again(ids) => {
                self.read_ids(&mut job, lease, &ids, stop).await?
            }
        };
        self.connection.ledger.release(&lease).await?;
        if matches!(job.scope, BackfillScope::Again(_)) && job.state == BackfillState::Finished {
            let (ledger, merchant) = (&self.connection.ledger, &self.connection.merchant);
            ledger.forget_backfill(merchant, &job.id).await?;
        }
        if job.state == BackfillState::Finished {
            info!(connection = %self.connection.id, backfill = %job.id, events = job.published, "backfill finished");
        }
        Ok(())
    }

    async fn read_window(
        &self,
        job: &mut Backfill,
        mut lease: Lease,
        window: Window,
        stop: &CancellationToken,
    ) -> Result<Lease, Error> {
        if lease.cursor.0.is_empty() {
            lease.cursor = self.connection.source.cursor_at(job.kind, window.from);
        }
        while !stop.is_cancelled() {
            let page = self.connection.source.page(job.kind, &lease.cursor).await?;
            let past_the_end = page
                .events
                .iter()
                .any(|event| event.revision.at >= window.to);
            let within: Vec<Event> = page
                .events
                .into_iter()
                .filter(|event| event.revision.at < window.to)
                .collect();
            self.publish(job, &within).await?;
            keep_unreadable(
                &self.connection,
                &lease.stream,
                &self.readers,
                &page.unreadable,
            )
            .await?;
            let now = self.connection.clock.now();
            lease = self
                .connection
                .ledger
                .advance(
                    &lease,
                    &page.next,
                    &self.seen(&within),
                    self.connection.lease,
                    now,
                )
                .await?;
            let done = past_the_end || !page.more;
            self.note(job, done).await?;
            if done {
                break;
            }
        }
        Ok(lease)
    }

    async fn read_ids(
        &self,
        job: &mut Backfill,
        lease: Lease,
        ids: &[ExternalId],
        stop: &CancellationToken,
    ) -> Result<Lease, Error> {
        let done_before = usize::try_from(job.published).unwrap_or(usize::MAX);
        let left = ids.get(done_before..).unwrap_or_default();
        for some in left.chunks(AT_ONCE) {
            if stop.is_cancelled() {
                return Ok(lease);
            }
            match self.connection.source.some(job.kind, some).await {
                Ok(found) => self.keep(job.kind, &lease, some, &found).await?,
                // One among them may be what the source stumbles over: then each is asked for alone.
                Err(fault) if is_of_the_record(&fault) => {
                    for id in some {
                        self.read_alone(job.kind, &lease, id).await?;
                    }
                }
                Err(fault) => return Err(fault.into()),
            }
            job.published += u64::try_from(some.len()).unwrap_or_default();
            self.note(job, false).await?;
        }
        self.note(job, true).await?;
        Ok(lease)
    }

    async fn read_alone(&self, kind: Kind, lease: &Lease, id: &ExternalId) -> Result<(), Error> {
        let alone = std::slice::from_ref(id);
        let found = match self.connection.source.some(kind, alone).await {
            Ok(found) => found,
            Err(fault) if is_of_the_record(&fault) => Found {
                events: Vec::new(),
                unreadable: vec![Unreadable {
                    id: id.clone(),
                    why: fault.to_string(),
                    body: Vec::new(),
                }],
            },
            Err(fault) => return Err(fault.into()),
        };
        self.keep(kind, lease, alone, &found).await
    }

    /// Publishes what was found of the ids, and tells what was not.
    async fn keep(
        &self,
        kind: Kind,
        lease: &Lease,
        ids: &[ExternalId],
        found: &Found,
    ) -> Result<(), Error> {
        let connection = &self.connection;
        if !found.events.is_empty() {
            connection
                .publisher
                .publish(&found.events, Urgency::Bulk)
                .await?;
            let seen = self.seen(&found.events);
            let now = connection.clock.now();
            connection
                .ledger
                .advance(lease, &lease.cursor, &seen, connection.lease, now)
                .await?;
        }
        keep_unreadable(connection, &lease.stream, &self.readers, &found.unreadable).await?;
        let readable = found.events.iter().map(|event| &event.external_id);
        let unreadable = found.unreadable.iter().map(|record| &record.id);
        let there: HashSet<&ExternalId> = readable.chain(unreadable).collect();
        for id in ids.iter().filter(|id| !there.contains(id)) {
            warn!(connection = %connection.id, kind = %kind, id = %id, "the source has no such record");
        }
        Ok(())
    }

    async fn publish(&self, job: &mut Backfill, events: &[Event]) -> Result<(), Error> {
        if !events.is_empty() {
            self.connection
                .publisher
                .publish(events, Urgency::Bulk)
                .await?;
            job.published += u64::try_from(events.len()).unwrap_or_default();
        }
        Ok(())
    }

    async fn note(&self, job: &mut Backfill, done: bool) -> Result<(), Error> {
        if done {
            job.state = BackfillState::Finished;
        }
        Ok(self
            .connection
            .ledger
            .put_backfill(&self.connection.merchant, job)
            .await?)
    }

    fn seen(&self, events: &[Event]) -> Vec<ports::ledger::Seen> {
        crate::pull::seen(&self.readers, events)
    }
}

/// Whether it is this record that cannot be read, now and later: those behind it can.
fn is_of_the_record(fault: &Fault) -> bool {
    match fault.verdict() {
        Verdict::Fail | Verdict::Hold | Verdict::Wait { .. } => true,
        Verdict::Retry { .. } | Verdict::Locate | Verdict::Pause => false,
    }
}
