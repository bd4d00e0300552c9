//! Tracking numbers, from whichever table the role sees.

use std::sync::atomic::{AtomicBool, Ordering};

use ports::{Fault, Lane};

use super::{Api, Trouble};
use crate::map::query;
use crate::map::settings::InternalId;
use crate::wire::Row;

/// Where tracking numbers are read.
#[derive(Default)]
pub(super) struct Tracking {
    /// The tracking numbers' own table was refused once: the packages are read instead.
    from_packages: AtomicBool,
}

impl Tracking {
    /// The tracking rows of these fulfilments.
    pub(super) async fn of(&self, api: &Api, ids: &[InternalId]) -> Result<Vec<Row>, Trouble> {
        if !self.from_packages.load(Ordering::Relaxed) {
            match api.all(Lane::Orders, &query::tracking_numbers(ids)).await {
                Ok((rows, _)) => return Ok(rows),
                Err(Trouble {
                    fault: Fault::Refused { why },
                    ..
                }) => {
                    tracing::warn!(
                        why,
                        "the tracking numbers' table is not readable; reading packages instead"
                    );
                    self.from_packages.store(true, Ordering::Relaxed);
                }
                Err(trouble) => return Err(trouble),
            }
        }
        let (rows, _) = api.all(Lane::Orders, &query::packages(ids)).await?;
        Ok(rows)
    }
}
