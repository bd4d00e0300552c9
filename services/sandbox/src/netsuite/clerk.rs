//! The clerk who bills and deletes orders, as a user of NetSuite does, not through the API.

use serde_json::Map;

use super::account::Account;
use super::draft::UnknownNames;
use super::save::{Manner, delete};
use super::schema::{Space, record_type};
use super::transform::transform;

/// By what an order is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bill {
    /// To be paid later.
    Invoice,
    /// Billed and paid in one.
    CashSale,
}

impl Account {
    /// Deletes a transaction (by internal id), as a user does in its form. False where there is none, or others depend on it.
    pub fn delete(&self, transaction: u64) -> bool {
        let now = self.clock.now();
        let mut books = self.books.lock();
        let old = books.get(Space::Transaction, transaction).cloned();
        old.is_some_and(|old| delete(&mut books, &old, now).is_ok())
    }

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
}
