//! Orders on their way: when each came to be in the shop, and when its sales order did in NetSuite.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use sandbox::Sandbox;

use super::numbers::between;
use crate::commands::demo::orders::number;

/// How many of those that wait longest are looked for at once: more than the roles have in work, few enough to look every few milliseconds.
const WINDOW: usize = 600;

/// Orders that have no sales order yet, longest waiting first, and how long it took those that have one.
#[derive(Debug, Default)]
pub(super) struct Underway {
    waiting: VecDeque<(String, Timestamp)>,
    arrived: Vec<Duration>,
}

impl Underway {
    /// Begins to wait for orders that came to be at that instant.
    pub(super) fn add(&mut self, keys: impl IntoIterator<Item = String>, at: Timestamp) {
        self.waiting.extend(keys.into_iter().map(|key| (key, at)));
    }

    /// Looks which of them are there now.
    pub(super) fn look(&mut self, now: Timestamp, is_there: impl Fn(&str) -> bool) {
        let window = self.waiting.len().min(WINDOW);
        let mut still: Vec<_> = Vec::new();
        for (key, at) in self.waiting.drain(..window) {
            if is_there(&key) {
                self.arrived.push(between(at, now));
            } else {
                still.push((key, at));
            }
        }
        for one in still.into_iter().rev() {
            self.waiting.push_front(one);
        }
    }

    /// Waits no longer for those that will never come.
    pub(super) fn keep(&mut self, expected: impl IntoIterator<Item = String>) {
        let expected: HashSet<String> = expected.into_iter().collect();
        self.waiting.retain(|(key, _)| expected.contains(key));
    }

    pub(super) fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How long each took, shortest first.
    pub(super) fn into_sorted(mut self) -> Vec<Duration> {
        self.arrived.sort_unstable();
        self.arrived
    }
}

/// The external ids under which the shop's sales come to NetSuite, in the order in which they are read: by their last change. Cancelled and
/// test orders are no sales.
pub(super) fn sales(sandbox: &Sandbox) -> Vec<String> {
    let mut orders = sandbox.shopify().orders();
    // Stable: orders of one second stay by their ids.
    orders.sort_by(|one, other| one.updated_at.cmp(&other.updated_at));
    let sales = orders
        .iter()
        .filter(|order| !order.cancelled && !order.test);
    sales.map(|order| key(&order.id)).collect()
}

/// The external id of the shop's order with that global id.
pub(super) fn key(gid: &str) -> String {
    format!("shop-{}", number(gid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_noted_and_the_others_keep_their_place() {
        let start = Timestamp::UNIX_EPOCH;
        let after = |ms| start + jiff::SignedDuration::from_millis(ms);
        let mut underway = Underway::default();
        underway.add(["a", "b", "c"].map(str::to_owned), start);
        underway.look(after(5), |key| key == "b");
        underway.look(after(20), |key| key == "a");
        assert_eq!(underway.waiting(), 1);
        underway.keep([]);
        assert!(underway.is_done());
        let took = [5, 20].map(Duration::from_millis);
        assert_eq!(underway.into_sorted(), took);
    }
}
