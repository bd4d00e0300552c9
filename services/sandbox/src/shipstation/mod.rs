//! A ShipStation account that speaks the V1 API: orders under keys, labels, voids, splits, orders marked as shipped; forty requests a minute.

mod api;
mod model;
mod pages;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::state::Shared;
use crate::{Clock, Faults, Meter, Rule, control};

pub use model::{OrderView, ShipmentView};

use model::Books;

/// How the account behaves from the start.
#[derive(Clone, Debug)]
pub struct Options {
    /// The API's key and secret.
    pub credentials: (String, String),
    /// Requests a minute; `None` for no limit.
    pub per_minute: Option<u32>,
    /// What goes wrong.
    pub faults: Vec<Rule>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            credentials: ("sandbox-key".to_owned(), "sandbox-secret".to_owned()),
            per_minute: Some(40),
            faults: Vec::new(),
        }
    }
}

/// Units of an order's line that leave together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// The line's key, as whoever sent the order named it.
    pub line: String,
    /// How many.
    pub quantity: u64,
}

/// The account; a cheap handle.
#[derive(Clone, Debug)]
pub struct Account {
    meter: Meter,
    faults: Faults,
    clock: Clock,
    options: Arc<Options>,
    books: Shared<Books>,
}

impl Account {
    /// An account without orders.
    #[must_use]
    pub fn new(options: Options, seed: u64, clock: Clock) -> Self {
        Self {
            meter: Meter::new(clock.clone()),
            faults: Faults::new(seed, options.faults.clone()),
            clock,
            options: Arc::new(options),
            books: Shared::new(Books::default()),
        }
    }

    /// Everything the account answers.
    pub fn router(&self) -> Router {
        api::routes(self)
            .merge(pages::routes(self))
            .merge(control::routes(&self.meter, &self.faults))
    }

    /// The faults in force.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was asked.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Every order, in the order they came.
    pub fn orders(&self) -> Vec<OrderView> {
        self.books.lock().orders()
    }

    /// Every label, voided ones among them.
    pub fn shipments(&self) -> Vec<ShipmentView> {
        self.books.lock().shipments()
    }

    /// The tracking numbers of labels that stand, and of orders marked as shipped.
    pub fn sent(&self) -> BTreeSet<String> {
        let books = self.books.lock();
        let labels = books.shipments.iter().filter(|one| one.voided.is_none());
        let labels = labels.map(|one| &one.tracking);
        let marked = books.marked.iter().map(|one| &one.tracking);
        labels.chain(marked).cloned().collect()
    }

    /// Takes an order as the API does; returns its id. Nothing for one that it refuses.
    pub fn put_order(&self, order: &serde_json::Value) -> Option<u64> {
        let now = self.clock.now();
        let saved = self.books.lock().save(order.as_object()?, now);
        let is_taken = saved.get("success")?.as_bool()?;
        saved.get("orderId")?.as_u64().filter(|_| is_taken)
    }

    /// Makes a label for units of an order, by its id; an order of which all has left is shipped. Returns the shipment's id, nothing for an order
    /// that cannot be shipped or does not have so much.
    pub fn ship(&self, order: u64, units: &[Units], cost: Decimal) -> Option<u64> {
        let now = self.clock.now();
        self.books.lock().ship(order, units, cost, now)
    }

    /// Splits units of an open order off: an order of its own, with its number and a key of ShipStation's. Returns its id.
    pub fn split(&self, order: u64, units: &[Units]) -> Option<u64> {
        let now = self.clock.now();
        self.books.lock().split(order, units, now)
    }

    /// Marks a whole order as shipped, without a label. Returns the fulfillment's id.
    pub fn mark_as_shipped(&self, order: u64, tracking: &str) -> Option<u64> {
        let now = self.clock.now();
        self.books.lock().mark(order, tracking, now)
    }

    /// Voids a label: its units are to be sent again.
    pub fn void(&self, shipment: u64) -> bool {
        let now = self.clock.now();
        self.books.lock().void(shipment, now)
    }
}
