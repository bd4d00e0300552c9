//! What control needs to know of a configuration, whose grammar only the binary knows.

use std::collections::BTreeMap;

use commerce::{ConnectionId, Event, MerchantId, SyncId};
use mapping::{Mapping, Table};
use ports::Sync;
use ports::queue::Route;
use serde_json::Value;

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

    /// Its tables.
    ///
    /// # Errors
    /// As [`Reader::read`].
    fn tables(&self, text: &str) -> Result<BTreeMap<String, Table>, Vec<String>>;

    /// What makes the requests of past pushes anew as this configuration would have them.
    ///
    /// # Errors
    /// As [`Reader::read`].
    fn remaker(&self, text: &str) -> Result<Box<dyn Remaker>, Vec<String>>;
}

/// Makes the requests of past pushes anew.
pub trait Remaker: Send {
    /// The body of the request that wrote the record, from what was kept of it.
    ///
    /// # Errors
    /// Why there would be no such request, in words.
    fn remake(&self, sync: &SyncId, event: Event, facts: &Value) -> Result<Remade, String>;
}

/// A request's body, made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remade {
    /// Its digest ([`ports::Kept`]).
    pub digest: String,
    /// The body as exchanges show it.
    pub shown: String,
}
