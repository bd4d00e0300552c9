//! Checks before the write: what must not reach the target as it is.

use commerce::{Event, Order, OrderState, Record, Side};

/// What a check says about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Checked {
    Fine,
    /// Left out, by this rule.
    Skip(&'static str),
    /// Kept for a person.
    Hold(String),
}

/// Looks at a record that was never written to the target (`new`) or was.
pub(crate) fn check(event: &Event, new: bool) -> Checked {
    match &event.record {
        Record::Order(order) => check_order(order, new),
        Record::Fulfilment(_) | Record::Stock(_) => Checked::Fine,
    }
}

fn check_order(order: &Order, new: bool) -> Checked {
    if order.test {
        return Checked::Skip("test orders are not imported");
    }
    if new && order.state == OrderState::Cancelled {
        return Checked::Skip("orders cancelled before their import are not imported");
    }
    if new && order.lines.is_empty() && order.total.shop.is_zero() {
        return Checked::Skip("orders of which nothing is left are not imported");
    }
    for side in [Side::Shop, Side::Presentment] {
        match order.total_check(side) {
            Ok(account) if account.adds_up() => {}
            Ok(account) => return Checked::Hold(account.explanation()),
            Err(error) => {
                return Checked::Hold(format!("the order's amounts cannot be added up: {error}"));
            }
        }
    }
    Checked::Fine
}
