//! What is told of stock: never more than there was.

use causeway_scenarios::{Shelves, World};
use jiff::Timestamp;
use ports::Clock as _;
use rust_decimal::Decimal;

/// What could be sold from NetSuite's locations, from when on.
#[derive(Default)]
pub(crate) struct History(Vec<(Timestamp, Shelves)>);

impl History {
    /// Takes down what can be sold now.
    pub(crate) fn look(&mut self, world: &World) {
        self.0.push((world.clock.now(), world.shelves()));
    }

    /// No level that the shop was told, with what was held back of it for orders on their way, was higher than any that NetSuite had between the
    /// change that was read and the telling: what is offered is at most as old as the level's age. (What the shop has may be more: it puts back
    /// itself what it takes back.)
    pub(crate) async fn assert_never_exceeded(&self, world: &World) {
        let sent = world.levels_sent().await;
        assert!(!sent.is_empty(), "no level was ever told");
        for one in sent {
            let first = self.0.partition_point(|(at, _)| *at <= one.changed);
            let there = self.0.iter().skip(first.saturating_sub(1));
            let there = there.take_while(|(at, _)| *at <= one.at);
            let most = there.filter_map(|(_, shelves)| shelves.get(&one.place));
            let most = most.max().copied().unwrap_or_default();
            let most = (most - one.withheld).max(Decimal::ZERO);
            assert!(one.units <= most, "{most} could be sold: {one:?}");
        }
    }
}
