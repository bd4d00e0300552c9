//! The loop of one lane of one target.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use commerce::{Event, SyncId};
use futures_util::future::join_all;
use ports::queue::Receipt;
use ports::{Alarm, Consumer, Delivery, Settlement};
use telemetry::trace::{self, TraceContext};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, error, info_span, warn};

use crate::Target;
use crate::batch::process;
use crate::plan::{Plan, Syncs};

/// How long a target rests when its credentials are refused or the ledger cannot be reached, and a paused sync's deliveries rest.
const REST: Duration = Duration::from_secs(30);

/// Writes what one lane of one target holds.
pub struct Pusher {
    target: Target,
    syncs: Syncs,
    batch: usize,
    in_flight: usize,
    alarm: Alarm,
}

impl Pusher {
    /// A writer that takes up to `batch` deliveries at once and works on up to `in_flight` batches at the same time, so that claims
    /// and records of one batch overlap with the writes of another.
    #[must_use]
    pub fn new(target: Target, syncs: Syncs, batch: usize, in_flight: usize) -> Self {
        Self {
            alarm: Alarm::new(target.merchant.clone(), Arc::clone(&target.ledger)),
            target,
            syncs,
            batch,
            in_flight,
        }
    }

    /// Works until told to stop; then finishes what was begun.
    pub async fn run(self, mut consumer: Box<dyn Consumer>, stop: CancellationToken) {
        let this = Arc::new(self);
        let places = Arc::new(Semaphore::new(this.in_flight.max(1)));
        let mut batches = JoinSet::new();
        loop {
            let place = tokio::select! {
                () = stop.cancelled() => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let Ok(place) = place else { break };
            while batches.try_join_next().is_some() {}
            let deliveries = tokio::select! {
                () = stop.cancelled() => break,
                deliveries = consumer.next(this.batch) => deliveries,
            };
            match deliveries {
                Ok(deliveries) => {
                    let worker = Arc::clone(&this);
                    let stop = stop.clone();
                    batches.spawn(async move {
                        let rest = worker.work(deliveries).await;
                        if let Some(rest) = rest {
                            // Keeping the place while resting is what slows the lane down.
                            tokio::select! {
                                () = stop.cancelled() => {}
                                () = worker.target.clock.sleep(rest) => {}
                            }
                        }
                        drop(place);
                    });
                }
                Err(error) => {
                    warn!(target = %this.target.id, error = %error, "the queue gives nothing, trying again");
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = this.target.clock.sleep(REST) => {}
                    }
                }
            }
        }
        while batches.join_next().await.is_some() {}
    }

    /// Brings deliveries to their end; returns how long the lane has to rest, if it has to.
    async fn work(&self, deliveries: Vec<Delivery>) -> Option<Duration> {
        let mut groups: HashMap<SyncId, Group> = HashMap::new();
        for delivery in deliveries {
            let (event, _, receipt) = delivery.into_parts();
            let event: Arc<Event> = match event {
                Ok(event) => Arc::from(event),
                Err(broken) => {
                    let why = format!("not an event of this version: {}", broken.why);
                    settle(receipt, Settlement::Bury(why)).await;
                    continue;
                }
            };
            let Some(plan) = self.syncs.of(&event) else {
                let why = format!(
                    "no sync takes {} from {} to {}",
                    event.kind(),
                    event.connection,
                    self.target.id
                );
                settle(receipt, Settlement::Bury(why)).await;
                continue;
            };
            let group = groups
                .entry(plan.sync.id.clone())
                .or_insert_with(|| Group::of(plan));
            group.events.push(event);
            group.receipts.push(receipt);
        }
        let mut rest = None;
        for group in groups.into_values() {
            rest = rest.max(self.push(group).await);
        }
        rest
    }

    async fn push(&self, group: Group) -> Option<Duration> {
        let Group {
            plan,
            events,
            receipts,
        } = group;
        let span = info_span!("push", otel.kind = "consumer", merchant = %self.target.merchant, target = %self.target.id, sync = %plan.sync.id, records = events.len());
        join_traces(&span, &events);
        let relations = self.syncs.relations_of(&plan);
        match process(&self.target, &plan, relations, events)
            .instrument(span)
            .await
        {
            Ok(settled) => {
                let ends = receipts.into_iter().zip(settled.settlements);
                join_all(ends.map(|(receipt, how)| settle(receipt, how))).await;
                self.tell(&plan, settled.paused.as_deref(), settled.admitted)
                    .await;
                settled.paused.map(|why| {
                    error!(target = %self.target.id, error = %why, "the target refuses our credentials; writing rests");
                    REST
                })
            }
            Err(error) => {
                warn!(target = %self.target.id, error = %error, "outcomes could not be stored; deliveries go back");
                join_all(
                    receipts
                        .into_iter()
                        .map(|receipt| settle(receipt, Settlement::Return)),
                )
                .await;
                Some(REST)
            }
        }
    }

    /// Raises the alarm where the target refuses our credentials, and takes it back once it does not.
    async fn tell(&self, plan: &Plan, refused: Option<&str>, admitted: bool) {
        let work = format!("push {} to {}", plan.sync.kind, self.target.id);
        let now = self.target.clock.now();
        let told = match refused {
            Some(why) => {
                let what = format!("{work} has stopped: {why}");
                self.alarm.raise(&work, &what, now).await
            }
            None if admitted => self.alarm.resolve(&work, now).await,
            None => Ok(()),
        };
        if let Err(error) = told {
            warn!(target = %self.target.id, error = %error, "an alert could not be stored; the next batch tells it");
        }
    }
}

/// Deliveries of one sync.
struct Group {
    plan: Arc<Plan>,
    events: Vec<Arc<Event>>,
    receipts: Vec<Box<dyn Receipt>>,
}

impl Group {
    fn of(plan: &Arc<Plan>) -> Self {
        Self {
            plan: Arc::clone(plan),
            events: Vec::new(),
            receipts: Vec::new(),
        }
    }
}

/// Makes a batch's span a part of its events' traces. A span has one parent, and a batch may hold events of several reads: it goes on with the
/// trace of its first event, and each other trace gets a span of its own that leads to it by a link, and is linked back.
fn join_traces(batch: &Span, events: &[Arc<Event>]) {
    let mut traces: BTreeMap<&str, (TraceContext, usize)> = BTreeMap::new();
    for event in events {
        let carried = || TraceContext {
            traceparent: event.trace.traceparent.clone(),
            tracestate: event.trace.tracestate.clone(),
        };
        let trace = traces.entry(&event.trace.traceparent);
        trace.or_insert_with(|| (carried(), 0)).1 += 1;
    }
    let first = events.first().map(|event| &*event.trace.traceparent);
    if let Some((parent, _)) = first.and_then(|first| traces.remove(first)) {
        trace::set_parent(batch, &parent);
    }
    let here = trace::of(batch);
    for (parent, records) in traces.into_values() {
        let elsewhere = info_span!("push in another trace", otel.kind = "consumer", records);
        trace::set_parent(&elsewhere, &parent);
        trace::link(&elsewhere, &here);
        trace::link(batch, &parent);
    }
}

/// A settlement that the queue did not take means the message comes again, where its claim tells that it is done.
async fn settle(receipt: Box<dyn Receipt>, how: Settlement) {
    if let Err(error) = receipt.settle(how).await {
        warn!(error = %error, "a delivery could not be settled and will come again");
    }
}
