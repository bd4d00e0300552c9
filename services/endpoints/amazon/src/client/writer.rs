//! Fulfilments, stock levels and prices, as a sink.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, Kind, Record};
use jiff::Timestamp;
use ports::{Attempt, Fault, Lane, Looks, Register, Sink, Standing, Write, Written, in_order};

use super::api::Api;
use super::deliveries::{self, Deliveries};
use super::levels::{self, Levels};
use crate::Settings;

/// Writes to an account.
pub(crate) struct Writer {
    deliveries: Deliveries,
    levels: Levels,
}

impl Writer {
    pub(crate) fn new(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            deliveries: Deliveries {
                connection,
                settings: Arc::clone(&settings),
                api: api.clone(),
            },
            levels: Levels { settings, api },
        }
    }
}

#[async_trait]
impl Sink for Writer {
    fn kinds(&self) -> &[Kind] {
        crate::WRITES
    }

    fn batch_size(&self, kind: Kind) -> usize {
        match kind {
            Kind::Stock | Kind::Price => 100,
            _ => 10,
        }
    }

    fn register(&self, kind: Kind) -> Option<Register<'_>> {
        crate::WRITES
            .contains(&kind)
            .then_some(Register::Looks(self))
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let batch = sorted(writes);
        let mut done = self.deliveries.write(&batch.parcels).await;
        if !batch.levels.is_empty() {
            done.extend(self.levels.write(batch.lane, &batch.levels).await);
        }
        in_order(done, writes.len(), || {
            Attempt::without_request(not_written())
        })
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let batch = sorted(writes);
        let mut found = self.deliveries.locate(&batch.parcels).await;
        if !batch.levels.is_empty() {
            found.extend(self.levels.locate(batch.lane, &batch.levels).await);
        }
        in_order(found, writes.len(), || Err(not_written()))
    }
}

#[async_trait]
impl Looks for Writer {
    fn most(&self, kind: Kind) -> usize {
        match kind {
            Kind::Stock | Kind::Price => 100,
            _ => 10,
        }
    }

    async fn look(&self, writes: &[Write], _: Timestamp) -> Vec<Result<Standing, Fault>> {
        let batch = sorted(writes);
        let mut all = self.deliveries.look(&batch.parcels).await;
        if !batch.levels.is_empty() {
            all.extend(self.levels.look(&batch.levels).await);
        }
        in_order(all, writes.len(), || Err(not_written()))
    }
}

/// What a batch holds, each with its place in it.
struct Sorted<'a> {
    parcels: Vec<deliveries::Item<'a>>,
    levels: Vec<(usize, levels::Item<'a>)>,
    /// In which levels wait for their requests: one that is nearly sold out does not wait behind others.
    lane: Lane,
}

fn sorted(writes: &[Write]) -> Sorted<'_> {
    let mut batch = Sorted {
        parcels: Vec::new(),
        levels: Vec::new(),
        lane: Lane::Bulk,
    };
    for (place, write) in writes.iter().enumerate() {
        match &write.event.record {
            Record::Fulfilment(delivery) => batch.parcels.push((place, write, &**delivery)),
            Record::Stock(level) => {
                let lane = if level.scarce {
                    Lane::Orders
                } else {
                    Lane::Stock
                };
                batch.lane = batch.lane.min(lane);
                batch.levels.push((place, levels::Item::Stock(level)));
            }
            Record::Price(price) => batch.levels.push((place, levels::Item::Price(price))),
            Record::Order(_)
            | Record::Refund(_)
            | Record::Product(_)
            | Record::Cancellation(_)
            | Record::ShippingOrder(_)
            | Record::Customer(_)
            | Record::Company(_)
            | Record::Payout(_) => {}
        }
    }
    batch
}

fn not_written() -> Fault {
    Fault::Refused {
        why: "Amazon takes fulfilments, stock levels and prices: correct the sync".to_owned(),
    }
}
