//! Stock levels. Vendure keeps what is on the shelf and what of it is promised to orders; what can be sold is the difference.

use std::collections::BTreeMap;

use commerce::StockLevel;
use ports::Fault;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::wire::Article;

/// Units that can be sold from a location of the shop's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Goal {
    /// The shop's location.
    pub(crate) location: String,
    units: i64,
}

/// What is to be there: whole units, and none where more is promised than there is.
///
/// # Errors
/// [`Fault::Held`] for a location that the shop has none for.
pub(crate) fn goal(level: &StockLevel, table: &BTreeMap<String, String>) -> Result<Goal, Fault> {
    let Some(location) = table.get(level.location.as_str()) else {
        return Err(Fault::Held {
            why: format!(
                "location {} has no stock location in the shop: name one in the connection's setting 'stock_locations', or leave the location out of the sync",
                level.location
            ),
        });
    };
    let units = level.available.floor().max(Decimal::ZERO);
    Ok(Goal {
        location: location.clone(),
        units: units.to_i64().unwrap_or(i64::MAX),
    })
}

impl Goal {
    /// What has to be on the shelf for it: what orders of the shop were promised comes on top.
    pub(crate) fn on_hand(&self, article: &Article) -> i64 {
        let mut levels = article.stock_levels.iter();
        let there = levels.find(|level| level.stock_location_id == self.location);
        let promised = there.map_or(0, |level| level.stock_allocated);
        self.units.saturating_add(promised)
    }

    /// Whether that is so already.
    pub(crate) fn stands_on(&self, article: &Article) -> bool {
        let mut levels = article.stock_levels.iter();
        let there = levels.find(|level| level.stock_location_id == self.location);
        there.is_some_and(|level| level.stock_on_hand == self.on_hand(article))
    }
}
