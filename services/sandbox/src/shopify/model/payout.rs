//! What Shopify Payments brought to the bank.

use std::collections::HashSet;

use jiff::Timestamp;

use super::payment::{Kind, Transaction};
use super::{Order, Store, ids};

/// Movements of money that are no payment of a buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// A `ShopifyPaymentsTransactionType`: `SHIPPING_LABEL`, `ADJUSTMENT`, `DISPUTE_WITHDRAWAL` …
    pub kind: &'static str,
    /// In minor units of the shop's currency; less than nothing is taken away.
    pub amount: i64,
    /// What Shopify keeps of it.
    pub fee: i64,
    /// Global id of the order it belongs to.
    pub order: Option<String>,
    /// Why.
    pub reason: Option<&'static str>,
}

/// A payout: all that moved since the one before.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct PaidOut {
    pub(in crate::shopify) id: u64,
    pub(in crate::shopify) issued_at: Timestamp,
    /// A `ShopifyPaymentsPayoutStatus`.
    pub(in crate::shopify) status: &'static str,
    pub(in crate::shopify) movements: Vec<Movement>,
}

/// One balance transaction, in minor units of the shop's currency.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Movement {
    pub(in crate::shopify) id: u64,
    pub(in crate::shopify) kind: &'static str,
    pub(in crate::shopify) at: Timestamp,
    pub(in crate::shopify) gross: i64,
    pub(in crate::shopify) fee: i64,
    /// Place of the order it belongs to.
    pub(in crate::shopify) order: Option<usize>,
    /// Id of the order's transaction.
    pub(in crate::shopify) transaction: Option<u64>,
    pub(in crate::shopify) reason: Option<&'static str>,
}

impl PaidOut {
    pub(in crate::shopify) fn net(&self) -> i64 {
        let nets = self.movements.iter().map(Movement::net);
        nets.sum()
    }
}

impl Movement {
    pub(in crate::shopify) const fn net(&self) -> i64 {
        self.gross - self.fee
    }
}

impl Store {
    /// Puts all that moved and was not paid out yet into a payout, with these beside it. Returns the payout's id.
    pub(in crate::shopify) fn pay_out(
        &mut self,
        extra: &[Extra],
        status: &'static str,
        at: Timestamp,
    ) -> u64 {
        let mut movements = self.moved(|_| true);
        movements.extend(extra.iter().map(|extra| {
            Movement {
                id: 0,
                kind: extra.kind,
                at,
                gross: extra.amount,
                fee: extra.fee,
                order: extra
                    .order
                    .as_deref()
                    .and_then(|gid| ids::order_index(ids::number("Order", gid)?)),
                transaction: None,
                reason: extra.reason,
            }
        }));
        self.issue(movements, status, at)
    }

    /// Puts what moved for one order, by its place, and was not paid out yet into a payout. Returns the payout's id; `None` where nothing did.
    pub(in crate::shopify) fn pay_out_order(&mut self, order: usize, at: Timestamp) -> Option<u64> {
        let movements = self.moved(|one| one.index == order);
        (!movements.is_empty()).then(|| self.issue(movements, "PAID", at))
    }

    /// What moved for some of the orders and was not paid out yet.
    fn moved(&self, of: impl Fn(&Order) -> bool) -> Vec<Movement> {
        let known: HashSet<u64> = self
            .payouts
            .iter()
            .flat_map(|payout| &payout.movements)
            .filter_map(|movement| movement.transaction)
            .collect();
        let orders = self.orders.iter();
        orders
            .filter(|order| !order.test && of(order))
            .flat_map(|order| {
                let moved = order.transactions.iter();
                moved.filter_map(|transaction| moved_by(order, transaction))
            })
            .filter(|movement| {
                movement
                    .transaction
                    .is_none_or(|transaction| !known.contains(&transaction))
            })
            .collect()
    }

    fn issue(
        &mut self,
        mut movements: Vec<Movement>,
        status: &'static str,
        issued_at: Timestamp,
    ) -> u64 {
        let place = self.payouts.len();
        for (number, movement) in (0..).zip(&mut movements) {
            movement.id = ids::movement(place, number);
        }
        let id = ids::payout(place);
        self.payouts.push(PaidOut {
            id,
            issued_at,
            status,
            movements,
        });
        id
    }
}

/// What a transaction moves on the account of Shopify Payments; nothing where it went another way.
fn moved_by(order: &Order, transaction: &Transaction) -> Option<Movement> {
    let other = ["gift_card", "manual", "paypal", "bogus", "cash"];
    if !transaction.success || other.contains(&transaction.gateway) {
        return None;
    }
    let amount = transaction.amount.shop;
    let (kind, gross, fee) = match transaction.kind {
        // 2.9 percent and thirty cents, as on a standard plan.
        Kind::Sale | Kind::Capture => ("CHARGE", amount, amount * 29 / 1_000 + 30),
        Kind::Refund => ("REFUND", -amount, 0),
        Kind::Authorization => return None,
    };
    Some(Movement {
        id: 0,
        kind,
        at: transaction.at,
        gross,
        fee,
        order: Some(order.index),
        transaction: Some(order.part_id(transaction.place)),
        reason: None,
    })
}
