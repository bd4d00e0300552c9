use std::sync::Arc;

use axum::Router;

use crate::{Catalogue, Clock, Error, Faults, Meter, Rule, control};

/// How the shop behaves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Faults from the start.
    pub faults: Vec<Rule>,
}

/// The shop; a cheap handle.
#[derive(Clone, Debug)]
pub struct Shop {
    meter: Meter,
    faults: Faults,
}

impl Shop {
    /// A shop that sells the catalogue and has `orders` orders.
    ///
    /// # Errors
    /// Options that make no sense.
    pub fn new(
        options: Options,
        seed: u64,
        _orders: u32,
        _catalogue: Arc<Catalogue>,
        clock: Clock,
    ) -> Result<Self, Error> {
        Ok(Self {
            meter: Meter::new(clock),
            faults: Faults::new(seed, options.faults),
        })
    }

    /// Everything the shop answers.
    pub fn router(&self) -> Router {
        control::routes(&self.meter, &self.faults)
    }
}
