//! A WordPress site with WooCommerce's REST API, version 3: keys, pages, batches with errors inside, refunds, notes, webhooks.

mod api;
mod auth;
mod dispatch;
mod json;
mod options;
mod orders;
mod present;
mod products;
mod refunds;
mod seed;
mod store;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value as Json, json};

use crate::state::Shared;
use crate::{Catalogue, Clock, Faults, Meter, control};

pub use options::Options;

use store::Store;

/// The site; a cheap handle.
#[derive(Clone)]
pub struct Shop {
    meter: Meter,
    faults: Faults,
    clock: Clock,
    options: Arc<Options>,
    state: Shared<Store>,
}

impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shop")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// A webhook's headers, names in lower case, and its body.
pub type Call = (Vec<(&'static str, String)>, Vec<u8>);

impl Shop {
    /// A site that sells the catalogue.
    pub fn new(options: Options, seed: u64, catalogue: &Catalogue, clock: Clock) -> Self {
        let mut store = Store::new(&options, seed, catalogue, clock.now());
        for n in 0..options.orders {
            let at = options.first_order_at + jiff::SignedDuration::from_mins(n.into());
            seed::order(&mut store, at);
        }
        Self {
            meter: Meter::new(clock.clone()),
            faults: Faults::new(seed, options.faults.clone()),
            clock,
            options: Arc::new(options),
            state: Shared::new(store),
        }
    }

    /// Everything the site answers.
    pub fn router(&self) -> Router {
        api::routes(self).merge(control::routes(&self.meter, &self.faults))
    }

    /// The faults in force.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was asked, by path.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Takes `count` new orders, all of them now. Returns their ids.
    pub fn create_orders(&self, count: u32) -> Vec<u64> {
        let (now, store) = (self.clock.now(), &mut self.state.lock());
        (0..count).map(|_| seed::order(store, now)).collect()
    }

    /// Gives an order that status, as a clerk would. `false` if there is none.
    pub fn set_status(&self, order: u64, status: &str) -> bool {
        let now = self.clock.now();
        let store = &mut self.state.lock();
        let found = store.orders.get_mut(&order);
        found.map(|order| order.set_status(status, now)).is_some()
    }

    /// Gives back that many units of the order's line at that place, as a clerk would by hand. The refund's id.
    pub fn refund(&self, order: u64, place: usize, units: u32) -> Option<u64> {
        let now = self.clock.now();
        let store = &mut self.state.lock();
        let found = store.orders.get(&order)?;
        let body = refunds::by_hand(found, place, units)?;
        let made = refunds::create(store, order, &body, now).ok()?;
        made.get("id")?.as_u64()
    }

    /// All orders as the API tells them, oldest first.
    pub fn orders(&self) -> Vec<Json> {
        let store = self.state.lock();
        let all = store.orders.values();
        all.map(|order| present::order(order, &store)).collect()
    }

    /// All refunds as the API tells them, each with its order's id as `parent_id`.
    pub fn refunds(&self) -> Vec<Json> {
        let store = self.state.lock();
        store.refunds.values().map(present::listed_refund).collect()
    }

    /// The notes of an order, oldest first.
    pub fn notes(&self, order: u64) -> Vec<String> {
        let store = self.state.lock();
        let found = store.orders.get(&order);
        let notes = found.into_iter().flat_map(|order| &order.notes);
        notes.map(|(_, text, _)| text.clone()).collect()
    }

    /// All articles as the API tells them: products, and the variations of variable ones.
    pub fn articles(&self) -> Vec<Json> {
        let store = self.state.lock();
        store.articles.values().map(present::article).collect()
    }

    /// The signed webhook that tells of an order's present state, for a topic such as `order.updated`; of a deleted one its id alone.
    pub fn webhook(&self, order: u64, topic: &str) -> Option<Call> {
        let store = self.state.lock();
        let body = if topic.ends_with(".deleted") {
            json!({ "id": order })
        } else {
            present::order(store.orders.get(&order)?, &store)
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let secret = self.options.webhook_secret.as_bytes();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("x-wc-webhook-topic", topic.to_owned()),
            (
                "x-wc-webhook-signature",
                STANDARD.encode(hmac::sign(&key, &body)),
            ),
        ];
        Some((headers, body))
    }
}
