//! Work that the shop does behind its answer.

use jiff::{SignedDuration, Timestamp};

use super::order::Cancellation;
use super::store::{Store, to_second};

/// An order to be cancelled.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct CallOff {
    pub(in crate::shopify) order: usize,
    pub(in crate::shopify) reason: &'static str,
    pub(in crate::shopify) refund: bool,
    pub(in crate::shopify) restock: bool,
    pub(in crate::shopify) notified: bool,
    pub(in crate::shopify) note: Option<String>,
}

/// A job; its id is its place in the list.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Job {
    what: CallOff,
    due: Timestamp,
    pub(in crate::shopify) done: bool,
}

impl Store {
    /// Takes work on; returns the job's place.
    pub(in crate::shopify) fn accept(&mut self, what: CallOff, now: Timestamp) -> usize {
        let delay = SignedDuration::try_from(self.job_delay).unwrap_or_default();
        let due = now.saturating_add(delay).unwrap_or(now);
        self.jobs.push(Job {
            what,
            due,
            done: false,
        });
        self.jobs.len() - 1
    }

    /// Does what is due by now.
    pub(in crate::shopify) fn work_off(&mut self, now: Timestamp) {
        let due = |job: &&mut Job| !job.done && job.due <= now;
        let mut work = Vec::new();
        for job in self.jobs.iter_mut().filter(due) {
            job.done = true;
            work.push(job.what.clone());
        }
        for what in work {
            self.call_off(what, now);
        }
    }

    /// What was sent meanwhile stays: then the order is not cancelled.
    fn call_off(&mut self, what: CallOff, now: Timestamp) {
        let open = self.orders.get(what.order);
        if open.is_none_or(|order| order.cancelled.is_some() || !order.fulfilments.is_empty()) {
            return;
        }
        if what.restock {
            self.release(what.order, to_second(now));
        }
        self.change(what.order, now, |order, at| {
            order.close_fulfilment_orders(at);
            let kind = if what.restock { "CANCEL" } else { "NO_RESTOCK" };
            order.refund_rest(kind, what.refund, Some("Order cancelled"), at);
            order.cancelled = Some(Cancellation {
                at,
                reason: what.reason,
                note: what.note,
                notified: what.notified,
            });
            order.closed_at = Some(at);
        });
    }
}
