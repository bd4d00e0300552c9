use std::sync::Arc;

use axum::Router;

use crate::{Catalogue, Clock, Error, Faults, Meter, Rule, control};

/// How the account behaves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Faults from the start.
    pub faults: Vec<Rule>,
}

/// The account; a cheap handle.
#[derive(Clone, Debug)]
pub struct Account {
    meter: Meter,
    faults: Faults,
}

impl Account {
    /// An account with the catalogue's items.
    ///
    /// # Errors
    /// Options that make no sense.
    pub fn new(options: Options, seed: u64, _catalogue: Arc<Catalogue>, clock: Clock) -> Result<Self, Error> {
        Ok(Self { meter: Meter::new(clock), faults: Faults::new(seed, options.faults) })
    }

    /// Everything the account answers.
    pub fn router(&self) -> Router {
        control::routes(&self.meter, &self.faults)
    }
}
