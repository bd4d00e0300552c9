//! Fulfilments, stock levels, refunds and cancellations, as a sink.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, Kind, Record};
use ports::{Attempt, Fault, Lane, Register, Sink, Write, Written, in_order};

use super::api::Api;
use super::cancellations::{self, Canceller};
use super::deliveries::{self, Deliveries};
use super::givebacks::{self, Repayer};
use super::levels::{self, Levels};
use crate::Settings;

/// Writes to a shop.
pub(crate) struct Writer {
    deliveries: Deliveries,
    canceller: Canceller,
    repayer: Repayer,
    levels: Levels,
}

impl Writer {
    pub(crate) fn new(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            deliveries: Deliveries {
                connection: connection.clone(),
                settings: Arc::clone(&settings),
                api: api.clone(),
            },
            canceller: Canceller {
                connection: connection.clone(),
                api: api.clone(),
            },
            repayer: Repayer {
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
            Kind::Stock => 100,
            _ => 20,
        }
    }

    fn register(&self, _: Kind) -> Option<Register<'_>> {
        None
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let batch = sorted(writes);
        let mut done = self.deliveries.write(&batch.parcels).await;
        done.extend(self.canceller.write(&batch.called_off).await);
        done.extend(self.repayer.write(&batch.back).await);
        done.extend(self.levels.write(batch.lane, &batch.levels).await);
        in_order(done, writes.len(), || {
            Attempt::without_request(not_written())
        })
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let batch = sorted(writes);
        let mut found = self.deliveries.locate(&batch.parcels).await;
        found.extend(self.canceller.locate(&batch.called_off).await);
        found.extend(self.repayer.locate(&batch.back).await);
        found.extend(self.levels.locate(batch.lane, &batch.levels).await);
        in_order(found, writes.len(), || Err(not_written()))
    }
}

/// What a batch holds, each with its place in it.
struct Sorted<'a> {
    parcels: Vec<deliveries::Item<'a>>,
    called_off: Vec<cancellations::Item<'a>>,
    back: Vec<givebacks::Item<'a>>,
    levels: Vec<levels::Item<'a>>,
    /// In which levels wait for their requests: one that is nearly sold out does not wait behind others.
    lane: Lane,
}

fn sorted(writes: &[Write]) -> Sorted<'_> {
    let mut batch = Sorted {
        parcels: Vec::new(),
        called_off: Vec::new(),
        back: Vec::new(),
        levels: Vec::new(),
        lane: Lane::Bulk,
    };
    for (place, write) in writes.iter().enumerate() {
        match &write.event.record {
            Record::Fulfilment(delivery) => batch.parcels.push((place, write, &**delivery)),
            Record::Cancellation(off) => batch.called_off.push((place, write, off)),
            Record::Refund(refund) => batch.back.push((place, write, &**refund)),
            Record::Stock(level) => {
                let lane = if level.scarce {
                    Lane::Orders
                } else {
                    Lane::Stock
                };
                batch.lane = batch.lane.min(lane);
                batch.levels.push((place, level));
            }
            Record::Price(_)
            | Record::Product(_)
            | Record::Order(_)
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
        why: "only fulfilments, stock levels, refunds and cancellations are written to Vendure"
            .to_owned(),
    }
}
