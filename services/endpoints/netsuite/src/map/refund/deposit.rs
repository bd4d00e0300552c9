//! A refund of what was deposited for a sale that is not billed: the money alone, no lines.

use commerce::{Money, Refund, Repayment, Side, TargetKey};
use ports::{Assignments, Fault};

use super::open::{applying, sum};
use super::{Giving, memo};
use crate::map::assign::assign;
use crate::map::fields::CREDIT;
use crate::map::order::{Draft, Terms, currency, option, unfit};
use crate::map::settings::Orders;
use crate::wire::{Json, Object};

/// What a storefront names a gift card among the means of payment.
const GIFT_CARD: &str = "gift_card";

/// Of the fields that rules set on credits, those that a customer refund has with the same meaning, beside custom ones.
const RULED: [&str; 6] = [
    "memo",
    "tranDate",
    "location",
    "department",
    "class",
    "postingPeriod",
];

/// What of a refund comes out of deposits: all of it, but for what went back to gift cards where these are not deposited.
///
/// # Errors
/// [`Fault::Held`] for amounts of different currencies.
pub(crate) fn owed(refund: &Refund, orders: &Orders) -> Result<Money, Fault> {
    let side = Side::from(orders.book_in);
    let total = refund.total.on(side);
    if orders.payments.gift_cards.is_some() {
        return Ok(total);
    }
    let cards = refund.transactions.iter().filter(|one| is_gift_card(one));
    cards
        .into_iter()
        .try_fold(total, |left, one| left.minus(one.amount.on(side)))
        .map_err(unfit)
}

/// Maps a refund of deposits.
///
/// # Errors
/// [`Fault::Held`] for more than the deposits have left, and for means of payment that NetSuite does not know.
pub(super) fn customer_refund(
    refund: &Refund,
    key: &TargetKey,
    set: &Assignments,
    terms: Terms<'_>,
    giving: Giving<'_>,
) -> Result<Draft, Fault> {
    let (orders, order) = (terms.orders, giving.order);
    let total = owed(refund, orders)?;
    let left = Money::new(sum(giving.applied), total.currency);
    if left.amount < total.amount {
        let sold = order.tranid.as_deref().unwrap_or(&order.id);
        return Err(Fault::Held {
            why: format!(
                "{total} are to go back, and {left} are left of the customer deposits of sales order {sold}: the rest was applied, given back or never deposited. Give it back in NetSuite, then mark this record as ignored"
            ),
        });
    }
    let date = refund.at.to_zoned(terms.zone.clone()).date();
    let mut body = Object::from([
        ("externalId".to_owned(), Json::from(key.as_str())),
        ("tranDate".to_owned(), Json::Text(date.to_string())),
        ("memo".to_owned(), Json::Text(memo(refund, order))),
        ("deposit".to_owned(), applying(giving.applied)),
    ]);
    let customer = order.entity.as_deref();
    body.extend(customer.map(|id| ("customer".to_owned(), Json::reference(id))));
    let id = currency(total, terms.currencies)?;
    body.extend(id.map(|id| ("currency".to_owned(), Json::reference(id))));
    body.extend(means(refund, orders)?);
    let ruled = |name: &String| {
        let first = name.split('.').next().unwrap_or_default();
        RULED.contains(&first) || first.starts_with("custbody")
    };
    let rules = set.header.iter().filter(|(name, _)| ruled(name));
    let rules = rules.map(|(name, value)| (name.clone(), value.clone()));
    assign(&mut body, &rules.collect(), &CREDIT)?;
    Ok(Draft::new(giving.credit.record(), body, total))
}

/// The account that the money leaves, and by which means most of it goes back.
fn means(refund: &Refund, orders: &Orders) -> Result<Object, Fault> {
    let settings = &orders.payments;
    let (cards, money): (Vec<_>, Vec<_>) = refund
        .transactions
        .iter()
        .partition(|one| is_gift_card(one));
    let mut body = Object::new();
    if let Some(account) = settings.gift_cards.as_ref().filter(|_| !cards.is_empty()) {
        if !money.is_empty() {
            return Err(Fault::Held {
                why: "the refund went back in part to a gift card, in part by other means, which are booked in different accounts: refund the deposits in NetSuite, then mark this record as ignored".to_owned(),
            });
        }
        body.insert("account".to_owned(), Json::reference(account.as_str()));
        return Ok(body);
    }
    let side = Side::from(orders.book_in);
    let largest = money
        .into_iter()
        .max_by_key(|one| one.amount.on(side).amount);
    if let Some(one) = largest
        && let Some(option) = option(&one.id, &one.method, settings)?
    {
        body.insert("paymentOption".to_owned(), option);
    }
    if let Some(account) = &settings.account {
        body.insert("account".to_owned(), Json::reference(account.as_str()));
    }
    Ok(body)
}

fn is_gift_card(one: &Repayment) -> bool {
    one.method == GIFT_CARD
}
