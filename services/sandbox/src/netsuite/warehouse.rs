//! The people in the warehouse: they ship what is pending and count the shelves, as users of NetSuite do, not through the API.

use std::sync::Arc;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::account::Account;
use super::books::Books;
use super::draft::UnknownNames;
use super::progress::is_shippable;
use super::record::{Line, Record};
use super::save::{Manner, update};
use super::schema::{Space, record_type};
use super::transform::transform;
use super::value::json_number;

/// How a shift in the warehouse goes. Who is served and how follows from the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shift {
    /// Share of the orders with something to ship that are worked on, in percent.
    pub orders: u8,
    /// Share of these that are shipped in part only, in percent.
    pub partial: u8,
    /// Share of the fulfilments that go out in more than one parcel, in percent.
    pub several_parcels: u8,
    /// Share of the fulfilments that are left packed instead of shipped, in percent.
    pub only_packed: u8,
}

impl Default for Shift {
    fn default() -> Self {
        Self {
            orders: 100,
            partial: 20,
            several_parcels: 15,
            only_packed: 0,
        }
    }
}

const CARRIERS: [(&str, &str, &str, &str); 3] = [
    ("package", "packageTrackingNumber", "packageWeight", "94001"),
    (
        "packageUps",
        "packageTrackingNumberUps",
        "packageWeightUps",
        "1Z999AA1",
    ),
    (
        "packageFedEx",
        "packageTrackingNumberFedEx",
        "packageWeightFedEx",
        "7946",
    ),
];

impl Account {
    /// Ships what the shift before left packed, then fulfils orders that wait: some in part, some in several parcels, each
    /// parcel with a tracking number. Returns the internal ids of the item fulfilments that were made or shipped.
    pub fn ship_pending(&self, shift: Shift) -> Vec<u64> {
        let now = self.clock.now();
        let mut books = self.books.lock();
        let mut done = ship_packed(&mut books, now);
        let orders: Vec<u64> = books
            .transactions()
            .filter(|order| {
                order.kind.name == "salesOrder" && ["B", "D", "E"].contains(&order.status)
            })
            .map(|order| order.id)
            .collect();
        let chosen: Vec<u64> = orders
            .into_iter()
            .filter(|_| chance(&mut books, shift.orders))
            .collect();
        done.extend(
            chosen
                .into_iter()
                .filter_map(|order| ship(&mut books, order, shift, now)),
        );
        done
    }

    /// Bills every order that is fulfilled as a whole, as the people in the office do. Returns the internal ids of the invoices.
    pub fn bill_fulfilled(&self) -> Vec<u64> {
        let now = self.clock.now();
        let mut books = self.books.lock();
        let pending = |order: &&Arc<Record>| order.kind.name == "salesOrder" && order.status == "F";
        let orders: Vec<Arc<Record>> = books.transactions().filter(pending).cloned().collect();
        let Some(invoice) = record_type("invoice") else {
            return Vec::new();
        };
        let bill = |order: Arc<Record>| {
            transform(&mut books, &order, invoice, &Map::new(), &by_hand(now)).ok()
        };
        orders
            .into_iter()
            .filter_map(bill)
            .map(|done| done.id)
            .collect()
    }

    /// Counts that many places in the warehouse and corrects the stock, up or down. Returns SKU, location and what is
    /// available now.
    pub fn count_stock(&self, places: u32) -> Vec<(String, u64, Decimal)> {
        let now = self.clock.now();
        let mut books = self.books.lock();
        let all: Vec<_> = books.stock.levels().map(|(place, _)| *place).collect();
        let mut counted = Vec::new();
        for _ in 0..places {
            let place = books.rng.usize(0..all.len().max(1));
            let by = Decimal::from(books.rng.i64(-5..=20));
            let Some(place) = all.get(place).copied() else {
                break;
            };
            books.stock.adjust(place, by, now);
            let sku = books
                .get(Space::Item, place.0)
                .map(|item| item.label())
                .unwrap_or_default();
            let available = books
                .stock
                .level(place)
                .map_or(Decimal::ZERO, super::stock::Level::available);
            counted.push((sku, place.1, available));
        }
        counted
    }
}

fn chance(books: &mut Books, percent: u8) -> bool {
    books.rng.u8(0..100) < percent
}

fn ship_packed(books: &mut Books, now: Timestamp) -> Vec<u64> {
    let packed =
        |record: &&Arc<Record>| record.kind.name == "itemFulfillment" && record.status != "C";
    let packed: Vec<_> = books.transactions().filter(packed).cloned().collect();
    let body = Map::from_iter([("shipStatus".to_owned(), json!({ "id": "C" }))]);
    let ship = |fulfilment: Arc<Record>| update(books, &fulfilment, &body, &by_hand(now)).ok();
    packed
        .into_iter()
        .filter_map(ship)
        .map(|done| done.id)
        .collect()
}

/// As a user would save it in the form.
pub(super) fn by_hand(now: Timestamp) -> Manner {
    Manner {
        unknown: UnknownNames::Ignore,
        replace: Vec::new(),
        now,
    }
}

fn ship(books: &mut Books, order: u64, shift: Shift, now: Timestamp) -> Option<u64> {
    let order = books.get(Space::Transaction, order)?.clone();
    let partial = chance(books, shift.partial);
    let place = where_from(books, &order)?;
    let open: Vec<&Line> = order
        .lines
        .iter()
        .filter(|line| line.to_pick() > Decimal::ZERO && is_shippable(books, line.item))
        .collect();
    let from_here = open
        .iter()
        .filter(|line| line.location.is_none_or(|location| location == place));
    let mut items: Vec<Json> = Vec::new();
    for line in from_here {
        let part = (line.to_pick() / Decimal::TWO).ceil();
        let quantity = if partial { part } else { line.to_pick() };
        items.push(json!({ "orderLine": line.number, "quantity": json_number(quantity), "location": { "id": place }, "itemReceive": true }));
        // A part of an order with several lines is its first line.
        if partial && open.len() > 1 {
            break;
        }
    }
    let taken: Vec<u64> = items
        .iter()
        .filter_map(|item| item["orderLine"].as_u64())
        .collect();
    let skipped = open
        .iter()
        .filter(|line| !taken.contains(&u64::from(line.number)));
    let skipped: Vec<Json> = skipped
        .map(|line| json!({ "orderLine": line.number, "itemReceive": false }))
        .collect();
    items.extend(skipped);
    let parcels = if chance(books, shift.several_parcels) {
        books.rng.u32(2..=3)
    } else {
        1
    };
    let status = if chance(books, shift.only_packed) {
        "B"
    } else {
        "C"
    };
    let (sublist, number, weight, prefix) = *books.rng.choice(&CARRIERS)?;
    let packages: Vec<Json> = (0..parcels)
        .map(|_| json!({ number: format!("{prefix}{:010}", books.rng.u64(0..10_000_000_000)), weight: json_number(Decimal::new(books.rng.i64(2..90), 1)) }))
        .collect();
    let body = Map::from_iter([
        ("shipStatus".to_owned(), json!({ "id": status })),
        ("item".to_owned(), json!({ "items": items })),
        (sublist.to_owned(), json!({ "items": packages })),
    ]);
    let target = record_type("itemFulfillment")?;
    match transform(books, &order, target, &body, &by_hand(now)) {
        Ok(done) => Some(done.id),
        Err(problem) => {
            tracing::warn!(
                order = order.id,
                reason = problem.detail,
                "sandbox: the warehouse could not ship an order"
            );
            None
        }
    }
}

/// The location of the first line that waits, else the order's, else the main one.
fn where_from(books: &Books, order: &Record) -> Option<u64> {
    let line = order
        .lines
        .iter()
        .find(|line| line.to_pick() > Decimal::ZERO && is_shippable(books, line.item))?;
    let header = order
        .reference("location")
        .and_then(|id| u64::try_from(id).ok());
    line.location.or(header).or_else(|| {
        books
            .catalogue
            .locations
            .first()
            .map(|location| location.netsuite_id)
    })
}
