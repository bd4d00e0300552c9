//! The two ends of the line in this process: the real source and the real sink, on the sandbox.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use budget::{Limits, LocalBudget};
use commerce::{ConnectionId, Event, ExternalId, Kind, OrderState, Record, TargetKey};
use ports::{Assignments, Budget, Clock, Connected, Cursor, Exchange, Sink, SystemClock, Write};

use crate::config::{self, Config};

/// What a configuration connects.
pub(super) struct Ends {
    config: Config,
    shop: ConnectionId,
    netsuite: ConnectionId,
}

impl Ends {
    pub(super) fn read(configuration: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(configuration)?;
        let config = config::read(&text).map_err(|problems| {
            let first = problems.first().map(ToString::to_string);
            anyhow!(
                "the bench's own configuration: {}",
                first.unwrap_or_default()
            )
        })?;
        Ok(Self {
            config,
            shop: ConnectionId::new("shop")?,
            netsuite: ConnectionId::new("netsuite")?,
        })
    }

    /// Up to so many of the shop's sales, as the puller reads them.
    pub(super) async fn orders(&self, most: usize) -> anyhow::Result<Vec<Event>> {
        let connected = self.connect(&self.shop, unlimited())?;
        let source = connected.source.context("the shop cannot be read")?;
        let mut events: Vec<Event> = Vec::new();
        let mut cursor = Cursor::default();
        loop {
            let page = source.page(Kind::Order, &cursor).await?;
            events.extend(page.events.into_iter().filter(is_sale));
            cursor = page.next;
            if events.len() >= most || !page.more {
                events.truncate(most);
                return Ok(events);
            }
        }
    }

    /// Writes to NetSuite under this budget.
    pub(super) fn sink(&self, budget: Arc<dyn Budget>) -> anyhow::Result<Arc<dyn Sink>> {
        let connected = self.connect(&self.netsuite, budget)?;
        let sink = connected.sink.context("NetSuite cannot be written")?;
        Ok(Arc::from(sink))
    }

    /// What limits the calls to NetSuite.
    pub(super) fn limits(&self) -> anyhow::Result<Limits> {
        let one = self.config.connections.get(&self.netsuite);
        let one = one.context("no connection to NetSuite")?;
        Ok((one.endpoint.limits)(&one.settings)?)
    }

    fn connect(&self, id: &ConnectionId, budget: Arc<dyn Budget>) -> anyhow::Result<Connected> {
        let one = self.config.connections.get(id).context("no connection")?;
        let client = http::Client::new(http::Options::default(), budget, clock())?;
        let merchant = self.config.merchant.clone();
        Ok((one.endpoint.connect)(
            merchant,
            id.clone(),
            &one.settings,
            client,
        )?)
    }
}

/// A budget that limits nothing.
pub(super) fn unlimited() -> Arc<dyn Budget> {
    Arc::new(LocalBudget::new(&Limits::default(), clock()))
}

/// The machine's clock.
pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The order as one more that NetSuite has never seen: under the id of that number.
pub(super) fn write(event: &Arc<Event>, number: u64) -> anyhow::Result<Write> {
    let id = ExternalId::new(number.to_string())?;
    Ok(Write {
        event: Arc::clone(event),
        key: TargetKey::of(&event.connection, Kind::Order, &id),
        bound: None,
        parent: None,
        set: Assignments::default(),
    })
}

/// Writes the order and returns the exchange that created it.
pub(super) async fn create(sink: &dyn Sink, event: &Arc<Event>) -> anyhow::Result<Exchange> {
    let attempts = sink.write(&[write(event, 0)?]).await;
    let attempt = attempts.into_iter().next().context("no attempt was made")?;
    attempt.result?;
    attempt
        .exchanges
        .into_iter()
        .find(|made| made.method == "POST" && made.url.ends_with("/salesOrder"))
        .context("the sink wrote an order without creating a sales order")
}

fn is_sale(event: &Event) -> bool {
    matches!(&event.record, Record::Order(order) if !order.test && order.state == OrderState::Open)
}
