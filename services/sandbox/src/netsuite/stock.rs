use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rust_decimal::Decimal;

/// Item and location, by internal id.
pub(super) type Place = (u64, u64);

/// Stock of one item at one location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// On the shelf.
    pub on_hand: Decimal,
    /// Set aside for orders; never more than is on the shelf.
    pub committed: Decimal,
    /// Ordered beyond what is on the shelf.
    pub back_ordered: Decimal,
    /// The only mark a stock movement leaves (`lastquantityavailablechange`).
    pub changed: Timestamp,
}

impl Level {
    /// For sale.
    pub fn available(&self) -> Decimal {
        self.on_hand - self.committed
    }
}

/// All stock of the account.
#[derive(Debug, Default)]
pub(super) struct Stock {
    levels: BTreeMap<Place, Level>,
    /// Changed since the query tables were last brought up to date.
    dirty: BTreeSet<Place>,
}

impl Stock {
    pub(super) fn level(&self, place: Place) -> Option<&Level> {
        self.levels.get(&place)
    }

    pub(super) fn levels(&self) -> impl Iterator<Item = (&Place, &Level)> {
        self.levels.iter()
    }

    pub(super) fn take_changes(&mut self) -> Vec<(Place, Level)> {
        let places = std::mem::take(&mut self.dirty);
        places
            .into_iter()
            .filter_map(|place| Some((place, *self.levels.get(&place)?)))
            .collect()
    }

    /// Puts on the shelf, or takes off it; it may go below zero, as in NetSuite.
    pub(super) fn adjust(&mut self, place: Place, by: Decimal, at: Timestamp) {
        self.touch(place, at).on_hand += by;
    }

    /// Sets aside what there is and returns how much; the rest is on back order.
    pub(super) fn commit(&mut self, place: Place, wanted: Decimal, at: Timestamp) -> Decimal {
        let level = self.touch(place, at);
        let committed = wanted.min(level.available()).max(Decimal::ZERO);
        level.committed += committed;
        level.back_ordered += wanted - committed;
        committed
    }

    /// Gives up what was set aside and what was on back order.
    pub(super) fn release(
        &mut self,
        place: Place,
        committed: Decimal,
        back_ordered: Decimal,
        at: Timestamp,
    ) {
        let level = self.touch(place, at);
        level.committed = (level.committed - committed).max(Decimal::ZERO);
        level.back_ordered = (level.back_ordered - back_ordered).max(Decimal::ZERO);
    }

    fn touch(&mut self, place: Place, at: Timestamp) -> &mut Level {
        self.dirty.insert(place);
        let fresh = Level {
            on_hand: Decimal::ZERO,
            committed: Decimal::ZERO,
            back_ordered: Decimal::ZERO,
            changed: at,
        };
        let level = self.levels.entry(place).or_insert(fresh);
        level.changed = at;
        level
    }
}
