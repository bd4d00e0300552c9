//! A puller on a real ledger, between a source that says what it is told and a publisher that may fail.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use causeway_puller::{Connection, LEASE, Puller, Readers};
use commerce::{
    ConnectionId, Event, ExternalId, Fulfilment, Kind, MerchantId, OrderRef, Record, Revision, Sku,
    StockLevel, SyncId,
};
use jiff::Timestamp;
use ports::ledger::{Holder, Stream};
use ports::{
    Clock, Cursor, Fault, Found, Ledger, Page, Publisher, QueueError, Schedule, Source, Sync,
    Unreadable, Urgency, Window,
};
use rust_decimal::Decimal;
use tokio::sync::watch;

/// Time that stands until it is moved.
#[derive(Debug, Clone)]
pub(crate) struct StillClock(Arc<watch::Sender<Timestamp>>);

impl StillClock {
    pub(crate) fn pass(&self, time: Duration) {
        self.0.send_modify(|now| *now += time);
    }
}

#[async_trait]
impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        let due = self.now() + duration;
        let mut time = self.0.subscribe();
        time.wait_for(|now| *now >= due).await.unwrap();
    }
}

/// Pages by the cursor after which they come: 0, 1, 2 …
#[derive(Default)]
pub(crate) struct StubSource {
    pub(crate) pages: Mutex<Vec<(Vec<Event>, Vec<Unreadable>)>>,
    pub(crate) asked: Mutex<Vec<String>>,
    /// How many ids each question by id named.
    pub(crate) sought: Mutex<Vec<usize>>,
    /// Faults to answer with first.
    pub(crate) faults: Mutex<VecDeque<Fault>>,
    /// What its list of created records tells.
    pub(crate) created: Mutex<Vec<ExternalId>>,
    /// What happens while a page is read.
    pub(crate) meanwhile: Mutex<Option<Meanwhile>>,
}

/// Something that happens once.
pub(crate) type Meanwhile = Box<dyn FnOnce() -> tokio::task::JoinHandle<()> + Send>;

#[async_trait]
impl Source for StubSource {
    fn kinds(&self) -> &[Kind] {
        &[Kind::Stock, Kind::Fulfilment]
    }

    async fn page(&self, _kind: Kind, after: &Cursor) -> Result<Page, Fault> {
        self.asked.lock().unwrap().push(after.0.clone());
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile().await.unwrap();
        }
        if let Some(fault) = self.faults.lock().unwrap().pop_front() {
            return Err(fault);
        }
        let place: usize = after.0.parse().unwrap_or(0);
        let pages = self.pages.lock().unwrap();
        let (events, unreadable) = pages.get(place).cloned().unwrap_or_default();
        Ok(Page {
            events,
            unreadable,
            next: Cursor((place + 1).min(pages.len()).to_string()),
            more: place + 1 < pages.len(),
        })
    }

    async fn some(&self, _kind: Kind, ids: &[ExternalId]) -> Result<Found, Fault> {
        self.sought.lock().unwrap().push(ids.len());
        if let Some(fault) = self.faults.lock().unwrap().pop_front() {
            return Err(fault);
        }
        let mut found = Found::default();
        for (events, unreadable) in self.pages.lock().unwrap().iter() {
            let (mut events, mut unreadable) = (events.clone(), unreadable.clone());
            events.retain(|event| ids.contains(&event.external_id));
            unreadable.retain(|record| ids.contains(&record.id));
            found.absorb(Found { events, unreadable });
        }
        Ok(found)
    }

    fn cursor_at(&self, _kind: Kind, _from: Timestamp) -> Cursor {
        Cursor("0".to_owned())
    }

    async fn count(&self, _kind: Kind, _window: Window) -> Result<Option<u64>, Fault> {
        let pages = self.pages.lock().unwrap();
        let events = pages.iter().map(|(events, _)| events.len()).sum::<usize>();
        Ok(u64::try_from(events).ok())
    }

    async fn ids(&self, _kind: Kind, _window: Window) -> Result<Vec<ExternalId>, Fault> {
        Ok(self.created.lock().unwrap().clone())
    }
}

/// Remembers what was published.
#[derive(Default)]
pub(crate) struct StubPublisher {
    pub(crate) fails: AtomicBool,
    pub(crate) published: Mutex<Vec<(Event, Urgency)>>,
}

#[async_trait]
impl Publisher for StubPublisher {
    async fn publish(&self, events: &[Event], urgency: Urgency) -> Result<(), QueueError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(QueueError::Unavailable("on purpose".to_owned()));
        }
        let mut published = self.published.lock().unwrap();
        published.extend(events.iter().map(|event| (event.clone(), urgency)));
        Ok(())
    }
}

pub(crate) struct Bench {
    pub(crate) clock: StillClock,
    pub(crate) source: Arc<StubSource>,
    pub(crate) publisher: Arc<StubPublisher>,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) merchant: MerchantId,
}

impl Bench {
    pub(crate) async fn new(pages: Vec<Vec<Event>>) -> Self {
        let start = "2026-03-10T12:00:00Z".parse().unwrap();
        let source = StubSource::default();
        let pages = pages.into_iter().map(|events| (events, Vec::new()));
        *source.pages.lock().unwrap() = pages.collect();
        Self {
            clock: StillClock(Arc::new(watch::Sender::new(start))),
            source: Arc::new(source),
            publisher: Arc::default(),
            ledger: ledger::open("sqlite::memory:").await.unwrap(),
            merchant: MerchantId::default(),
        }
    }

    /// Why each published event was read.
    pub(crate) fn occasions(&self) -> Vec<Option<String>> {
        let published = self.publisher.published.lock().unwrap();
        let occasions = published.iter().map(|(event, _)| event.occasion.clone());
        occasions.collect()
    }

    pub(crate) fn connection(&self, holder: &str) -> Connection {
        Connection {
            merchant: self.merchant.clone(),
            id: ConnectionId::new("netsuite").unwrap(),
            source: self.source.clone(),
            publisher: self.publisher.clone(),
            ledger: Arc::clone(&self.ledger),
            clock: Arc::new(self.clock.clone()),
            holder: Holder(holder.to_owned()),
            lease: LEASE,
        }
    }

    pub(crate) fn readers(&self) -> Readers {
        vec![Sync {
            merchant: self.merchant.clone(),
            id: SyncId::new("stock").unwrap(),
            kind: Kind::Stock,
            from: ConnectionId::new("netsuite").unwrap(),
            to: ConnectionId::new("shop").unwrap(),
            schedule: Schedule {
                every: Duration::from_secs(60),
                audit: ports::Audit::default(),
            },
            paused: false,
        }]
    }

    pub(crate) fn puller(&self, holder: &str) -> Puller {
        Puller::live(self.connection(holder), Kind::Stock, self.readers())
    }

    pub(crate) fn stream(&self) -> Stream {
        Stream {
            merchant: self.merchant.clone(),
            connection: ConnectionId::new("netsuite").unwrap(),
            kind: Kind::Stock,
            backfill: None,
        }
    }

    /// What the source's list tells from now on.
    pub(crate) fn list(&self, created: &[&str]) {
        let ids = created.iter().map(|id| ExternalId::new(*id).unwrap());
        *self.source.created.lock().unwrap() = ids.collect();
    }

    /// Where reading stands.
    pub(crate) async fn cursor(&self) -> String {
        let all = self.ledger.cursors(&self.merchant).await.unwrap();
        let ours = all.into_iter().find(|one| one.stream == self.stream());
        ours.unwrap().cursor.0
    }

    /// The ids that were published, in order.
    pub(crate) fn published(&self) -> Vec<String> {
        let published = self.publisher.published.lock().unwrap();
        published
            .iter()
            .map(|(event, _)| event.external_id.to_string())
            .collect()
    }
}

/// A stock level that changed so many minutes after ten.
pub(crate) fn level(id: &str, minute: i64) -> Event {
    let ten: Timestamp = "2026-03-10T10:00:00Z".parse().unwrap();
    let at = ten + jiff::SignedDuration::from_mins(minute);
    let record = Record::Stock(StockLevel {
        sku: Sku::new(format!("SKU-{id}")).unwrap(),
        location: ExternalId::new("1").unwrap(),
        available: Decimal::TEN,
        scarce: false,
    });
    event(id, at, record)
}

/// A shipment that left at ten.
pub(crate) fn shipment(id: &str) -> Event {
    let at: Timestamp = "2026-03-10T10:00:00Z".parse().unwrap();
    let record = Record::Fulfilment(Box::new(Fulfilment {
        number: format!("IF{id}"),
        order: OrderRef {
            id: ExternalId::new("1").unwrap(),
            key: None,
        },
        shipped_at: at,
        location: None,
        method: None,
        parcels: Vec::new(),
        lines: Vec::new(),
        dispatch: None,
    }));
    event(id, at, record)
}

fn event(id: &str, at: Timestamp, record: Record) -> Event {
    Event::new(
        MerchantId::default(),
        ConnectionId::new("netsuite").unwrap(),
        ExternalId::new(id).unwrap(),
        Revision {
            at,
            digest: record.digest(),
        },
        at,
        record,
    )
}
