//! Fulfilments, stock levels, prices, products, refunds and cancellations, as a sink.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, Kind, Record};
use ports::{Attempt, Fault, Lane, Register, Sink, Write, Written, in_order};

use super::api::Api;
use super::cancellations::{self, Canceller};
use super::deliveries::{self, Deliveries};
use super::givebacks::{self, Repayer};
use super::levels::{self, Levels};
use super::products::{self, Products};
use crate::Settings;

/// Writes to a shop.
pub(crate) struct Writer {
    pub(super) api: Api,
    pub(super) settings: Arc<Settings>,
    pub(super) deliveries: Deliveries,
    pub(super) canceller: Canceller,
    repayer: Repayer,
    pub(super) levels: Levels,
    pub(super) products: Products,
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
            levels: Levels::new(Arc::clone(&settings), api.clone()),
            products: Products {
                settings: Arc::clone(&settings),
                api: api.clone(),
            },
            settings,
            api,
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
            Kind::Product => 10,
            _ => 20,
        }
    }

    fn register(&self, kind: Kind) -> Option<Register<'_>> {
        crate::WRITES
            .contains(&kind)
            .then_some(Register::Looks(self))
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let batch = sorted(writes);
        let mut done = Vec::with_capacity(writes.len());
        if !batch.parcels.is_empty() {
            done.extend(self.deliveries.write(&batch.parcels).await);
        }
        if !batch.called_off.is_empty() {
            done.extend(self.canceller.write(&batch.called_off).await);
        }
        if !batch.back.is_empty() {
            done.extend(self.repayer.write(&batch.back).await);
        }
        if !batch.levels.is_empty() {
            done.extend(self.levels.write(batch.lane, &batch.levels).await);
        }
        if !batch.products.is_empty() {
            done.extend(self.products.write(&batch.products).await);
        }
        in_order(done, writes.len(), || {
            Attempt::without_request(not_written())
        })
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let batch = sorted(writes);
        let mut found = Vec::with_capacity(writes.len());
        if !batch.parcels.is_empty() {
            found.extend(self.deliveries.locate(&batch.parcels).await);
        }
        if !batch.called_off.is_empty() {
            found.extend(self.canceller.locate(&batch.called_off).await);
        }
        if !batch.back.is_empty() {
            found.extend(self.repayer.locate(&batch.back).await);
        }
        if !batch.levels.is_empty() {
            found.extend(self.levels.locate(batch.lane, &batch.levels).await);
        }
        if !batch.products.is_empty() {
            found.extend(self.products.locate(&batch.products).await);
        }
        in_order(found, writes.len(), || Err(not_written()))
    }
}

/// What a batch holds, each with its place in it.
pub(super) struct Sorted<'a> {
    pub(super) parcels: Vec<deliveries::Item<'a>>,
    pub(super) called_off: Vec<cancellations::Item<'a>>,
    pub(super) back: Vec<givebacks::Item<'a>>,
    pub(super) levels: Vec<(usize, levels::Item<'a>)>,
    pub(super) products: Vec<products::Item<'a>>,
    /// In which levels wait for their requests: one that is nearly sold out does not wait behind others.
    lane: Lane,
}

pub(super) fn sorted(writes: &[Write]) -> Sorted<'_> {
    let mut batch = Sorted {
        parcels: Vec::new(),
        called_off: Vec::new(),
        back: Vec::new(),
        levels: Vec::new(),
        products: Vec::new(),
        lane: Lane::Bulk,
    };
    for (place, write) in writes.iter().enumerate() {
        match &write.event.record {
            Record::Fulfilment(delivery) => batch.parcels.push((place, write, &**delivery)),
            Record::Cancellation(off) => batch.called_off.push((place, write, off)),
            Record::Refund(refund) => batch.back.push((place, write, &**refund)),
            Record::Product(product) => batch.products.push((place, write, &**product)),
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
            | Record::ShippingOrder(_)
            | Record::Customer(_)
            | Record::Company(_)
            | Record::Payout(_) => {}
        }
    }
    batch
}

pub(super) fn not_written() -> Fault {
    Fault::Refused {
        why: "orders, customers, companies and payouts are not written to WooCommerce".to_owned(),
    }
}
