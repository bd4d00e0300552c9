//! What control needs to know of a configuration, whose grammar only the binary knows.

use std::collections::BTreeMap;

use commerce::{ConnectionId, MerchantId, SyncId};
use mapping::Mapping;
use ports::Sync;
use ports::queue::Route;

/// A configuration in outline.
#[derive(Debug, Clone)]
pub struct Outline {
    /// Whose it is.
    pub merchant: MerchantId,
    /// Its syncs.
    pub syncs: Vec<Sync>,
    /// Every single value of the file by its path (`syncs.orders.every`).
    pub values: BTreeMap<String, String>,
    /// Connections whose slots are one pool over all processes, with their limits.
    pub pools: BTreeMap<ConnectionId, budget::Limits>,
}

impl Outline {
    /// Which events go where.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        let route = |sync: &Sync| Route {
            merchant: sync.merchant.clone(),
            from: sync.from.clone(),
            kind: sync.kind,
            to: sync.to.clone(),
        };
        self.syncs.iter().map(route).collect()
    }
}

/// Reads and checks a configuration's text.
pub trait Reader: Send + std::marker::Sync {
    /// The outline, or every problem in words.
    ///
    /// # Errors
    /// One text per problem: what, where, what to do.
    fn read(&self, text: &str) -> Result<Outline, Vec<String>>;

    /// Each sync's rules, ready to be applied.
    ///
    /// # Errors
    /// As [`Reader::read`].
    fn mappings(&self, text: &str) -> Result<BTreeMap<SyncId, Mapping>, Vec<String>>;
}
