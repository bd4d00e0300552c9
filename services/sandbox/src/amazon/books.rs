//! What Amazon holds of the seller.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Options;
use super::documents::{Document, Leave};
use super::feeds::Feed;
use super::listing::Listing;
use super::money::Entry;
use super::operation::Buckets;
use super::order::{Fulfiller, Order, Status};
use super::outgoing::Outbound;
use super::reports::Report;
use crate::Catalogue;

pub(super) struct Books {
    pub(super) rng: fastrand::Rng,
    /// Access tokens, and when they run out.
    pub(super) tokens: BTreeMap<String, Timestamp>,
    pub(super) buckets: Buckets,
    pub(super) orders: BTreeMap<String, Order>,
    /// By SKU.
    pub(super) listings: BTreeMap<String, Listing>,
    pub(super) documents: BTreeMap<String, Document>,
    /// Signatures of addresses.
    pub(super) leaves: BTreeMap<String, Leave>,
    pub(super) feeds: Vec<Feed>,
    /// What is not settled yet.
    pub(super) account: Vec<Entry>,
    pub(super) reports: Vec<Report>,
    pub(super) outbound: Vec<Outbound>,
    last: u64,
}

impl Books {
    /// A seller who lists the catalogue in all of the marketplaces.
    pub(super) fn new(options: &Options, seed: u64, catalogue: &Catalogue, now: Timestamp) -> Self {
        let listings = catalogue.items.iter().map(|item| {
            let listing = Listing::of(item, options, now);
            (item.sku.clone(), listing)
        });
        Self {
            listings: listings.collect(),
            rng: fastrand::Rng::with_seed(seed ^ 0xA3A2),
            tokens: BTreeMap::new(),
            buckets: Buckets::default(),
            orders: BTreeMap::new(),
            documents: BTreeMap::new(),
            leaves: BTreeMap::new(),
            feeds: Vec::new(),
            account: Vec::new(),
            reports: Vec::new(),
            outbound: Vec::new(),
            last: 0,
        }
    }

    /// The next number, of whatever kind.
    pub(super) fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Does what time brings by itself, at the time it was due.
    pub(super) fn advance(&mut self, options: &Options, now: Timestamp) {
        let mut leaving = Vec::new();
        for order in self.orders.values_mut() {
            let settled = later(order.created, options.pending_for);
            if order.status == Status::Pending && settled <= now {
                order.status = Status::Unshipped;
                order.touch(settled);
            }
            let due = later(settled, options.amazon_ships_after);
            let waits = order.by == Fulfiller::Amazon && order.status == Status::Unshipped;
            if waits && due <= now {
                leaving.push((order.id.clone(), due));
            }
        }
        for (order, due) in leaving {
            self.ship_by_amazon(&order, due);
        }
        self.send_outbound(options, now);
        self.work_on_feeds(options, now);
    }

    /// Amazon sends all of an order that it fulfils; `false` where there is none that waits.
    pub(super) fn ship_by_amazon(&mut self, id: &str, at: Timestamp) -> bool {
        let found = self.orders.get_mut(id);
        let Some(order) = found
            .filter(|order| order.by == Fulfiller::Amazon && order.status == Status::Unshipped)
        else {
            return false;
        };
        let at = at.max(order.updated);
        for line in &mut order.lines {
            line.shipped = line.quantity;
            if let Some(listing) = self.listings.get_mut(&line.sku) {
                listing.leave(line.quantity, at);
            }
        }
        order.status = Status::Shipped;
        order.touch(at);
        self.charge(id, at);
        true
    }
}

/// A time after another.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
