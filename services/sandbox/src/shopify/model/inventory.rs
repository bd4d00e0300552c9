use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Variant;
use crate::catalogue::{Catalogue, Item};

/// How many of an item are where.
#[derive(Clone, Copy, Debug)]
pub(in crate::shopify) struct Level {
    pub(in crate::shopify) available: i64,
    /// Sold and not sent yet: on hand is available and committed.
    pub(in crate::shopify) committed: i64,
    pub(in crate::shopify) created_at: Timestamp,
    pub(in crate::shopify) updated_at: Timestamp,
}

/// Names of quantities the sandbox keeps.
pub(in crate::shopify) const NAMES: [&str; 3] = ["available", "committed", "on_hand"];

impl Level {
    pub(in crate::shopify) fn quantity(&self, name: &str) -> Option<i64> {
        match name {
            "available" => Some(self.available),
            "committed" => Some(self.committed),
            "on_hand" => Some(self.available + self.committed),
            "incoming" | "reserved" | "damaged" | "safety_stock" | "quality_control" => Some(0),
            _ => None,
        }
    }

    pub(in crate::shopify) fn set(&mut self, name: &str, quantity: i64, at: Timestamp) {
        self.available = if name == "on_hand" {
            quantity - self.committed
        } else {
            quantity
        };
        self.updated_at = at;
    }
}

/// Levels by place of the variant and place of the location. What is not here is not stocked there.
#[derive(Clone, Debug, Default)]
pub(in crate::shopify) struct Inventory(BTreeMap<(usize, usize), Level>);

impl Inventory {
    /// The catalogue's stock, where `is_stocked` says so of a variant and a location, by their places.
    pub(in crate::shopify) fn new(
        catalogue: &Catalogue,
        variants: &[Variant],
        at: Timestamp,
        is_stocked: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let mut levels = BTreeMap::new();
        for (item, variant) in catalogue
            .items
            .iter()
            .zip(variants)
            .filter(|(_, variant)| variant.is_tracked())
        {
            for (location, stock) in stock(catalogue, item).into_iter().enumerate() {
                if !is_stocked(variant.index, location) {
                    continue;
                }
                let level = Level {
                    available: i64::from(stock),
                    committed: 0,
                    created_at: at,
                    updated_at: at,
                };
                levels.insert((variant.index, location), level);
            }
        }
        Self(levels)
    }

    pub(in crate::shopify) fn get(&self, item: usize, location: usize) -> Option<&Level> {
        self.0.get(&(item, location))
    }

    pub(in crate::shopify) fn get_mut(
        &mut self,
        item: usize,
        location: usize,
    ) -> Option<&mut Level> {
        self.0.get_mut(&(item, location))
    }

    pub(in crate::shopify) fn insert(&mut self, item: usize, location: usize, level: Level) {
        self.0.insert((item, location), level);
    }

    pub(in crate::shopify) fn iter(&self) -> impl Iterator<Item = (usize, usize, &Level)> {
        self.0
            .iter()
            .map(|((item, location), level)| (*item, *location, level))
    }

    pub(in crate::shopify) fn of_item(&self, item: usize) -> impl Iterator<Item = (usize, &Level)> {
        self.0
            .range((item, 0)..=(item, usize::MAX))
            .map(|((_, location), level)| (*location, level))
    }
}

/// What there is of an item by location: of a kit as many as can be put together there.
fn stock(catalogue: &Catalogue, item: &Item) -> Vec<u32> {
    if !item.is_kit() {
        return item.stock.clone();
    }
    let part = |index: u32| catalogue.items.get(usize::try_from(index).ok()?);
    let made = |location: usize| {
        let each = item.members.iter().map(|member| {
            let there = part(member.index).and_then(|part| part.stock.get(location));
            there.map_or(0, |there| there / member.quantity.max(1))
        });
        each.min().unwrap_or(0)
    };
    (0..catalogue.locations.len()).map(made).collect()
}
