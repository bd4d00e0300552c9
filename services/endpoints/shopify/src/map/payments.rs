//! Payments out of an order's transactions.

use commerce::{Amount, Payment, PaymentKind};

use super::amount::{amount, is_zero, minus};
use super::{Unmapped, Within, id, number};
use crate::wire::Transaction;

/// What was taken and what is still only reserved. Failed and pending transactions are nothing yet; refunds are no payments. Change
/// given back on cash lessens its payment, a capture lessens its authorization.
pub(super) fn payments(transactions: &[Transaction]) -> Result<Vec<Payment>, Unmapped> {
    let done: Vec<&Transaction> = transactions
        .iter()
        .filter(|transaction| transaction.status == "SUCCESS")
        .collect();
    let mut payments = Vec::with_capacity(done.len());
    for transaction in &done {
        let taken = match transaction.kind.as_str() {
            "SALE" | "CAPTURE" => true,
            "AUTHORIZATION" | "EMV_AUTHORIZATION" => false,
            _ => continue,
        };
        let place = number(&transaction.id);
        let mut left =
            amount(&transaction.amount_set).within(format_args!("transaction {place}"))?;
        let followers = done.iter().filter(|other| {
            let parent = other.parent_transaction.as_ref();
            parent.is_some_and(|parent| parent.id == transaction.id)
        });
        for follower in followers {
            match (follower.kind.as_str(), taken) {
                ("CAPTURE", false) | ("CHANGE", true) => {
                    left = minus(&left, &amount(&follower.amount_set)?)?;
                }
                ("VOID", false) => {
                    left = Amount::zero(left.shop.currency, left.presentment.currency)
                }
                _ => {}
            }
        }
        if is_zero(&left) || left.presentment.amount.is_sign_negative() {
            continue;
        }
        let method = transaction.gateway.clone().unwrap_or_default();
        payments.push(Payment {
            id: id(place)?,
            kind: match (method.as_str(), taken) {
                ("gift_card", true) => PaymentKind::GiftCard,
                (_, true) => PaymentKind::Captured,
                (_, false) => PaymentKind::Authorized,
            },
            method,
            amount: left,
            at: transaction.processed_at.unwrap_or(transaction.created_at),
        });
    }
    Ok(payments)
}
