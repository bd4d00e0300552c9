//! Checks before the write: what must not reach the target as it is.

use commerce::{
    ConnectionId, Event, ExternalId, Kind, MoneyError, Order, OrderState, Payout, Record, Refund,
    Side, TargetKey, TotalCheck,
};

/// What a check says about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Checked {
    Fine,
    /// Left out, by this rule.
    Skip(&'static str),
    /// Kept for a person.
    Hold(String),
}

/// The record of the target that this one was made from, by Causeway itself: to write it there would be to write it twice.
pub(crate) fn origin(event: &Event, target: &ConnectionId) -> Option<ExternalId> {
    match &event.record {
        Record::Refund(refund) => TargetKey::source_id(refund.key.as_ref()?, target, Kind::Refund),
        Record::Order(_)
        | Record::Fulfilment(_)
        | Record::Stock(_)
        | Record::Product(_)
        | Record::Price(_)
        | Record::Cancellation(_)
        | Record::Payout(_) => None,
    }
}

/// Looks at a record that was never written to the target (`new`) or was.
pub(crate) fn check(event: &Event, new: bool) -> Checked {
    match &event.record {
        Record::Order(order) => check_order(order, new),
        Record::Refund(refund) => check_refund(refund),
        Record::Product(product) if new && !product.offered => {
            Checked::Skip("products that are not offered and never were are not carried over")
        }
        Record::Fulfilment(_)
        | Record::Stock(_)
        | Record::Product(_)
        | Record::Price(_)
        | Record::Cancellation(_) => Checked::Fine,
        Record::Payout(payout) => check_payout(payout),
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
    adds_up("order", |side| order.total_check(side))
}

fn check_refund(refund: &Refund) -> Checked {
    if refund.test {
        return Checked::Skip("refunds of test orders are not carried over");
    }
    if refund.total.presentment.is_zero() && refund.transactions.is_empty() {
        return Checked::Skip("refunds by which no money went back are not carried over");
    }
    adds_up("refund", |side| refund.total_check(side))
}

fn check_payout(payout: &Payout) -> Checked {
    match payout.discrepancy() {
        Ok(None) => Checked::Fine,
        Ok(Some(account)) => Checked::Hold(account),
        Err(error) => Checked::Hold(format!("the payout's amounts cannot be added up: {error}")),
    }
}

fn adds_up(what: &str, account: impl Fn(Side) -> Result<TotalCheck, MoneyError>) -> Checked {
    for side in [Side::Shop, Side::Presentment] {
        match account(side) {
            Ok(account) if account.adds_up() => {}
            Ok(account) => return Checked::Hold(account.explanation()),
            Err(error) => {
                return Checked::Hold(format!("the {what}'s amounts cannot be added up: {error}"));
            }
        }
    }
    Checked::Fine
}
