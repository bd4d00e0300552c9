//! What a phase has still to do.

use std::sync::Arc;

use super::{Phase, World};
use crate::incarnation::Incarnation;
use crate::leftovers::{
    called_off, credited, paid_out, shipped, told_products, undelivered, unseen,
};
use crate::{compare, leftovers};

impl World {
    /// Whether the process has read its source since. A new one reads again what came last: without this it could be stopped with that in
    /// the queue of a phase that is over.
    pub(super) async fn has_read(&self, process: &Incarnation, since: jiff::Timestamp) -> bool {
        let (ledger, merchant) = (Arc::clone(&process.ledger), self.merchant.clone());
        let streams = process.within(async move { ledger.cursors(&merchant).await });
        let streams = streams.await.unwrap();
        let read = |at: Option<jiff::Timestamp>| at.is_some_and(|at| at >= since);
        streams.iter().any(|stream| read(stream.checked_at))
    }

    /// What is left to do in a phase, in words.
    pub(super) async fn left(&self, process: &Incarnation, phase: Phase) -> Vec<String> {
        let (ledger, queue) = (Arc::clone(&process.ledger), Arc::clone(&process.queue));
        let merchant = self.merchant.clone();
        let work = async move { leftovers(&*ledger, &*queue, &merchant).await };
        let mut left = process.within(work).await;
        if process.in_hand.count() > 0 {
            left.push("deliveries in hand".to_owned());
        }
        if self.stock_may_differ && phase != Phase::Stock {
            left.retain(|line| !line.starts_with("stock:"));
        }
        if self.others_may_wait {
            left.retain(|line| !self.is_for_another(line, phase));
        }
        let (ledger, merchant) = (Arc::clone(&process.ledger), self.merchant.clone());
        let expected = match phase {
            Phase::Orders => self.sandbox.shopify().orders().len(),
            Phase::Shipments => shipped(&self.sandbox),
            Phase::Refunds => self.sandbox.shopify().refunds().len(),
            Phase::Products => told_products(&self.sandbox),
            Phase::Prices => self.sandbox.catalogue().items.len(),
            Phase::Stock if self.stock_may_differ => return left,
            Phase::Cancellations => called_off(&self.sandbox),
            Phase::Credits => credited(&self.sandbox),
            Phase::Customers => self.sandbox.shopify().customers().len(),
            Phase::Companies => 1,
            Phase::Payouts => paid_out(&self.sandbox),
            Phase::ShippingOrders => self.sandbox.netsuite().records("salesOrder").len(),
            // Several lists are read after each other: a count of rows would not tell when the last one was.
            Phase::Deliveries => {
                left.extend(undelivered(&self.sandbox));
                return left;
            }
            Phase::Stock => {
                left.extend(compare::stock(&self.sandbox));
                return left;
            }
        };
        let work = async move { unseen(phase, expected, &*ledger, &merchant).await };
        left.extend(process.within(work).await);
        left
    }

    /// Whether that line tells of a queue or a sync to the other side.
    fn is_for_another(&self, line: &str, phase: Phase) -> bool {
        let here = phase.ends().1;
        let mut others = Phase::ALL.into_iter().filter(|one| one.ends().1 != here);
        others.any(|one| {
            let queue = format!("{}.{}.", self.merchant, one.ends().1);
            line.starts_with(&queue) || line.starts_with(&format!("{}:", one.name()))
        })
    }
}
