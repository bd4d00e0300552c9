//! How fast the parts are that every order has to pass, each alone on the same machine: what the whole line is to be compared with.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::http::StatusCode;
use axum::routing::post;
use axum::serve::ListenerExt as _;
use commerce::{ConnectionId, Event, ExternalId, Kind, MerchantId, SyncId};
use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::{Client, Method, Request};
use ports::ledger::{ClaimRequest, Holder, Outcome, Step, StepKind, SyncRef};
use ports::queue::Route;
use ports::{Exchange, Lane, Settlement, Status, Twin, Urgency};
use serde::Serialize;
use tokio::net::TcpListener;
use url::Url;

use super::ends::{Ends, clock, create, unlimited};
use super::numbers::{per_second, share};
use super::system::Site;

/// Events of different orders to make the rest of.
const SAMPLES: usize = 200;
/// Messages published before their confirmations are awaited.
const PUBLISH: usize = 250;
/// As the pusher takes, claims and records them.
const BATCH: usize = 100;
const BATCHES_IN_FLIGHT: usize = 4;
const PREFETCH: u16 = 500;
/// Requests in flight.
const CALLS_IN_FLIGHT: usize = 64;
const CLAIM: Duration = Duration::from_secs(600);

/// How many orders each part alone would take in a second.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Ceilings {
    /// Events published with confirmation, consumed and settled, both at once.
    pub(super) queue_per_second: u64,
    /// Sales orders posted by the HTTP client to a server that only answers.
    pub(super) http_per_second: u64,
    /// Records claimed, and their outcomes with one exchange recorded.
    pub(super) ledger_per_second: u64,
}

impl Ceilings {
    /// Measures with so many orders. No role may run: the embedded queue belongs to one process at a time.
    pub(super) async fn measure(site: &Site, orders: usize) -> anyhow::Result<Self> {
        let ends = Ends::read(&site.configuration)?;
        let samples = ends.orders(SAMPLES).await?;
        let first = samples.first().context("the shop has no sales")?;
        let sink = ends.sink(unlimited())?;
        let exchange = create(&*sink, &Arc::new(first.clone())).await?;
        let events = copies(&site.merchant, &samples, orders)?;
        Ok(Self {
            queue_per_second: queue(site, &events).await.context("the queue alone")?,
            http_per_second: http(&exchange, orders).await.context("HTTP alone")?,
            ledger_per_second: ledger(site, &events, &exchange)
                .await
                .context("the ledger alone")?,
        })
    }

    /// What is left when an order passes all three one after the other.
    pub(super) fn one_after_another(self) -> u64 {
        let nanos = |rate| share(1, rate, 1_000_000_000);
        let all = nanos(self.queue_per_second)
            + nanos(self.http_per_second)
            + nanos(self.ledger_per_second);
        share(1, all, 1_000_000_000)
    }
}

/// Events of the samples' size, each of an order of its own.
fn copies(merchant: &MerchantId, samples: &[Event], count: usize) -> anyhow::Result<Vec<Event>> {
    let copy = |(number, sample): (usize, &Event)| {
        let mut event = Event::new(
            merchant.clone(),
            from()?,
            ExternalId::new(format!("copy-{number}"))?,
            sample.revision,
            sample.read_at,
            sample.record.clone(),
        );
        event.source.clone_from(&sample.source);
        Ok(event)
    };
    let samples = samples.iter().cycle().take(count);
    samples.enumerate().map(copy).collect()
}

/// Connections that no configuration names, so that nothing of this gets into the line's own queues and rows.
fn from() -> anyhow::Result<ConnectionId> {
    Ok(ConnectionId::new("ceiling-from")?)
}

fn to() -> anyhow::Result<ConnectionId> {
    Ok(ConnectionId::new("ceiling-to")?)
}

async fn queue(site: &Site, events: &[Event]) -> anyhow::Result<u64> {
    let queue = queue::open(&site.queue, clock()).await?;
    let route = Route {
        merchant: site.merchant.clone(),
        from: from()?,
        kind: Kind::Order,
        to: to()?,
    };
    queue.declare(std::slice::from_ref(&route)).await?;
    let publisher = queue.publisher().await?;
    let mut consumer = queue
        .consumer(&route.merchant, &route.to, Lane::Orders, PREFETCH)
        .await?;
    let publish = async {
        for window in events.chunks(PUBLISH) {
            publisher.publish(window, Urgency::Live).await?;
        }
        anyhow::Ok(())
    };
    let consume = async {
        let mut settled = 0;
        while settled < events.len() {
            let deliveries = consumer.next(BATCH).await?;
            settled += deliveries.len();
            let done = deliveries.into_iter();
            try_join_all(done.map(|delivery| delivery.settle(Settlement::Done))).await?;
        }
        anyhow::Ok(())
    };
    rate(events.len(), async {
        tokio::try_join!(publish, consume).map(drop)
    })
    .await
}

async fn http(exchange: &Exchange, calls: usize) -> anyhow::Result<u64> {
    let answer = post(async |_: axum::body::Bytes| StatusCode::NO_CONTENT);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let serve = axum::serve(listener, axum::Router::new().route("/", answer));
    let client = Client::new(http::Options::default(), unlimited(), clock())?;
    let body = axum::body::Bytes::from(exchange.request.clone());
    let send = |_| {
        let body = body.clone();
        let request = Request::write(Method::Post, url.clone(), Lane::Orders, body);
        let client = &client;
        async move { client.send(request).await.map(drop) }
    };
    let calling = async {
        let all = stream::iter(0..calls).map(send);
        let all = all.buffer_unordered(CALLS_IN_FLIGHT);
        Ok(all.try_collect::<()>().await?)
    };
    tokio::select! {
        served = serve.into_future() => anyhow::bail!("the server ended: {served:?}"),
        rate = rate(calls, calling) => rate,
    }
}

async fn ledger(site: &Site, events: &[Event], exchange: &Exchange) -> anyhow::Result<u64> {
    let ledger = ledger::open(&site.ledger).await?;
    let sync = SyncRef {
        merchant: site.merchant.clone(),
        id: SyncId::new("ceiling")?,
        from: from()?,
        to: to()?,
    };
    let holder = Holder("bench".to_owned());
    let clock = clock();
    let pass = |batch: &[Event]| {
        let requests: Vec<ClaimRequest> = batch.iter().map(request).collect();
        let outcomes: anyhow::Result<Vec<Outcome>> =
            batch.iter().map(|event| outcome(event, exchange)).collect();
        let (ledger, sync, holder, clock) = (&ledger, &sync, &holder, &clock);
        async move {
            ledger
                .claim(sync, holder, CLAIM, clock.now(), &requests)
                .await?;
            anyhow::Ok(ledger.record(sync, holder, clock.now(), &outcomes?).await?)
        }
    };
    let passing = async {
        let all = stream::iter(events.chunks(BATCH)).map(pass);
        let all = all.buffer_unordered(BATCHES_IN_FLIGHT);
        all.try_collect::<()>().await
    };
    rate(events.len(), passing).await
}

fn request(event: &Event) -> ClaimRequest {
    ClaimRequest {
        key: event.key(),
        number: event.record.number().to_owned(),
        revision: event.revision,
    }
}

fn outcome(event: &Event, exchange: &Exchange) -> anyhow::Result<Outcome> {
    Ok(Outcome {
        key: event.key(),
        number: event.record.number().to_owned(),
        revision: event.revision,
        status: Status::Synced,
        reason: None,
        actor: None,
        twin: Some(Twin {
            id: event.external_id.clone(),
            number: Some(event.record.number().to_owned()),
        }),
        waits_for: None,
        next_try: None,
        releases: Vec::new(),
        made_of: None,
        event: codec::encode_event(event).into(),
        steps: vec![Step {
            at: event.read_at,
            kind: StepKind::Written,
            note: "created".to_owned(),
            push: None,
            exchange: Some(exchange.clone()),
        }],
    })
}

async fn rate(count: usize, work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<u64> {
    let clock = clock();
    let begun = clock.now();
    work.await?;
    let took = super::numbers::since(&*clock, begun);
    Ok(per_second(u64::try_from(count)?, took))
}
