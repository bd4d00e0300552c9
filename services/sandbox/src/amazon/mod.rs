//! A seller's side of Amazon, as the Selling Partner API tells of it: orders that the seller or Amazon sends, listings that are patched one by one or
//! by feeds, settlement reports, stock in Amazon's warehouses and orders that these send for other channels. Every operation has a bucket of its own.

mod api;
mod asked;
mod books;
mod documents;
mod feeds;
mod inventory;
mod kept;
mod listing;
mod listings;
mod market;
mod money;
mod operation;
mod options;
mod order;
mod orders;
mod outbound;
mod outgoing;
mod pages;
mod present;
mod reports;
mod seed;
mod sellers;
mod settlement;
mod submission;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, MutexGuard};

use axum::Router;
use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::state::Shared;
use crate::{Catalogue, Clock, Faults, Meter, control};

pub use options::Options;
pub use order::{Canceller, Fulfiller};
pub use outgoing::OutboundView;

use books::Books;
use listing::Trouble;
use market::Marketplace;
use order::Status;

/// The seller; a cheap handle.
#[derive(Clone)]
pub struct Seller {
    meter: Meter,
    faults: Faults,
    clock: Clock,
    options: Arc<Options>,
    state: Shared<Books>,
}

impl fmt::Debug for Seller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seller")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// What somebody buys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basket {
    /// Id of the marketplace.
    pub marketplace: String,
    /// Who sends it: what Amazon keeps it sends, and nothing else.
    pub by: Fulfiller,
    /// SKUs and units.
    pub units: Vec<(String, u32)>,
    /// Whether its payment is not settled yet.
    pub pending: bool,
}

impl Seller {
    /// A seller who lists the catalogue.
    pub fn new(options: Options, seed: u64, catalogue: &Catalogue, clock: Clock) -> Self {
        let mut books = Books::new(&options, seed, catalogue, clock.now());
        for n in 0..options.orders {
            let at = options.first_order_at + SignedDuration::from_mins(n.into());
            books.place_any(&options, at);
        }
        Self {
            meter: Meter::new(clock.clone()),
            faults: Faults::new(seed, options.faults.clone()),
            clock,
            options: Arc::new(options),
            state: Shared::new(books),
        }
    }

    /// Everything that is answered.
    pub fn router(&self) -> Router {
        api::routes(self)
            .merge(pages::routes(self))
            .merge(control::routes(&self.meter, &self.faults))
    }

    /// The faults in force.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What was asked, by path.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The books as they stand now.
    fn books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.state.lock();
        books.advance(&self.options, self.clock.now());
        books
    }

    /// Takes `count` new orders, all of them now. Returns their ids.
    pub fn create_orders(&self, count: u32) -> Vec<String> {
        let (now, mut books) = (self.clock.now(), self.books());
        (0..count)
            .filter_map(|_| books.place_any(&self.options, now))
            .collect()
    }

    /// Places an order. Returns its id; `None` for what is not sold there by who is to send it.
    pub fn place(&self, basket: &Basket) -> Option<String> {
        let now = self.clock.now();
        self.books().place(basket, now)
    }

    /// Calls an order off of which nothing was sent. `false` where it cannot be.
    pub fn cancel(&self, order: &str, by: Canceller) -> bool {
        let now = self.clock.now();
        let mut books = self.books();
        let Some(order) = books.orders.get_mut(order) else {
            return false;
        };
        if ![Status::Pending, Status::Unshipped].contains(&order.status) {
            return false;
        }
        order.status = Status::Cancelled;
        order.cancelled = Some((by, "CUSTOMER_CANCEL".to_owned()));
        order.touch(now);
        let units: Vec<(String, u32)> = order
            .lines
            .iter()
            .map(|line| (line.sku.clone(), line.quantity))
            .collect();
        for (sku, units) in units {
            if let Some(listing) = books.listings.get_mut(&sku) {
                listing.release(units, now);
            }
        }
        true
    }

    /// The buyer asks for an order to be called off: the seller may still send it. `false` where it is too late.
    pub fn ask_to_cancel(&self, order: &str, why: &str) -> bool {
        let now = self.clock.now();
        let mut books = self.books();
        let found = books.orders.get_mut(order);
        let Some(order) = found.filter(|order| order.status == Status::Unshipped) else {
            return false;
        };
        for line in &mut order.lines {
            line.unwanted = Some(why.to_owned());
        }
        order.touch(now);
        true
    }

    /// Amazon sends an order that it fulfils. `false` where there is none that waits.
    pub fn ship_by_amazon(&self, order: &str) -> bool {
        let now = self.clock.now();
        self.books().ship_by_amazon(order, now)
    }

    /// Gives the buyer units of the order's line at that place back, as Amazon does by itself or for the seller. The adjustment's id; `None` where so
    /// many have not left.
    pub fn refund(&self, order: &str, place: usize, units: u32) -> Option<String> {
        let now = self.clock.now();
        self.books().refund(order, place, units, now)
    }

    /// Settles all that is on the seller's account, a report for each marketplace. Returns the reports' ids.
    pub fn settle(&self) -> Vec<String> {
        let now = self.clock.now();
        self.books().settle(now)
    }

    /// A settlement report's text.
    pub fn settlement(&self, report: &str) -> Option<String> {
        let books = self.books();
        let report = books.reports.iter().find(|one| one.id == report)?;
        String::from_utf8(books.content(&report.document)?).ok()
    }

    /// Puts units into Amazon's warehouses. `false` where the SKU is not listed.
    pub fn send_in(&self, sku: &str, units: u32) -> bool {
        let now = self.clock.now();
        let mut books = self.books();
        let listing = books.listings.get_mut(sku);
        listing.map(|listing| listing.take_in(units, now)).is_some()
    }

    /// What Amazon has of each SKU that it keeps, and that nobody waits for.
    pub fn kept(&self) -> BTreeMap<String, u32> {
        let books = self.books();
        let all = books.listings.values().filter(|one| one.kept.is_some());
        all.map(|one| (one.sku.clone(), one.available())).collect()
    }

    /// Every order that Amazon sends for another channel, in the order they came.
    pub fn outbound(&self) -> Vec<OutboundView> {
        self.books()
            .outbound
            .iter()
            .map(outgoing::Outbound::view)
            .collect()
    }

    /// Amazon sends units of such an order, by the ids of its items: all that is open where none are named. The package's number; `None` for what
    /// cannot be sent.
    pub fn ship_outbound(&self, order: &str, units: &[(String, u32)]) -> Option<u32> {
        let now = self.clock.now();
        self.books().ship_outbound(order, units, now)
    }

    /// Amazon finds nothing of what is open of such an order. `false` where nothing is.
    pub fn lose_outbound(&self, order: &str) -> bool {
        let now = self.clock.now();
        self.books().lose_outbound(order, now)
    }

    /// All orders as the API tells them with every data set, by id.
    pub fn orders(&self) -> Vec<Json> {
        let books = self.books();
        let all = books.orders.values();
        all.map(|order| present::order(order, &present::DATASETS))
            .collect()
    }

    /// How many packages the seller confirmed, of all orders.
    pub fn packages(&self) -> usize {
        let books = self.books();
        books
            .orders
            .values()
            .map(|order| order.packages.len())
            .sum()
    }

    /// What the seller offers, by SKU; what Amazon sends is left out.
    pub fn levels(&self) -> BTreeMap<String, i64> {
        let books = self.books();
        let all = books.listings.values();
        all.filter_map(|one| Some((one.sku.clone(), one.level()?)))
            .collect()
    }

    /// What each SKU costs in a marketplace, in its currency.
    pub fn prices(&self, marketplace: &str) -> BTreeMap<String, Decimal> {
        let books = self.books();
        let place = Marketplace::find(marketplace);
        let all = books.listings.values();
        all.filter_map(|one| Some((one.sku.clone(), one.price(place?)?)))
            .collect()
    }

    /// From here on what is sent for this SKU is invalid. `false` where it is not listed.
    pub fn refuse_listing(&self, sku: &str) -> bool {
        self.trouble(sku, Some(Trouble::Refused))
    }

    /// From here on what is sent for this SKU is accepted, and not applied: the listing tells of an issue. `false` where it is not listed.
    pub fn ignore_listing(&self, sku: &str) -> bool {
        self.trouble(sku, Some(Trouble::Ignored))
    }

    /// From here on all is well with this SKU. `false` where it is not listed.
    pub fn heal_listing(&self, sku: &str) -> bool {
        self.trouble(sku, None)
    }

    fn trouble(&self, sku: &str, trouble: Option<Trouble>) -> bool {
        let mut books = self.books();
        let found = books.listings.get_mut(sku);
        found.map(|listing| listing.trouble = trouble).is_some()
    }
}
