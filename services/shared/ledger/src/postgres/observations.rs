//! What tables have no entry for, in PostgreSQL.

use std::collections::BTreeMap;

use commerce::MerchantId;

use super::Postgres;
use crate::error::{Result, database};
use crate::sql;
use crate::store::{ObservationStore, SightingColumns};

/// In the order of the key, so that two processes never wait for each other.
const NOTE_UNMAPPED: &str = "
INSERT INTO unmapped (merchant, lookup, value, times, first_seen, last_seen)
SELECT $1, u.lookup, u.value, u.times, $2, $2
FROM UNNEST($3::text[], $4::text[], $5::bigint[]) AS u (lookup, value, times)
ON CONFLICT (merchant, lookup, value) DO UPDATE SET
    times = unmapped.times + excluded.times, last_seen = GREATEST(unmapped.last_seen, excluded.last_seen)";

impl ObservationStore for Postgres {
    async fn note_unmapped(
        &self,
        merchant: &MerchantId,
        now: i64,
        noted: &BTreeMap<(String, String), i64>,
    ) -> Result<()> {
        let (tables, values): (Vec<&str>, Vec<&str>) = noted
            .keys()
            .map(|(table, value)| (table.as_str(), value.as_str()))
            .unzip();
        sqlx::query(NOTE_UNMAPPED)
            .bind(merchant.as_str())
            .bind(now)
            .bind(tables)
            .bind(values)
            .bind(noted.values().copied().collect::<Vec<i64>>())
            .execute(&self.pool)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn unmapped(&self, merchant: &MerchantId) -> Result<Vec<SightingColumns>> {
        sqlx::query_as(sql::UNMAPPED)
            .bind(merchant.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }
}
