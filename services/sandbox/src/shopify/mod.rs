//! A shop that speaks the GraphQL Admin API: real documents against a part of the real schema, cost points, webhooks.

mod api;
mod budget;
mod catalogue;
mod edit;
mod graphql;
mod inspect;
mod model;
mod money;
mod mutation;
mod options;
mod orders;
mod pages;
mod people;
mod price_lists;
mod resolve;
mod seed;
#[cfg(test)]
mod tests;
mod webhook;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;

use crate::state::Shared;
use crate::{Catalogue, Clock, Error, Faults, Meter, control};

pub use catalogue::ProductEdit;
pub use edit::Edit;
pub use inspect::{
    FulfilmentView, OrderView, PayoutLineView, PayoutView, ProductView, RefundView, StockView,
    Summary, VariantView,
};
pub use model::{Extra, Giveback, NewCompany, Purchase, Restock};
pub use options::{Bucket, Options, Settings};
pub use people::{CustomerEdit, CustomerView};
pub use price_lists::PriceView;
pub use webhook::Webhook;

use budget::Budget;
use model::store::to_second;
use model::{Order, Stated, Store, ids};
use money::Currency;

/// The version of the Admin API that the shop speaks. Older ones in a path fall forward to it.
pub const VERSION: &str = "2026-07";

/// The shop; a cheap handle.
#[derive(Clone)]
pub struct Shop {
    meter: Meter,
    faults: Faults,
    clock: Clock,
    options: Arc<Options>,
    documents: Arc<graphql::Documents>,
    state: Shared<State>,
}

struct State {
    store: Store,
    budget: Budget,
    settings: Settings,
    seed: u64,
    /// Granted tokens and when they end.
    tokens: HashMap<String, Timestamp>,
    webhooks: u64,
}

impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shop")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Shop {
    /// A shop that sells the catalogue and has `orders` orders from its past.
    ///
    /// # Errors
    /// A currency that the sandbox does not know.
    pub fn new(
        options: Options,
        seed: u64,
        orders: u32,
        catalogue: Arc<Catalogue>,
        clock: Clock,
    ) -> Result<Self, Error> {
        let Some(currency) = Currency::find(&options.currency) else {
            return Err(Error::Options(format!(
                "the shop cannot trade in {}",
                options.currency
            )));
        };
        let mut store = Store::new(&options, currency, &catalogue);
        let age = if options.worked_by_hand {
            seed::Age::Past
        } else {
            seed::Age::Untouched
        };
        for n in 0..orders {
            let passed = options.seeded_over * n / orders;
            let at = options
                .first_order_at
                .saturating_add(passed)
                .unwrap_or(options.first_order_at);
            grow(&mut store, seed, at, age);
        }
        let settings = options.settings.clone();
        store
            .index
            .set_lag(Duration::from_millis(settings.index_lag_ms));
        let budget = Budget::new(settings.bucket, clock.now());
        let state = State {
            store,
            budget,
            settings,
            seed,
            tokens: HashMap::new(),
            webhooks: 0,
        };
        Ok(Self {
            meter: Meter::new(clock.clone()),
            faults: Faults::new(seed, options.faults.clone()),
            clock,
            options: Arc::new(options),
            documents: Arc::default(),
            state: Shared::new(state),
        })
    }

    /// Everything the shop answers.
    pub fn router(&self) -> Router {
        api::routes(self)
            .merge(pages::routes(self))
            .merge(control::routes(&self.meter, &self.faults))
    }

    /// The faults in force; for GraphQL their target is the path, `#` and the root field.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was asked, by path and root field.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.state.lock().settings.clone()
    }

    /// Changes the settings. The bucket starts full.
    pub fn set_settings(&self, settings: Settings) {
        let mut state = self.state.lock();
        state.budget = Budget::new(settings.bucket, self.clock.now());
        state
            .store
            .index
            .set_lag(Duration::from_millis(settings.index_lag_ms));
        state.store.job_delay = Duration::from_millis(settings.job_delay_ms);
        state.settings = settings;
    }

    /// Takes `count` new orders, all of them now, and reserves their stock. Returns their global ids.
    pub fn create_orders(&self, count: u32) -> Vec<String> {
        let now = self.clock.now();
        let mut state = self.state.lock();
        let seed = state.seed;
        (0..count)
            .map(|_| {
                let index = grow(&mut state.store, seed, now, seed::Age::New);
                if let Some(order) = state.store.orders.get(index).cloned() {
                    state.store.commit(&order);
                }
                ids::gid("Order", ids::order(index))
            })
            .collect()
    }

    /// Takes an order as it is: a document in the shape of the Admin API's `Order`, connections as `{ "nodes": […] }`, objects that
    /// stand for an interface with their `__typename`. From then on the shop tells it word for word, whether it adds up or not;
    /// only id, time of creation and time of change are the shop's own. A query for what it does not say is refused. It can
    /// be neither changed nor sent. Returns its global id.
    ///
    /// # Errors
    /// [`Error::Order`] for a document that does not say `test`, `cancelledAt`, `currencyCode` and `presentmentCurrencyCode`.
    pub fn put_order(&self, order: serde_json::Value) -> Result<String, Error> {
        let now = self.clock.now();
        let stated = Stated::new(order).map_err(Error::Order)?;
        let store = &mut self.state.lock().store;
        let index = store.orders.len();
        let order = stated.into_order(index, to_second(now));
        store.add(order.map_err(Error::Order)?, now);
        Ok(ids::gid("Order", ids::order(index)))
    }

    /// Gives the order (by global id) another note, as a clerk would. `false` if there is no such order, or it was put in.
    pub fn update_order(&self, id: &str, note: &str) -> bool {
        self.change(id, |order, _| order.note = Some(note.to_owned()))
    }

    /// Edits the order (by global id) as a clerk would. `false` if there is no such order, it was put in, or the shop does not allow it.
    pub fn edit_order(&self, id: &str, change: &Edit) -> bool {
        let now = self.clock.now();
        let index = ids::number("Order", id).and_then(ids::order_index);
        let store = &mut self.state.lock().store;
        index.is_some_and(|index| edit::apply(store, index, change, now))
    }

    /// Cancels the order (by global id): nothing more is sent, what was paid goes back. `false` if there is no such order or it is
    /// cancelled already or was put in.
    pub fn cancel_order(&self, id: &str) -> bool {
        let now = self.clock.now();
        let store = &mut self.state.lock().store;
        let index = ids::number("Order", id).and_then(ids::order_index);
        let open = |index: &usize| {
            store
                .orders
                .get(*index)
                .is_some_and(|order| order.cancelled.is_none())
        };
        let Some(index) = index.filter(open) else {
            return false;
        };
        store.release(index, to_second(now));
        store
            .change(index, now, |order, at| seed::cancel(order, "CUSTOMER", at))
            .is_some()
    }

    /// Cancels a shipment (by global id), as a clerk would: its units are to be sent again. `false` if there is no such shipment.
    pub fn cancel_fulfilment(&self, id: &str) -> bool {
        let now = self.clock.now();
        let place = ids::number("Fulfillment", id).and_then(ids::part_place);
        let mut done = false;
        if let Some((order, place)) = place {
            let store = &mut self.state.lock().store;
            store.change(order, now, |order, at| done = order.unfulfil(place, at));
        }
        done
    }

    /// Takes back `quantity` units of the order's `line`th line, from 0, and gives back their price. `false` if there is no such line.
    pub fn refund_line(&self, id: &str, line: usize, quantity: u32) -> bool {
        let mut done = false;
        self.change(id, |order, at| {
            done = order
                .lines
                .get(line)
                .is_some_and(|found| order.current_quantity(found) >= quantity);
            if done {
                order.refund(&[(line, quantity)], false, None, at);
            }
        });
        done
    }

    /// Gives back part of the order (by global id), or all of it. `false` if there is no such order or line, or it was put in.
    pub fn refund(&self, id: &str, what: &Giveback) -> bool {
        let mut done = false;
        self.change(id, |order, at| done = order.give_back(what, at));
        done
    }

    /// Sets what is available of a SKU at a location (by its name), as a stocktaking would. `false` if it is not stocked there.
    pub fn set_stock(&self, sku: &str, location: &str, available: i64) -> bool {
        let now = self.clock.now();
        let store = &mut self.state.lock().store;
        let item = store
            .variants
            .iter()
            .find(|variant| variant.sku == sku)
            .map(|variant| variant.index);
        let place = store
            .locations
            .iter()
            .find(|place| place.name == location)
            .map(|place| place.index);
        let level = item
            .zip(place)
            .and_then(|(item, place)| store.inventory.get_mut(item, place));
        level
            .map(|level| level.set("available", available, to_second(now)))
            .is_some()
    }

    /// All orders, oldest first.
    pub fn orders(&self) -> Vec<OrderView> {
        let store = &self.state.lock().store;
        store
            .orders
            .iter()
            .map(|order| inspect::order(store, order))
            .collect()
    }

    /// Pays out, now, all that moved by Shopify Payments and was not paid out yet, with these movements beside it: in a payout of that
    /// `ShopifyPaymentsPayoutStatus` (`PAID`, `SCHEDULED` …). Returns its global id.
    pub fn pay_out(&self, extra: &[Extra], status: &'static str) -> String {
        let now = to_second(self.clock.now());
        let id = self.state.lock().store.pay_out(extra, status, now);
        ids::gid("ShopifyPaymentsPayout", id)
    }

    /// Pays out, now, what moved for the order (by global id) and was not paid out yet. The payout's global id; `None` where nothing did.
    pub fn pay_out_order(&self, id: &str) -> Option<String> {
        let now = to_second(self.clock.now());
        let place = ids::order_index(ids::number("Order", id)?)?;
        let payout = self.state.lock().store.pay_out_order(place, now)?;
        Some(ids::gid("ShopifyPaymentsPayout", payout))
    }

    /// Gives a payout (by global id) that status. `false` if there is none.
    pub fn set_payout_status(&self, id: &str, status: &'static str) -> bool {
        let place = ids::number("ShopifyPaymentsPayout", id).and_then(ids::payout_index);
        let store = &mut self.state.lock().store;
        let payout = place.and_then(|place| store.payouts.get_mut(place));
        payout.map(|payout| payout.status = status).is_some()
    }

    /// All payouts, oldest first.
    pub fn payouts(&self) -> Vec<PayoutView> {
        inspect::payouts(&self.state.lock().store)
    }

    /// All refunds, by order.
    pub fn refunds(&self) -> Vec<RefundView> {
        inspect::refunds(&self.state.lock().store)
    }

    /// All shipments, by order.
    pub fn fulfilments(&self) -> Vec<FulfilmentView> {
        inspect::fulfilments(&self.state.lock().store)
    }

    /// Stock by SKU and location, in the catalogue's order.
    pub fn inventory(&self) -> Vec<StockView> {
        inspect::inventory(&self.state.lock().store)
    }

    /// How much of everything there is.
    pub fn summary(&self) -> Summary {
        inspect::summary(&self.state.lock().store)
    }

    /// The signed webhook that tells of the order's (by global id) present state, for a topic such as `orders/updated`. `None` if
    /// there is no such order.
    pub fn webhook(&self, id: &str, topic: &str) -> Option<Webhook> {
        let now = self.clock.now();
        let mut state = self.state.lock();
        state.webhooks += 1;
        let order = ids::number("Order", id).and_then(|id| state.store.order(id))?;
        Some(webhook::make(
            &state.store,
            order,
            topic,
            VERSION,
            &self.options.client_secret,
            state.webhooks,
            now,
        ))
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Order, Timestamp)) -> bool {
        let now = self.clock.now();
        let index = ids::number("Order", id).and_then(ids::order_index);
        index
            .and_then(|index| self.state.lock().store.change(index, now, change))
            .is_some()
    }
}

/// Appends the next order and returns its place.
fn grow(store: &mut Store, seed: u64, at: Timestamp, age: seed::Age) -> usize {
    let index = store.orders.len();
    let (order, newcomer) = seed::order(store, seed, index, at, age);
    store.customers.extend(newcomer);
    store.add(order, at);
    index
}
