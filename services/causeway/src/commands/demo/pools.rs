//! What the demo's stores sell from: two pools of the catalogue's three locations.

use sandbox::{Catalogue, Location};

/// Locations of NetSuite that are sold from together, and where the shop shows them.
pub(super) struct Pool {
    pub(super) name: &'static str,
    /// Places in the catalogue's list of locations.
    sources: &'static [usize],
    /// Units of each item that are held back.
    pub(super) buffer: u32,
    shown_at: usize,
}

/// The main warehouse and the city's store sell as one, less two of everything; the shop's own place for that store stays as it is.
pub(super) const POOLS: [Pool; 2] = [
    Pool {
        name: "online",
        sources: &[0, 2],
        buffer: 2,
        shown_at: 0,
    },
    Pool {
        name: "east",
        sources: &[1],
        buffer: 0,
        shown_at: 1,
    },
];

impl Pool {
    /// Whether a level with this id at NetSuite is one of this pool: the article's id, then the pool's name.
    pub(super) fn is_of(&self, level: &str) -> bool {
        let article = level.strip_suffix(self.name);
        article.is_some_and(|article| article.ends_with('-'))
    }

    /// Its locations.
    pub(super) fn sources<'a>(
        &self,
        catalogue: &'a Catalogue,
    ) -> impl Iterator<Item = &'a Location> {
        let sources = self.sources.iter();
        sources.filter_map(|place| catalogue.locations.get(*place))
    }

    /// The shop's location that shows its stock.
    pub(super) fn shown_at<'a>(&self, catalogue: &'a Catalogue) -> Option<&'a Location> {
        catalogue.locations.get(self.shown_at)
    }
}
