//! The clerk who bills, credits, calls off and deletes orders and takes in payments, as a user of NetSuite does, not through the API.

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::account::Account;
use super::draft::UnknownNames;
use super::save::{Manner, create, delete, update};
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
        let Some(owed) = self.record("invoice", invoice) else {
            return false;
        };
        let taken = amount.min(owed.number("amountRemaining"));
        let Some(customer) = owed.reference("entity").filter(|_| !taken.is_zero()) else {
            return false;
        };
        let taken = super::value::json_number(taken);
        let body = json!({
            "customer": { "id": customer.to_string() },
            "payment": taken,
            "apply": { "items": [{ "doc": { "id": invoice.to_string() }, "apply": true, "amount": taken }] },
        });
        let manner = by_hand(self.clock.now());
        let mut books = self.books.lock();
        let (Some(kind), Some(body)) = (record_type("customerPayment"), body.as_object()) else {
            return false;
        };
        create(&mut books, kind, body, &manner).is_ok()
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

    /// Credits what a bill (invoice or cash sale, by internal id) billed: these units of its lines, or all that is left of them; and this much
    /// of delivery. Returns the credit memo's or cash refund's internal id. `None` where there is no such bill, or not so much of it left.
    pub fn credit(&self, bill: u64, units: Option<&[(u32, u32)]>, delivery: &str) -> Option<u64> {
        let mut books = self.books.lock();
        let bill = books.get(Space::Transaction, bill).cloned()?;
        let target = record_type(match bill.kind.name {
            "invoice" => "creditMemo",
            _ => "cashRefund",
        })?;
        let mut body = Map::new();
        if let Some(units) = units {
            let of = |line: u32| units.iter().find(|(known, _)| *known == line);
            let lines: Vec<Json> = bill
                .lines
                .iter()
                .map(|line| json!({ "orderLine": line.number, "quantity": of(line.number).map_or(0, |(_, units)| *units) }))
                .collect();
            body.insert("item".to_owned(), json!({ "items": lines }));
        }
        if let (false, Ok(delivery)) = (delivery.is_empty(), serde_json::from_str::<Json>(delivery))
        {
            body.insert("shippingCost".to_owned(), delivery);
        }
        let saved = transform(&mut books, &bill, target, &body, &by_hand(self.clock.now()));
        saved.ok().map(|saved| saved.id)
    }

    /// Takes a deposit for a sales order (by internal id) and gives it back; returns the customer refund's internal id.
    pub fn return_deposit(&self, order: u64, amount: &str) -> Option<u64> {
        let now = by_hand(self.clock.now());
        let mut books = self.books.lock();
        let order = books.get(Space::Transaction, order).cloned()?;
        let body = json!({
            "customer": { "id": order.reference("entity")?.to_string() },
            "salesOrder": { "id": order.id.to_string() },
            "payment": serde_json::from_str::<Json>(amount).ok()?,
        });
        let body = body.as_object()?;
        let deposit = create(&mut books, record_type("customerDeposit")?, body, &now).ok()?;
        let deposit = books.get(Space::Transaction, deposit.id).cloned()?;
        let refund = record_type("customerRefund")?;
        let saved = transform(&mut books, &deposit, refund, &Map::new(), &now);
        saved.ok().map(|saved| saved.id)
    }
}
