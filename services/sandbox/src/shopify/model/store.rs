use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use super::catalogue::{self, Variant};
use super::company::Firm;
use super::inventory::Inventory;
use super::jobs::Job;
use super::payout::PaidOut;
use super::prices::PriceList;
use super::product::{self, Collection, Media, Product};
use super::{Customer, Order, ids};
use crate::catalogue::Catalogue;
use crate::shopify::money::Currency;
use crate::shopify::mutation::Payload;
use crate::shopify::options::Options;

/// Everything the shop holds.
#[derive(Debug)]
pub(in crate::shopify) struct Store {
    pub(in crate::shopify) facts: Facts,
    pub(in crate::shopify) products: Vec<Product>,
    pub(in crate::shopify) variants: Vec<Variant>,
    pub(in crate::shopify) collections: Vec<Collection>,
    /// Namespaces and keys of product metafields whose values are unique.
    pub(in crate::shopify) definitions: BTreeSet<(String, String)>,
    /// Addresses of pictures, in the order in which they were fetched.
    pub(in crate::shopify) fetched: Vec<String>,
    pub(in crate::shopify) locations: Vec<Place>,
    pub(in crate::shopify) inventory: Inventory,
    pub(in crate::shopify) customers: Vec<Customer>,
    pub(in crate::shopify) firms: Vec<Firm>,
    pub(in crate::shopify) orders: Vec<Order>,
    pub(in crate::shopify) index: Index,
    pub(in crate::shopify) subscriptions: Vec<Subscription>,
    pub(in crate::shopify) price_lists: Vec<PriceList>,
    /// What Shopify Payments brought to the bank, oldest first.
    pub(in crate::shopify) payouts: Vec<PaidOut>,
    /// Places of the products that Shopify has suspended.
    pub(in crate::shopify) suspended: BTreeSet<usize>,
    /// Work accepted, oldest first.
    pub(in crate::shopify) jobs: Vec<Job>,
    /// How long accepted work takes.
    pub(in crate::shopify) job_delay: Duration,
    /// Answers already given, by idempotency key, with what was asked.
    pub(in crate::shopify) answered: HashMap<String, (String, Payload)>,
}

/// What the shop says of itself.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Facts {
    pub(in crate::shopify) name: String,
    pub(in crate::shopify) domain: String,
    pub(in crate::shopify) time_zone: String,
    pub(in crate::shopify) currency: Currency,
    pub(in crate::shopify) scopes: Vec<String>,
    pub(in crate::shopify) client_id: String,
    pub(in crate::shopify) opened_at: Timestamp,
    pub(in crate::shopify) hides_closed_orders: bool,
    pub(in crate::shopify) paging_limit: usize,
}

/// A location.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Place {
    pub(in crate::shopify) index: usize,
    pub(in crate::shopify) id: u64,
    pub(in crate::shopify) name: String,
}

/// A webhook subscription made through the API.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Subscription {
    pub(in crate::shopify) id: u64,
    pub(in crate::shopify) topic: String,
    pub(in crate::shopify) uri: String,
    pub(in crate::shopify) at: Timestamp,
}

impl Store {
    pub(in crate::shopify) fn new(
        options: &Options,
        currency: Currency,
        catalogue: &Catalogue,
    ) -> Self {
        let opened_at = options.first_order_at;
        let variants = catalogue::variants(catalogue, opened_at);
        let facts = Facts {
            name: options.name.clone(),
            domain: options.domain.clone(),
            time_zone: options.time_zone.clone(),
            currency,
            scopes: options.scopes.clone(),
            client_id: options.client_id.clone(),
            opened_at,
            hides_closed_orders: options.hides_closed_orders,
            paging_limit: options.paging_limit,
        };
        // Every seventh item is not stocked at the last location, so that clients meet one they must activate.
        let last = catalogue.locations.len().saturating_sub(1);
        let is_stocked = |variant: usize, location: usize| {
            !options.worked_by_hand || variant % 7 != 6 || location != last
        };
        let locations = catalogue.locations.iter().enumerate();
        Self {
            facts,
            inventory: Inventory::new(catalogue, &variants, opened_at, is_stocked),
            products: product::products(&variants),
            variants,
            collections: product::collections(),
            definitions: BTreeSet::new(),
            fetched: Vec::new(),
            locations: locations
                .map(|(index, location)| Place {
                    index,
                    id: location.shopify_id,
                    name: location.name.clone(),
                })
                .collect(),
            customers: Vec::new(),
            firms: Vec::new(),
            orders: Vec::new(),
            index: Index::default(),
            subscriptions: Vec::new(),
            price_lists: Vec::new(),
            payouts: Vec::new(),
            suspended: BTreeSet::new(),
            jobs: Vec::new(),
            job_delay: Duration::from_millis(options.settings.job_delay_ms),
            answered: HashMap::new(),
        }
    }

    pub(in crate::shopify) fn order(&self, id: u64) -> Option<&Order> {
        self.orders.get(ids::order_index(id)?)
    }

    /// The order that a part with this id belongs to, and the part's place.
    pub(in crate::shopify) fn order_of(&self, part: u64) -> Option<(&Order, usize)> {
        let (order, place) = ids::part_place(part)?;
        Some((self.orders.get(order)?, place))
    }

    /// Place of the product with this global id.
    pub(in crate::shopify) fn product_by_gid(&self, gid: &str) -> Option<usize> {
        let place = ids::product_index(ids::number("Product", gid)?)?;
        (place < self.products.len()).then_some(place)
    }

    /// Place of the product that bears this value of a metafield.
    pub(in crate::shopify) fn product_by_metafield(
        &self,
        name: &(String, String),
        value: &str,
    ) -> Option<usize> {
        let bears = |product: &Product| {
            let found = product.metafields.get(name);
            found.is_some_and(|(_, own)| own == value)
        };
        self.products.iter().position(bears)
    }

    /// Fetches a picture, unless the shop has it.
    pub(in crate::shopify) fn fetch(&mut self, mut media: Media) -> Media {
        if media.id == 0 {
            self.fetched.push(media.source.clone());
            media.id = 32_000_000_000_000 + self.fetched.len() as u64;
        }
        media
    }

    pub(in crate::shopify) fn location(&self, id: u64) -> Option<&Place> {
        self.locations.iter().find(|location| location.id == id)
    }

    /// Appends an order, which gives it its number, and files it for the search.
    pub(in crate::shopify) fn add(&mut self, order: Order, filed_at: Timestamp) {
        if let Some(customer) = order
            .customer
            .and_then(|index| self.customers.get_mut(index))
        {
            customer.orders += 1;
            customer.updated_at = order.created_at;
        }
        self.index.file(order.index, order.updated_at, filed_at);
        self.orders.push(order);
    }

    /// Changes an order and files it as updated at `now`. `None` if there is no such order, or it is told in somebody else's words,
    /// which would not tell of the change.
    pub(in crate::shopify) fn change<T>(
        &mut self,
        index: usize,
        now: Timestamp,
        change: impl FnOnce(&mut Order, Timestamp) -> T,
    ) -> Option<T> {
        let order = self.orders.get_mut(index)?;
        if order.stated.is_some() {
            return None;
        }
        let second = to_second(now);
        let outcome = change(order, second);
        order.updated_at = order.updated_at.max(second);
        self.index.file(index, order.updated_at, now);
        Some(outcome)
    }
}

impl Store {
    /// Takes the order's stock: less is available, more is committed.
    pub(in crate::shopify) fn commit(&mut self, order: &Order) {
        for fulfilment_order in &order.fulfilment_orders {
            for line in &fulfilment_order.lines {
                let item = order.lines.get(line.line).and_then(|line| line.variant);
                if let Some(level) =
                    item.and_then(|item| self.inventory.get_mut(item, fulfilment_order.location))
                {
                    level.available -= i64::from(line.remaining);
                    level.committed += i64::from(line.remaining);
                    level.updated_at = order.created_at;
                }
            }
        }
    }

    /// Units of lines (by place) of an order have left the location.
    pub(in crate::shopify) fn uncommit(
        &mut self,
        order: usize,
        location: usize,
        sent: &[(usize, u32)],
    ) {
        let Some(order) = self.orders.get(order) else {
            return;
        };
        for (line, quantity) in sent {
            let item = order.lines.get(*line).and_then(|line| line.variant);
            if let Some(level) = item.and_then(|item| self.inventory.get_mut(item, location)) {
                level.committed = (level.committed - i64::from(*quantity)).max(0);
                level.updated_at = order.updated_at;
            }
        }
    }

    /// What is not sent of an order can be sold again.
    pub(in crate::shopify) fn release(&mut self, order: usize, at: Timestamp) {
        let Some(order) = self.orders.get(order) else {
            return;
        };
        for part in &order.fulfilment_orders {
            for line in &part.lines {
                let item = order.lines.get(line.line).and_then(|line| line.variant);
                if let Some(level) =
                    item.and_then(|item| self.inventory.get_mut(item, part.location))
                {
                    // Seeded orders never took stock.
                    let back = i64::from(line.remaining).min(level.committed);
                    level.committed -= back;
                    level.available += back;
                    level.updated_at = at;
                }
            }
        }
    }
}

/// Shopify keeps times to the second.
pub(in crate::shopify) fn to_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// What the search knows of orders, which may lag behind the orders themselves.
#[derive(Debug, Default)]
pub(in crate::shopify) struct Index {
    lag: Duration,
    /// When it was last asked.
    now: Timestamp,
    by_update: BTreeSet<(Timestamp, usize)>,
    /// For each order the update under which it is filed; `None` while the search does not know it.
    filed: Vec<Option<Timestamp>>,
    /// When which order is filed under which update.
    pending: VecDeque<(Timestamp, usize, Timestamp)>,
}

impl Index {
    /// From now on an update shows after `lag`.
    pub(in crate::shopify) fn set_lag(&mut self, lag: Duration) {
        self.lag = lag;
    }

    /// Whether the search has had the time to learn of what is there since then.
    pub(in crate::shopify) fn knows(&self, since: Timestamp) -> bool {
        since
            .saturating_add(self.lag)
            .is_ok_and(|at| at <= self.now)
    }

    /// Files what is due by `now`.
    pub(in crate::shopify) fn catch_up(&mut self, now: Timestamp) {
        self.now = now;
        while let Some((due, order, updated_at)) = self.pending.front().copied() {
            if due > now {
                break;
            }
            self.pending.pop_front();
            self.put(order, updated_at);
        }
    }

    pub(in crate::shopify) fn filed(&self, order: usize) -> Option<Timestamp> {
        self.filed.get(order).copied().flatten()
    }

    pub(in crate::shopify) fn by_update(&self) -> &BTreeSet<(Timestamp, usize)> {
        &self.by_update
    }

    fn file(&mut self, order: usize, updated_at: Timestamp, now: Timestamp) {
        if self.lag.is_zero() && self.pending.is_empty() {
            self.put(order, updated_at);
        } else {
            self.pending.push_back((
                now.saturating_add(self.lag).unwrap_or(now),
                order,
                updated_at,
            ));
        }
    }

    fn put(&mut self, order: usize, updated_at: Timestamp) {
        if self.filed.len() <= order {
            self.filed.resize(order + 1, None);
        }
        if let Some(slot) = self.filed.get_mut(order) {
            if let Some(before) = slot.replace(updated_at) {
                self.by_update.remove(&(before, order));
            }
            self.by_update.insert((updated_at, order));
        }
    }
}
