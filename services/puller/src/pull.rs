//! The loop of one stream.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use commerce::{Event, Kind, Revision};
use jiff::Timestamp;
use ports::ledger::{Lease, Outcome, Seen, StepKind, Stream, SyncRef};
use ports::{
    Actor, Alarm, Fault, LedgerError, Page, QueueError, Status, Unreadable, Urgency, Verdict,
};
use telemetry::trace::TraceContext;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, debug, error, info, info_span, warn};

use crate::recent::Recent;
use crate::{Connection, Readers};

/// How many event ids a reader remembers: more than an overlap of minutes holds, at 16 bytes each.
const REMEMBERED: usize = 50_000;
/// How long a reader rests after a failure that will pass.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(5);
/// How long a reader rests when its credentials are refused.
const PAUSE_UNAUTHORIZED: Duration = Duration::from_secs(60);

/// Reads one stream.
pub struct Puller {
    connection: Connection,
    stream: Stream,
    urgency: Urgency,
    readers: Readers,
    recent: Recent,
    alarm: Alarm,
    /// Whether the stream was found read to its end, last time this process looked.
    caught_up: watch::Sender<bool>,
    /// The lease as last taken or renewed, to be given back at the end.
    held: Option<Lease>,
}

/// Why a round of reading ended early. The stored cursor is right in every case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source.
    #[error("reading: {0}")]
    Source(#[from] Fault),
    /// The queue.
    #[error("publishing: {0}")]
    Queue(#[from] QueueError),
    /// The ledger.
    #[error("recording: {0}")]
    Ledger(#[from] LedgerError),
}

/// What a round of reading came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Events published.
    pub published: usize,
    /// Whether the stream was read to its present end; `false` when another process reads it.
    pub complete: bool,
}

impl Puller {
    /// A reader of what happens now.
    #[must_use]
    pub fn live(connection: Connection, kind: Kind, readers: Readers) -> Self {
        let stream = Stream {
            merchant: connection.merchant.clone(),
            connection: connection.id.clone(),
            kind,
            backfill: None,
        };
        Self::new(connection, stream, Urgency::Live, readers)
    }

    pub(crate) fn new(
        connection: Connection,
        stream: Stream,
        urgency: Urgency,
        readers: Readers,
    ) -> Self {
        Self {
            alarm: Alarm::new(connection.merchant.clone(), Arc::clone(&connection.ledger)),
            connection,
            stream,
            urgency,
            readers,
            recent: Recent::with_capacity(REMEMBERED),
            caught_up: watch::Sender::new(false),
            held: None,
        }
    }

    /// Tells whether the stream was read to its end.
    pub(crate) fn caught_up(&self) -> watch::Receiver<bool> {
        self.caught_up.subscribe()
    }

    /// What it reads, and for whom.
    pub(crate) const fn stream(&self) -> (&Connection, Kind, &Readers) {
        (&self.connection, self.stream.kind, &self.readers)
    }

    /// Reads on schedule and at every ring of the bell until told to stop; gives the lease back then.
    pub async fn run(mut self, every: Duration, bell: Arc<Notify>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let rest = match self.round(&stop).await {
                Ok(round) => {
                    if round.published > 0 {
                        info!(connection = %self.stream.connection, kind = %self.stream.kind, events = round.published, "published");
                    }
                    self.caught_up.send_replace(round.complete);
                    if round.complete {
                        self.tell(None).await;
                    }
                    every
                }
                Err(error) => self.rest_after(&error).await,
            };
            let clock = Arc::clone(&self.connection.clock);
            tokio::select! {
                () = stop.cancelled() => {}
                () = bell.notified() => {}
                () = clock.sleep(rest) => {}
            }
        }
        self.let_go().await;
    }

    /// Gives the lease back, so that a successor need not wait for its end.
    async fn let_go(&mut self) {
        if let Some(lease) = self.held.take()
            && let Err(error) = self.connection.ledger.release(&lease).await
        {
            warn!(connection = %self.stream.connection, kind = %self.stream.kind, error = %error, "the lease could not be given back; it ends by itself");
        }
    }

    /// Reads page after page until the stream is exhausted for now.
    ///
    /// # Errors
    /// [`Error`]; everything before the failing page is published and recorded.
    pub async fn round(&mut self, stop: &CancellationToken) -> Result<Round, Error> {
        let now = self.connection.clock.now();
        let lease = self
            .connection
            .ledger
            .lease(
                &self.stream,
                &self.connection.holder,
                self.connection.lease,
                now,
            )
            .await?;
        self.held.clone_from(&lease);
        let Some(mut lease) = lease else {
            return Ok(Round::default());
        };
        let mut round = Round::default();
        while !stop.is_cancelled() {
            let span = info_span!("pull", merchant = %self.stream.merchant, connection = %self.stream.connection, kind = %self.stream.kind);
            let step = self.step(&lease).instrument(span).await?;
            round.published += step.published;
            lease = step.lease;
            self.held = Some(lease.clone());
            if !step.more {
                round.complete = true;
                break;
            }
        }
        Ok(round)
    }

    async fn step(&mut self, lease: &Lease) -> Result<Step, Error> {
        let source = &self.connection.source;
        let page = source.page(self.stream.kind, &lease.cursor).await?;
        let more = page.more;
        let (published, lease) = self.take(lease, page).await?;
        Ok(Step {
            published,
            lease,
            more,
        })
    }

    /// Publishes a page and then moves the cursor: in this order, or a stop in between loses the page.
    async fn take(&mut self, lease: &Lease, page: Page) -> Result<(usize, Lease), Error> {
        // One that comes back to what it was is the same event once more, and no repeat.
        let told_again = is_told_again(self.stream.kind);
        let mut fresh: Vec<Event> = page
            .events
            .into_iter()
            .filter(|event| told_again || !self.recent.contains(event.id))
            .collect();
        if told_again {
            fresh = self.without_the_held(fresh).await?;
        }
        if !fresh.is_empty() {
            self.publish(&mut fresh).await?;
        }
        keep_unreadable(
            &self.connection,
            &self.stream,
            &self.readers,
            &page.unreadable,
        )
        .await?;
        let seen = seen(&self.readers, &fresh);
        let now = self.connection.clock.now();
        let renewed = self
            .connection
            .ledger
            .advance(lease, &page.next, &seen, self.connection.lease, now)
            .await?;
        fresh.iter().for_each(|event| self.recent.insert(event.id));
        self.announce(&fresh).await?;
        debug!(connection = %self.stream.connection, kind = %self.stream.kind, events = fresh.len(), "advanced");
        Ok((fresh.len(), renewed))
    }

    /// Leaves out what every sync's target holds already as it is now.
    async fn without_the_held(&self, events: Vec<Event>) -> Result<Vec<Event>, LedgerError> {
        let contents: Vec<_> = events
            .iter()
            .map(|event| (event.external_id.clone(), event.revision.digest))
            .collect();
        let mut wanted = vec![false; events.len()];
        let (merchant, kind) = (&self.stream.merchant, self.stream.kind);
        for reader in self.readers.iter().filter(|reader| reader.kind == kind) {
            let ledger = &self.connection.ledger;
            let held = ledger.held(merchant, &reader.id, kind, &contents).await?;
            for (wanted, held) in wanted.iter_mut().zip(held) {
                *wanted |= !held;
            }
        }
        let events = events.into_iter().zip(wanted);
        Ok(events
            .filter_map(|(event, wanted)| wanted.then_some(event))
            .collect())
    }

    /// What comes of the events goes on from here in their trace, in whatever process.
    async fn publish(&self, events: &mut [Event]) -> Result<(), QueueError> {
        let span = info_span!("publish", otel.kind = "producer", events = events.len());
        carry_trace(events, &telemetry::trace::of(&span));
        let publisher = &self.connection.publisher;
        async {
            if self.urgency != Urgency::Live {
                return publisher.publish(events, self.urgency).await;
            }
            let is_fast = |event: &Event| Urgency::now(event) == Urgency::Fast;
            events.sort_by_key(|event| !is_fast(event));
            let (fast, others) = events.split_at(events.partition_point(is_fast));
            for (events, urgency) in [(fast, Urgency::Fast), (others, Urgency::Live)] {
                if !events.is_empty() {
                    publisher.publish(events, urgency).await?;
                }
            }
            Ok(())
        }
        .instrument(span)
        .await?;
        count(&self.stream, events.len());
        Ok(())
    }

    /// The arrival of a record releases those that wait for it.
    async fn announce(&self, events: &[Event]) -> Result<(), LedgerError> {
        let keys: Vec<String> = events.iter().filter_map(arrival_key).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let now = self.connection.clock.now();
        let released = self
            .connection
            .ledger
            .release_waiting(&self.stream.merchant, &keys, now)
            .await?;
        if released > 0 {
            info!(connection = %self.stream.connection, records = released, "released records that waited for these");
        }
        Ok(())
    }

    async fn rest_after(&self, error: &Error) -> Duration {
        let Error::Source(fault) = error else {
            warn!(connection = %self.stream.connection, kind = %self.stream.kind, error = %error, "will read again");
            return PAUSE_AFTER_FAULT;
        };
        match fault.verdict() {
            Verdict::Retry { after } => {
                warn!(connection = %self.stream.connection, kind = %self.stream.kind, error = %fault, "will read again");
                after.unwrap_or(PAUSE_AFTER_FAULT).max(PAUSE_AFTER_FAULT)
            }
            Verdict::Locate
            | Verdict::Pause
            | Verdict::Wait { .. }
            | Verdict::Hold
            | Verdict::Fail => {
                error!(connection = %self.stream.connection, kind = %self.stream.kind, error = %fault, "reading is stopped until this is mended; looking again in a minute");
                self.tell(Some(fault)).await;
                PAUSE_UNAUTHORIZED
            }
        }
    }

    /// Raises the alarm where reading has stopped, and takes it back once it goes on.
    async fn tell(&self, stopped: Option<&Fault>) {
        let work = format!("pull {} from {}", self.stream.kind, self.stream.connection);
        let now = self.connection.clock.now();
        let told = match stopped {
            Some(fault) => {
                let what = format!("{work} has stopped: {}", fault.advice());
                self.alarm.raise(&work, &what, now).await
            }
            None => self.alarm.resolve(&work, now).await,
        };
        if let Err(error) = told {
            warn!(connection = %self.stream.connection, kind = %self.stream.kind, error = %error, "an alert could not be stored; the next round tells it");
        }
    }
}

/// One page, read and published.
struct Step {
    published: usize,
    lease: Lease,
    more: bool,
}

fn carry_trace(events: &mut [Event], here: &TraceContext) {
    for event in events {
        event.trace.traceparent.clone_from(&here.traceparent);
        event.trace.tracestate.clone_from(&here.tracestate);
    }
}

fn count(stream: &Stream, events: usize) {
    let events = u64::try_from(events).unwrap_or_default();
    let (merchant, connection) = (stream.merchant.as_str(), stream.connection.as_str());
    telemetry::metrics::events_published(merchant, connection, stream.kind.as_str(), events);
}

/// What could not be read becomes a failed record with the source's own words, in every sync that would have had it.
pub(crate) async fn keep_unreadable(
    connection: &Connection,
    stream: &Stream,
    readers: &Readers,
    records: &[Unreadable],
) -> Result<(), LedgerError> {
    if records.is_empty() {
        return Ok(());
    }
    let now = connection.clock.now();
    let outcomes: Vec<Outcome> = records
        .iter()
        .map(|record| unreadable_outcome(stream, record, now))
        .collect();
    for reader in readers.iter().filter(|reader| reader.kind == stream.kind) {
        let sync = SyncRef {
            merchant: reader.merchant.clone(),
            id: reader.id.clone(),
            from: reader.from.clone(),
            to: reader.to.clone(),
        };
        connection
            .ledger
            .record(&sync, &connection.holder, now, &outcomes)
            .await?;
        warn!(sync = %reader.id, records = records.len(), "records could not be read and wait for a person");
    }
    Ok(())
}

/// What the syncs that read a stream are told of published events.
pub(crate) fn seen(readers: &Readers, events: &[Event]) -> Vec<Seen> {
    let mut seen = Vec::with_capacity(events.len() * readers.len());
    for event in events {
        for reader in readers.iter().filter(|reader| reader.kind == event.kind()) {
            seen.push(Seen {
                sync: reader.id.clone(),
                key: event.key(),
                number: event.record.number().to_owned(),
                revision: event.revision,
                units: match &event.record {
                    commerce::Record::Order(order) => order.units(),
                    _ => BTreeMap::new(),
                },
            });
        }
    }
    seen
}

/// Whether sources tell all records of a kind again from time to time, since they do not see every change.
const fn is_told_again(kind: Kind) -> bool {
    matches!(kind, Kind::Price)
}

/// The key under which others wait for a record: a stock level proves that its connection knows the SKU.
fn arrival_key(event: &Event) -> Option<String> {
    match &event.record {
        commerce::Record::Stock(level) => Some(format!("{}/item:{}", event.connection, level.sku)),
        commerce::Record::Order(_)
        | commerce::Record::Fulfilment(_)
        | commerce::Record::Refund(_)
        | commerce::Record::Product(_)
        | commerce::Record::Price(_)
        | commerce::Record::Cancellation(_)
        | commerce::Record::Customer(_)
        | commerce::Record::Company(_)
        | commerce::Record::Payout(_)
        | commerce::Record::ShippingOrder(_) => None,
    }
}

fn unreadable_outcome(stream: &Stream, record: &Unreadable, now: Timestamp) -> Outcome {
    let note = format!(
        "{} {} could not be read: {}",
        stream.kind, record.id, record.why
    );
    Outcome {
        key: commerce::RecordKey {
            kind: stream.kind,
            id: record.id.clone(),
        },
        number: record.id.to_string(),
        revision: Revision {
            // Older than every version: whichever can be read replaces it.
            at: Timestamp::UNIX_EPOCH,
            digest: commerce::Digest::of([record.body.as_slice()]),
        },
        status: Status::Failed,
        reason: Some(note.clone()),
        actor: Some(Actor::Engineer),
        twin: None,
        waits_for: None,
        next_try: None,
        releases: Vec::new(),
        made_of: None,
        event: record.body.clone().into(),
        steps: vec![ports::ledger::Step {
            at: now,
            kind: StepKind::Read,
            note,
            exchange: None,
            push: None,
        }],
    }
}
