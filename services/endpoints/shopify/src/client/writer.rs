//! Fulfilments, stock levels, products, prices, refunds and cancellations, as a sink.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{
    Cancellation, ConnectionId, Fulfilment, Kind, Price, Product, Record, Refund, StockLevel,
};
use ports::{Attempt, Effect, Fault, Register, Sink, Twin, Write, Written, in_order};

use super::api::Api;
use super::cancellations::Canceller;
use super::deliveries::Deliveries;
use super::givebacks::Repayer;
use super::prices::Prices;
use super::products::Products;
use super::stock::Stock;
use crate::Settings;

/// Writes to a shop.
pub(crate) struct Writer {
    pub(super) api: Api,
    deliveries: Deliveries,
    canceller: Canceller,
    repayer: Repayer,
    pub(super) stock: Stock,
    pub(super) products: Products,
    pub(super) prices: Prices,
}

impl Writer {
    pub(crate) fn new(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            deliveries: Deliveries::new(connection.clone(), Arc::clone(&settings), api.clone()),
            canceller: Canceller::new(connection.clone(), Arc::clone(&settings), api.clone()),
            repayer: Repayer::new(connection, Arc::clone(&settings), api.clone()),
            stock: Stock::new(Arc::clone(&settings), api.clone()),
            products: Products::new(Arc::clone(&settings), api.clone()),
            prices: Prices::new(settings, api.clone()),
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
            Kind::Stock | Kind::Price => 250,
            Kind::Product => 10,
            Kind::Fulfilment
            | Kind::Order
            | Kind::Refund
            | Kind::Cancellation
            | Kind::Customer
            | Kind::Company
            | Kind::Payout
            | Kind::ShippingOrder => 20,
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
            done.extend(self.stock.write(&batch.levels).await);
        }
        if !batch.products.is_empty() {
            done.extend(self.products.write(&batch.products).await);
        }
        if !batch.prices.is_empty() {
            done.extend(self.prices.write(&batch.prices).await);
        }
        let others = || Attempt::without_request(no_orders());
        in_order(done, writes.len(), others)
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let batch = sorted(writes);
        let mut twins = Vec::with_capacity(writes.len());
        if !batch.parcels.is_empty() {
            twins.extend(self.deliveries.locate(&batch.parcels).await);
        }
        if !batch.called_off.is_empty() {
            twins.extend(self.canceller.locate(&batch.called_off).await);
        }
        if !batch.levels.is_empty() {
            twins.extend(self.stock.locate(&batch.levels).await);
        }
        if !batch.products.is_empty() {
            twins.extend(self.products.locate(&batch.products).await);
        }
        if !batch.prices.is_empty() {
            twins.extend(self.prices.locate(&batch.prices).await);
        }
        let twins = twins.into_iter();
        let mut found: Vec<_> = twins
            .map(|(place, twin)| (place, twin.map(|twin| twin.map(landed))))
            .collect();
        if !batch.back.is_empty() {
            found.extend(self.repayer.locate(&batch.back).await);
        }
        in_order(found, writes.len(), || Err(no_orders()))
    }
}

/// What a batch holds, each with its place in it.
#[derive(Default)]
pub(super) struct Batch<'a> {
    pub(super) parcels: Vec<(usize, &'a Write, &'a Fulfilment)>,
    pub(super) called_off: Vec<(usize, &'a Write, &'a Cancellation)>,
    pub(super) back: Vec<(usize, &'a Write, &'a Refund)>,
    pub(super) levels: Vec<(usize, &'a StockLevel)>,
    pub(super) products: Vec<(usize, &'a Write, &'a Product)>,
    pub(super) prices: Vec<(usize, &'a Price)>,
}

pub(super) fn sorted(writes: &[Write]) -> Batch<'_> {
    let mut batch = Batch::default();
    for (place, write) in writes.iter().enumerate() {
        match &write.event.record {
            Record::Fulfilment(delivery) => batch.parcels.push((place, write, &**delivery)),
            Record::Cancellation(off) => batch.called_off.push((place, write, off)),
            Record::Stock(level) => batch.levels.push((place, level)),
            Record::Refund(refund) => batch.back.push((place, write, &**refund)),
            Record::Product(product) => batch.products.push((place, write, &**product)),
            Record::Price(price) => batch.prices.push((place, price)),
            Record::Order(_)
            | Record::Customer(_)
            | Record::Company(_)
            | Record::Payout(_)
            | Record::ShippingOrder(_) => {}
        }
    }
    batch
}

/// What is found is compared with the record, so that nothing is left to differ.
const fn landed(twin: Twin) -> Written {
    Written {
        twin,
        effect: Effect::AlreadyThere,
        discrepancy: None,
    }
}

pub(super) fn no_orders() -> Fault {
    Fault::Refused {
        why: "orders and payouts are not written to Shopify".to_owned(),
    }
}
