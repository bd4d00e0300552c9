//! The clerk who bills and calls off orders, as a user of NetSuite does, not through the API.

use serde_json::{Map, Value as Json, json};

use super::account::Account;
use super::draft::UnknownNames;
use super::save::{Manner, update};
use super::schema::{Space, record_type};
use super::transform::transform;
use super::warehouse::by_hand;

/// By what an order is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bill {
    /// To be paid later.
    Invoice,
    /// Billed and paid in one.
    CashSale,
}

impl Account {
    /// Bills all of a sales order (by internal id) that is not billed yet; returns the bill's internal id. `None` where there is no
    /// such order or nothing is left of it.
    pub fn bill(&self, order: u64, by: Bill) -> Option<u64> {
        let target = record_type(match by {
            Bill::Invoice => "invoice",
            Bill::CashSale => "cashSale",
        })?;
        let manner = Manner {
            unknown: UnknownNames::Refuse,
            replace: Vec::new(),
            now: self.clock.now(),
        };
        let mut books = self.books.lock();
        let order = books.get(Space::Transaction, order).cloned()?;
        let saved = transform(&mut books, &order, target, &Map::new(), &manner);
        saved.ok().map(|saved| saved.id)
    }

    /// Calls a sales order (by internal id) off: one that waits for approval is cancelled, any other closed line by line. `false` where
    /// there is no such order, or nothing of it is open.
    pub fn call_off(&self, order: u64) -> bool {
        let now = self.clock.now();
        let mut books = self.books.lock();
        let Some(order) = books.get(Space::Transaction, order).cloned() else {
            return false;
        };
        if order.kind.name == "salesOrder" && order.status == "A" {
            return books
                .change(Space::Transaction, order.id, |order| {
                    order.status = "C";
                    order.modified = now;
                })
                .is_some();
        }
        let open = order.lines.iter().filter(|line| !line.closed);
        let lines: Vec<Json> = open
            .map(|line| json!({ "line": line.number, "isClosed": true }))
            .collect();
        if lines.is_empty() {
            return false;
        }
        let body = Map::from_iter([("item".to_owned(), json!({ "items": lines }))]);
        update(&mut books, &order, &body, &by_hand(now)).is_ok()
    }
}
