//! Checks before the write: what must not reach the target as it is.

use commerce::{
    ConnectionId, Event, ExternalId, Kind, MoneyError, Order, OrderState, Payout, Record, Refund,
    ShippingOrder, ShippingState, Side, TargetKey, TotalCheck,
};
use rust_decimal::Decimal;

/// What a check says about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Checked {
    Fine,
    /// Left out, by this rule.
    Skip(&'static str),
    /// A rounding line makes good what it does not come to: how much, in words.
    Rounded(String),
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
        | Record::Customer(_)
        | Record::Company(_)
        | Record::Payout(_)
        | Record::ShippingOrder(_) => None,
    }
}

/// Looks at a record that was never written to the target (`new`) or was; differences up to `rounding` get a line of their own.
pub(crate) fn check(event: &Event, new: bool, rounding: Option<Decimal>) -> Checked {
    match &event.record {
        Record::Order(order) => check_order(order, new, rounding),
        Record::Refund(refund) => check_refund(refund, rounding),
        Record::Product(product) if new && !product.offered => {
            Checked::Skip("products that are not offered and never were are not carried over")
        }
        Record::Fulfilment(_)
        | Record::Stock(_)
        | Record::Product(_)
        | Record::Price(_)
        | Record::Cancellation(_)
        | Record::Customer(_)
        | Record::Company(_) => Checked::Fine,
        Record::Payout(payout) => check_payout(payout),
        Record::ShippingOrder(order) if new => check_shipping(order),
        Record::ShippingOrder(_) => Checked::Fine,
    }
}

fn check_order(order: &Order, new: bool, rounding: Option<Decimal>) -> Checked {
    if order.test {
        return Checked::Skip("test orders are not imported");
    }
    if new && order.state == OrderState::Cancelled {
        return Checked::Skip("orders cancelled before their import are not imported");
    }
    if new && order.lines.is_empty() && order.total.shop.is_zero() {
        return Checked::Skip("orders of which nothing is left are not imported");
    }
    adds_up("order", rounding, |side| order.total_check(side))
}

fn check_refund(refund: &Refund, rounding: Option<Decimal>) -> Checked {
    if refund.test {
        return Checked::Skip("refunds of test orders are not carried over");
    }
    if refund.total.presentment.is_zero() && refund.transactions.is_empty() {
        return Checked::Skip("refunds by which no money went back are not carried over");
    }
    adds_up("refund", rounding, |side| refund.total_check(side))
}

fn check_shipping(order: &ShippingOrder) -> Checked {
    match order.state {
        ShippingState::Open if order.ship_to.is_none() => {
            Checked::Skip("orders without a shipping address are sent by nobody")
        }
        ShippingState::Open => Checked::Fine,
        ShippingState::OnHold => {
            Checked::Skip("orders that may not be sent yet are told when they may")
        }
        ShippingState::Cancelled => {
            Checked::Skip("orders of which nothing is to be sent are not told")
        }
    }
}

fn check_payout(payout: &Payout) -> Checked {
    match payout.discrepancy() {
        // No deposit is made of nothing.
        Ok(None) if payout.lines.is_empty() => Checked::Skip("a payout of nothing"),
        Ok(None) => Checked::Fine,
        Ok(Some(account)) => Checked::Hold(account),
        Err(error) => Checked::Hold(format!("the payout's amounts cannot be added up: {error}")),
    }
}

fn adds_up(
    what: &str,
    rounding: Option<Decimal>,
    account: impl Fn(Side) -> Result<TotalCheck, MoneyError>,
) -> Checked {
    let mut rounded = Vec::new();
    for side in [Side::Shop, Side::Presentment] {
        match account(side) {
            Ok(account) if account.adds_up() => {}
            Ok(account) if rounding.is_some_and(|most| account.difference.amount.abs() <= most) => {
                let told = format!(
                    "the storefront states {}, the lines come to {}: a rounding line of {}",
                    account.stated, account.computed, account.difference
                );
                if !rounded.contains(&told) {
                    rounded.push(told);
                }
            }
            Ok(account) => return Checked::Hold(account.explanation()),
            Err(error) => {
                return Checked::Hold(format!("the {what}'s amounts cannot be added up: {error}"));
            }
        }
    }
    if rounded.is_empty() {
        Checked::Fine
    } else {
        Checked::Rounded(rounded.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use commerce::{Adjustment, Amount, Currency, Money, OrderRef};

    use super::*;

    /// A refund of 10.00 whose only part comes to that much.
    fn refund(part: &str) -> Refund {
        let money = |text: &str| Amount::same(Money::parse(text, "USD").unwrap());
        let zero = Amount::same(Money::zero(Currency::USD));
        Refund {
            number: "#1-R1".to_owned(),
            key: None,
            order: OrderRef {
                id: ExternalId::new("1").unwrap(),
                key: None,
            },
            order_number: "#1".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            test: false,
            taxes_included: false,
            lines: Vec::new(),
            adjustments: vec![Adjustment {
                id: ExternalId::new("2").unwrap(),
                reason: None,
                amount: money(part),
                tax: zero,
            }],
            transactions: Vec::new(),
            total: money("10.00"),
            order_total: money("20.00"),
            refunded_before: zero,
            note: None,
        }
    }

    #[test]
    fn an_order_is_sent_once_it_may_and_as_long_as_it_may() {
        let order = |state, ship_to| ShippingOrder {
            number: "SO1".to_owned(),
            reference: None,
            placed_at: jiff::Timestamp::UNIX_EPOCH,
            state,
            email: None,
            ship_to,
            location: None,
            method: None,
            note: None,
            lines: Vec::new(),
        };
        let somewhere = || Some(commerce::Address::default());
        let sent = check_shipping(&order(ShippingState::Open, somewhere()));
        assert_eq!(sent, Checked::Fine);
        for left_out in [
            order(ShippingState::Open, None),
            order(ShippingState::OnHold, somewhere()),
            order(ShippingState::Cancelled, somewhere()),
        ] {
            let checked = check_shipping(&left_out);
            assert!(matches!(checked, Checked::Skip(_)), "{checked:?}");
        }
    }

    #[test]
    fn a_difference_is_rounded_as_far_as_the_sync_says() {
        let most = |text: &str| Some(text.parse().unwrap());
        assert_eq!(check_refund(&refund("10.00"), None), Checked::Fine);
        for (part, rounding) in [("9.99", None), ("9.94", most("0.05")), ("9.99", most("0"))] {
            let checked = check_refund(&refund(part), rounding);
            assert!(matches!(checked, Checked::Hold(_)), "{part}: {checked:?}");
        }
        for part in ["9.95", "10.05"] {
            let checked = check_refund(&refund(part), most("0.05"));
            let told = matches!(&checked, Checked::Rounded(why) if why.contains("0.05"));
            assert!(told, "{part}: {checked:?}");
        }
    }
}
