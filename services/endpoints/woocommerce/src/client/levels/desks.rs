//! Levels and prices, each as a desk of its own: the way is the same.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{Price, StockLevel};
use jiff::Timestamp;
use kit::Desk;
use ports::{Attempt, Fault, Lane, Standing};

use super::{Item, Levels, Located};

/// The desk of levels.
pub(crate) struct StockDesk(pub(crate) Arc<Levels>);

/// The desk of prices.
pub(crate) struct PriceDesk(pub(crate) Arc<Levels>);

fn levels<'a>(items: &[kit::Item<'a, StockLevel>]) -> Vec<(usize, Item<'a>)> {
    let level = |(place, _, level): &kit::Item<'a, StockLevel>| (*place, Item::Stock(level));
    items.iter().map(level).collect()
}

fn prices<'a>(items: &[kit::Item<'a, Price>]) -> Vec<(usize, Item<'a>)> {
    let price = |(place, _, price): &kit::Item<'a, Price>| (*place, Item::Price(price));
    items.iter().map(price).collect()
}

/// In which levels wait for their requests: one that is nearly sold out does not wait behind others.
fn lane(items: &[kit::Item<'_, StockLevel>]) -> Lane {
    let lanes = items.iter().map(|(_, _, level)| match level.scarce {
        true => Lane::Orders,
        false => Lane::Stock,
    });
    lanes.min().unwrap_or(Lane::Stock)
}

#[async_trait]
impl Desk for StockDesk {
    type Record = StockLevel;

    fn batch_size(&self) -> usize {
        100
    }

    async fn write(&self, items: &[kit::Item<'_, StockLevel>]) -> Vec<(usize, Attempt)> {
        self.0.write(lane(items), &levels(items)).await
    }

    async fn locate(&self, items: &[kit::Item<'_, StockLevel>]) -> Vec<(usize, Located)> {
        self.0.locate(lane(items), &levels(items)).await
    }

    async fn look(
        &self,
        items: &[kit::Item<'_, StockLevel>],
        settled: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        self.0.look(&levels(items), settled).await
    }
}

#[async_trait]
impl Desk for PriceDesk {
    type Record = Price;

    fn batch_size(&self) -> usize {
        100
    }

    async fn write(&self, items: &[kit::Item<'_, Price>]) -> Vec<(usize, Attempt)> {
        self.0.write(Lane::Bulk, &prices(items)).await
    }

    async fn locate(&self, items: &[kit::Item<'_, Price>]) -> Vec<(usize, Located)> {
        self.0.locate(Lane::Bulk, &prices(items)).await
    }

    async fn look(
        &self,
        items: &[kit::Item<'_, Price>],
        settled: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        self.0.look(&prices(items), settled).await
    }
}
