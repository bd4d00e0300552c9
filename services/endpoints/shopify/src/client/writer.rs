//! Fulfilments and stock levels, as a sink.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, Kind, Record};
use ports::{Attempt, Fault, Sink, Twin, Write};

use super::api::Api;
use super::deliveries::Deliveries;
use super::stock::Stock;
use crate::Settings;

/// Writes to a shop.
pub(crate) struct Writer {
    deliveries: Deliveries,
    stock: Stock,
}

impl Writer {
    pub(crate) fn new(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            deliveries: Deliveries::new(connection, Arc::clone(&settings), api.clone()),
            stock: Stock::new(settings, api),
        }
    }
}

#[async_trait]
impl Sink for Writer {
    fn kinds(&self) -> &[Kind] {
        &[Kind::Fulfilment, Kind::Stock]
    }

    fn batch_size(&self, kind: Kind) -> usize {
        match kind {
            Kind::Stock => 250,
            Kind::Fulfilment | Kind::Order => 20,
        }
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let mut deliveries = Vec::new();
        let mut levels = Vec::new();
        let mut attempts: Vec<Option<Attempt>> = Vec::with_capacity(writes.len());
        for (place, write) in writes.iter().enumerate() {
            attempts.push(None);
            match &write.event.record {
                Record::Fulfilment(delivery) => deliveries.push((place, write, &**delivery)),
                Record::Stock(level) => levels.push((place, level)),
                Record::Order(_) => {}
            }
        }
        let mut done = Vec::with_capacity(writes.len());
        if !deliveries.is_empty() {
            done.extend(self.deliveries.write(&deliveries).await);
        }
        if !levels.is_empty() {
            done.extend(self.stock.write(&levels).await);
        }
        for (place, attempt) in done {
            if let Some(slot) = attempts.get_mut(place) {
                *slot = Some(attempt);
            }
        }
        attempts
            .into_iter()
            .map(|attempt| attempt.unwrap_or_else(|| Attempt::without_request(no_orders())))
            .collect()
    }

    async fn locate(&self, write: &Write) -> Result<Option<Twin>, Fault> {
        match &write.event.record {
            Record::Fulfilment(delivery) => self.deliveries.locate(write, delivery).await,
            Record::Stock(level) => self.stock.locate(level).await,
            Record::Order(_) => Err(no_orders()),
        }
    }
}

fn no_orders() -> Fault {
    Fault::Refused {
        why: "orders are not written to Shopify".to_owned(),
    }
}
