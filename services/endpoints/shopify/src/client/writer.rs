//! Fulfilments, stock levels, products and prices, as a sink.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, Fulfilment, Kind, Price, Product, Record, StockLevel};
use ports::{Attempt, Effect, Fault, Sink, Twin, Write, Written};

use super::api::Api;
use super::deliveries::Deliveries;
use super::prices::Prices;
use super::products::Products;
use super::stock::Stock;
use crate::Settings;

/// Writes to a shop.
pub(crate) struct Writer {
    deliveries: Deliveries,
    stock: Stock,
    products: Products,
    prices: Prices,
}

impl Writer {
    pub(crate) fn new(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            deliveries: Deliveries::new(connection, Arc::clone(&settings), api.clone()),
            stock: Stock::new(Arc::clone(&settings), api.clone()),
            products: Products::new(Arc::clone(&settings), api.clone()),
            prices: Prices::new(settings, api),
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
            Kind::Fulfilment | Kind::Order | Kind::Refund => 20,
        }
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let Sorted {
            deliveries,
            levels,
            products,
            prices,
        } = sorted(writes);
        let mut done = Vec::with_capacity(writes.len());
        if !deliveries.is_empty() {
            done.extend(self.deliveries.write(&deliveries).await);
        }
        if !levels.is_empty() {
            done.extend(self.stock.write(&levels).await);
        }
        if !products.is_empty() {
            done.extend(self.products.write(&products).await);
        }
        if !prices.is_empty() {
            done.extend(self.prices.write(&prices).await);
        }
        let others = || Attempt::without_request(no_orders());
        in_order(done, writes.len(), others)
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let Sorted {
            deliveries,
            levels,
            products,
            prices,
        } = sorted(writes);
        let mut found = Vec::with_capacity(writes.len());
        if !deliveries.is_empty() {
            found.extend(self.deliveries.locate(&deliveries).await);
        }
        if !levels.is_empty() {
            found.extend(self.stock.locate(&levels).await);
        }
        if !products.is_empty() {
            found.extend(self.products.locate(&products).await);
        }
        if !prices.is_empty() {
            found.extend(self.prices.locate(&prices).await);
        }
        let twins = in_order(found, writes.len(), || Err(no_orders()));
        let landed = |found: Result<Option<Twin>, Fault>| Ok(found?.map(landed));
        twins.into_iter().map(landed).collect()
    }
}

/// What a batch holds, each with its place in it.
#[derive(Default)]
struct Sorted<'a> {
    deliveries: Vec<(usize, &'a Write, &'a Fulfilment)>,
    levels: Vec<(usize, &'a StockLevel)>,
    products: Vec<(usize, &'a Write, &'a Product)>,
    prices: Vec<(usize, &'a Price)>,
}

fn sorted(writes: &[Write]) -> Sorted<'_> {
    let mut sorted = Sorted::default();
    for (place, write) in writes.iter().enumerate() {
        match &write.event.record {
            Record::Fulfilment(delivery) => sorted.deliveries.push((place, write, &**delivery)),
            Record::Stock(level) => sorted.levels.push((place, level)),
            Record::Product(product) => sorted.products.push((place, write, &**product)),
            Record::Price(price) => sorted.prices.push((place, price)),
            Record::Order(_) | Record::Refund(_) => {}
        }
    }
    sorted
}

/// One answer per place of the batch.
fn in_order<T>(answers: Vec<(usize, T)>, places: usize, otherwise: impl Fn() -> T) -> Vec<T> {
    let mut sorted: Vec<Option<T>> = std::iter::repeat_with(|| None).take(places).collect();
    for (place, answer) in answers {
        if let Some(slot) = sorted.get_mut(place) {
            *slot = Some(answer);
        }
    }
    let all = sorted.into_iter();
    all.map(|answer| answer.unwrap_or_else(&otherwise))
        .collect()
}

/// What is found is compared with the record, so that nothing is left to differ.
const fn landed(twin: Twin) -> Written {
    Written {
        twin,
        effect: Effect::AlreadyThere,
        discrepancy: None,
    }
}

fn no_orders() -> Fault {
    Fault::Refused {
        why: "orders are not written to Shopify".to_owned(),
    }
}
