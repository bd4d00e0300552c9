//! Two connected sides in one sandbox, for the checks of one endpoint and one kind of record.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use budget::LocalBudget;
use commerce::{
    ConnectionId, Event, ExternalId, Kind, MerchantId, OrderState, Record, ShippingState, TargetKey,
};
use endpoints::Endpoint;
use jiff::Timestamp;
use ports::{Assignments, Clock, Connected, Cursor, Sink, Source, Twin, Write};
use sandbox::{Fault, Faults, Meter, Options, Rule, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::clause::{Checked, Subject};
use crate::clock::StageClock;
use crate::stand::{self, Stand};

/// Orders in the store before anything is checked.
const ORDERS: u32 = 60;
/// After that long every source tells of what happened.
const TOLD: Duration = Duration::from_secs(8 * 3600);
/// Looks until a source tells of what happened.
const LOOKS: usize = 3;
/// More pages than anything in the sandbox fills.
const PAGES: usize = 200;

/// A side: the stand-in of a system, and the connection to it.
pub(crate) struct Side {
    pub(crate) stand: &'static dyn Stand,
    pub(crate) endpoint: &'static Endpoint,
    id: ConnectionId,
    pub(crate) settings: Value,
    connected: Connected,
}

/// The endpoint that is checked, its counterpart, and what has happened between them.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<StageClock>,
    pub(crate) folder: TempDir,
    pub(crate) subject: Side,
    counterpart: Side,
    /// The twins of the orders that were brought over, by either end's id.
    orders: HashMap<ExternalId, Twin>,
    round: u32,
}

impl Stage {
    /// Connects an endpoint and its counterpart to a new sandbox.
    pub(crate) async fn open(
        subject: &'static dyn Stand,
        about: Subject,
        kind: Kind,
    ) -> Result<Self, String> {
        let clock = Arc::new(StageClock::at(Timestamp::constant(1_773_144_000, 0)));
        let time = Arc::clone(&clock);
        let mut options = Options {
            seed: 11,
            orders: ORDERS,
            clock: sandbox::Clock::new(move || time.now()),
            ..Options::default()
        };
        options.shopify.worked_by_hand = false;
        options.woocommerce.orders = ORDERS;
        options.netsuite.settings.lock_after = 0;
        options.shipstation.per_minute = None;
        options.amazon.usage_plan = None;
        options.amazon.orders = ORDERS;
        options
            .netsuite
            .custom_fields
            .extend(["custitem_web", "custcol_shop_line"].map(str::to_owned));
        let sandbox = Sandbox::start(options).await.map_err(words)?;
        let folder = tempfile::tempdir().map_err(words)?;
        let counterpart = subject.counterpart(about, kind);
        let counterpart =
            stand::find(counterpart).ok_or_else(|| format!("{counterpart} has no stand-in"))?;
        let connect = |stand| Side::connect(stand, &sandbox, &folder, &clock);
        Ok(Self {
            subject: connect(subject)?,
            counterpart: connect(counterpart)?,
            sandbox,
            clock,
            folder,
            orders: HashMap::new(),
            round: 0,
        })
    }

    /// What reads the endpoint.
    pub(crate) fn source(&self) -> Result<&dyn Source, String> {
        let source = self.subject.connected.source.as_deref();
        source.ok_or_else(|| "it reads nothing".to_owned())
    }

    /// What writes to the endpoint.
    pub(crate) fn sink(&self) -> Result<&dyn Sink, String> {
        let sink = self.subject.connected.sink.as_deref();
        sink.ok_or_else(|| "it writes nothing".to_owned())
    }

    /// The connection of the endpoint.
    pub(crate) const fn connected(&self) -> &Connected {
        &self.subject.connected
    }

    /// The endpoint connected once more, with other settings, or in a dry run.
    pub(crate) fn reconnected(
        &self,
        settings: &Value,
        change: impl FnOnce(http::Client) -> http::Client,
    ) -> Result<Connected, String> {
        connected(
            self.subject.endpoint,
            &self.subject.id,
            settings,
            &self.clock,
            change,
        )
    }

    pub(crate) fn faults(&self) -> &Faults {
        self.subject.stand.faults(&self.sandbox)
    }

    /// From here on every request to the endpoint's system meets this.
    pub(crate) fn trouble(&self, fault: Fault) {
        self.faults().set(vec![Rule::always(fault)]);
    }

    /// From here on all is well again.
    pub(crate) fn calm(&self) {
        self.faults().set(Vec::new());
    }

    pub(crate) fn meter(&self) -> &Meter {
        self.subject.stand.meter(&self.sandbox)
    }

    pub(crate) fn held(&self, kind: Kind) -> Option<usize> {
        self.subject.stand.held(&self.sandbox, kind)
    }

    /// Lets something happen at the endpoint; a cursor from before it.
    pub(crate) async fn happen(&mut self, kind: Kind) -> Result<Cursor, String> {
        self.bring_orders(kind).await?;
        self.round += 1;
        let cursor = self.source()?.cursor_at(kind, self.clock.now());
        self.subject.stand.happen(&self.sandbox, kind, self.round);
        self.clock.pass(TOLD);
        Ok(cursor)
    }

    /// Writes for the endpoint, of what happens at its counterpart.
    pub(crate) async fn writes(&mut self, kind: Kind) -> Result<Vec<Write>, String> {
        self.bring_orders(kind).await?;
        self.round += 1;
        let counterpart = &self.counterpart;
        let source = counterpart.source()?;
        let cursor = source.cursor_at(kind, self.clock.now());
        counterpart.stand.happen(&self.sandbox, kind, self.round);
        self.clock.pass(TOLD);
        let (events, _) = self.told(source, kind, cursor).await?;
        let writes: Vec<Write> = events
            .into_iter()
            .filter(is_fit)
            .filter_map(|event| self.write_of(event))
            .collect();
        if writes.is_empty() {
            return Err(format!("{} tells of no {kind}", counterpart.stand.name()));
        }
        Ok(writes)
    }

    /// What a source tells of what has happened. Not everything that happens is told the first time: some sources read all of it now and then.
    pub(crate) async fn told(
        &self,
        source: &dyn Source,
        kind: Kind,
        mut cursor: Cursor,
    ) -> Result<(Vec<Event>, Cursor), String> {
        for _ in 0..LOOKS {
            let (events, next) = read(source, kind, cursor).await?;
            cursor = next;
            if !events.is_empty() {
                return Ok((events, cursor));
            }
            self.clock.pass(TOLD);
        }
        Ok((Vec::new(), cursor))
    }

    /// Nothing for an event whose order was not brought over, where orders were.
    fn write_of(&self, event: Event) -> Option<Write> {
        let parent = match parent_of(&event.record) {
            _ if self.orders.is_empty() => None,
            Some(order) => Some(self.orders.get(order)?.clone()),
            None => None,
        };
        Some(write(event, parent))
    }

    /// Brings the store's orders into NetSuite, once, for kinds that belong to orders.
    async fn bring_orders(&mut self, kind: Kind) -> Checked {
        let belongs = [
            Kind::Fulfilment,
            Kind::Refund,
            Kind::Cancellation,
            Kind::Payout,
        ];
        if !belongs.contains(&kind) || !self.orders.is_empty() {
            return Ok(());
        }
        let mut sides = [&self.subject, &self.counterpart];
        sides.sort_by_key(|side| side.endpoint.writes.contains(&Kind::Order));
        let [store, books] = sides;
        if !store.endpoint.reads.contains(&Kind::Order) {
            return Ok(());
        }
        let (source, sink) = (store.source()?, books.sink()?);
        let all = source.cursor_at(Kind::Order, Timestamp::UNIX_EPOCH);
        let (events, _) = read(source, Kind::Order, all).await?;
        let writes: Vec<Write> = events
            .into_iter()
            .filter(is_fit)
            .map(|event| write(event, None))
            .collect();
        let mut orders = HashMap::new();
        for some in writes.chunks(sink.batch_size(Kind::Order).max(1)) {
            for (write, attempt) in some.iter().zip(sink.write(some).await) {
                let Ok(written) = attempt.result else {
                    continue;
                };
                let here = Twin {
                    id: write.event.external_id.clone(),
                    number: Some(write.event.record.number().to_owned()),
                };
                orders.insert(written.twin.id.clone(), here.clone());
                orders.insert(here.id, written.twin);
            }
        }
        if orders.is_empty() {
            return Err("no order could be brought over".to_owned());
        }
        self.orders = orders;
        self.clock.pass(TOLD);
        Ok(())
    }
}

impl Side {
    fn connect(
        stand: &'static dyn Stand,
        sandbox: &Sandbox,
        folder: &TempDir,
        clock: &Arc<StageClock>,
    ) -> Result<Self, String> {
        let name = stand.name();
        let endpoint = endpoints::find(name).ok_or_else(|| format!("no endpoint {name}"))?;
        // A secret that cannot be stored is told when it is read.
        let secret = |name: &str, text: &str| {
            stand::secret(folder.path(), name, text).unwrap_or_else(|error| error.to_string())
        };
        let settings = stand.settings(sandbox, &secret);
        let id = ConnectionId::new(name).map_err(words)?;
        Ok(Self {
            stand,
            endpoint,
            connected: connected(endpoint, &id, &settings, clock, |client| client)?,
            id,
            settings,
        })
    }

    fn source(&self) -> Result<&dyn Source, String> {
        let source = self.connected.source.as_deref();
        source.ok_or_else(|| format!("{} reads nothing", self.stand.name()))
    }

    fn sink(&self) -> Result<&dyn Sink, String> {
        let sink = self.connected.sink.as_deref();
        sink.ok_or_else(|| format!("{} writes nothing", self.stand.name()))
    }
}

fn connected(
    endpoint: &Endpoint,
    id: &ConnectionId,
    settings: &Value,
    clock: &Arc<StageClock>,
    change: impl FnOnce(http::Client) -> http::Client,
) -> Result<Connected, String> {
    let clock: Arc<dyn Clock> = Arc::<StageClock>::clone(clock);
    let limits = (endpoint.limits)(settings).map_err(words)?;
    let budget = Arc::new(LocalBudget::new(&limits, Arc::clone(&clock)));
    let client = http::Client::new(http::Options::default(), budget, clock).map_err(words)?;
    let merchant = MerchantId::default();
    (endpoint.connect)(merchant, id.clone(), settings, change(client)).map_err(words)
}

/// Reads to the end: the newest version of each record, and the cursor after it.
pub(crate) async fn read(
    source: &dyn Source,
    kind: Kind,
    mut cursor: Cursor,
) -> Result<(Vec<Event>, Cursor), String> {
    let mut newest: HashMap<ExternalId, Event> = HashMap::new();
    for _ in 0..PAGES {
        let page = source.page(kind, &cursor).await.map_err(words)?;
        if let Some(record) = page.unreadable.first() {
            return Err(format!("{} is unreadable: {}", record.id, record.why));
        }
        for event in page.events {
            newest.insert(event.external_id.clone(), event);
        }
        cursor = page.next;
        if !page.more {
            let mut events: Vec<Event> = newest.into_values().collect();
            events.sort_by(|one, other| one.external_id.cmp(&other.external_id));
            return Ok((events, cursor));
        }
    }
    Err(format!("no end after {PAGES} pages"))
}

/// Records that the checks before every write would let pass.
fn is_fit(event: &Event) -> bool {
    match &event.record {
        Record::Order(order) => !order.test && order.state != OrderState::Cancelled,
        Record::ShippingOrder(order) => {
            order.state == ShippingState::Open && order.ship_to.is_some()
        }
        _ => true,
    }
}

fn parent_of(record: &Record) -> Option<&ExternalId> {
    match record {
        Record::Fulfilment(fulfilment) => Some(&fulfilment.order.id),
        Record::Refund(refund) => Some(&refund.order.id),
        Record::Cancellation(cancellation) => Some(&cancellation.order.id),
        _ => None,
    }
}

fn write(event: Event, parent: Option<Twin>) -> Write {
    Write {
        key: TargetKey::of(&event.connection, event.kind(), &event.external_id),
        event: Arc::new(event),
        bound: None,
        parent,
        set: Assignments::default(),
    }
}

pub(crate) fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
