//! The clerk who bills and deletes orders and takes in payments, as a user of NetSuite does, not through the API.

use rust_decimal::Decimal;
use serde_json::Map;

use super::account::Account;
use super::draft::UnknownNames;
use super::save::{Manner, delete};
use super::schema::{Space, record_type};
use super::transform::transform;
use super::value::Value;

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

    /// Takes in a payment for an invoice (by internal id), no more than is owed. False where there is no such invoice.
    pub fn take_payment(&self, invoice: u64, amount: Decimal) -> bool {
        let known = self.record("invoice", invoice).is_some();
        let mut books = self.books.lock();
        let paid = books.change(Space::Transaction, invoice, |record| {
            let owed = record.number("amountRemaining");
            let taken = amount.min(owed);
            let paid = record.number("amountPaid") + taken;
            record.set("amountPaid", Value::Number(paid));
            record.set("amountRemaining", Value::Number(owed - taken));
            if owed == taken {
                record.status = "B";
            }
        });
        known && paid.is_some()
    }
}
