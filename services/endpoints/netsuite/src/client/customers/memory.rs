//! Addresses that were put into address books lately: batches in work at the same time read the books before the others' writes.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// How many are kept; beyond that all are forgotten, and the books themselves tell.
const MOST: usize = 20_000;

/// Customers' internal ids, each with the mark of an address.
#[derive(Default)]
pub(crate) struct Added(Mutex<HashSet<(String, String)>>);

impl Added {
    /// Whether it falls to the caller to add that address.
    pub(super) fn claim(&self, customer: &str, mark: &str) -> bool {
        let mut added = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if added.len() >= MOST {
            added.clear();
        }
        added.insert((customer.to_owned(), mark.to_owned()))
    }

    /// It was not added after all.
    pub(super) fn forget(&self, customer: &str, mark: &str) {
        let mut added = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        added.remove(&(customer.to_owned(), mark.to_owned()));
    }
}
