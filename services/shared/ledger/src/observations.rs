//! What the tables of the mapping have no entry for.

use std::collections::BTreeMap;

use async_trait::async_trait;
use commerce::MerchantId;
use jiff::Timestamp;
use ports::ledger::{Observations, Observed, Sighting};

use crate::error::Result;
use crate::store::{Database, ObservationStore, SightingColumns};
use crate::text::indexable;
use crate::time::{micros, timestamp};

#[async_trait]
impl<S: ObservationStore> Observations for Database<S> {
    async fn note_unmapped(
        &self,
        merchant: &MerchantId,
        now: Timestamp,
        sightings: &[Sighting],
    ) -> Result<()> {
        // Made storable, two values may be one; one statement must not name a row twice.
        let mut noted: BTreeMap<(String, String), i64> = BTreeMap::new();
        for one in sightings {
            let times = i64::try_from(one.times).unwrap_or(i64::MAX);
            let sum = noted
                .entry((indexable(&one.table), indexable(&one.value)))
                .or_default();
            *sum = sum.saturating_add(times);
        }
        if noted.is_empty() {
            return Ok(());
        }
        self.0.note_unmapped(merchant, micros(now), &noted).await
    }

    async fn unmapped(&self, merchant: &MerchantId) -> Result<Vec<Observed>> {
        let rows = self.0.unmapped(merchant).await?;
        rows.into_iter().map(observed).collect()
    }
}

fn observed(row: SightingColumns) -> Result<Observed> {
    Ok(Observed {
        first: timestamp(row.first_seen)?,
        last: timestamp(row.last_seen)?,
        seen: Sighting {
            table: row.lookup,
            value: row.value,
            times: u64::try_from(row.times).unwrap_or_default(),
        },
    })
}
