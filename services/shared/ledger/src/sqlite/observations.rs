//! What tables have no entry for, in SQLite.

use std::collections::BTreeMap;

use commerce::MerchantId;

use super::Sqlite;
use super::packed::json;
use crate::error::{Result, database};
use crate::sql;
use crate::store::{ObservationStore, SightingColumns};

const NOTE_UNMAPPED: &str = "
INSERT INTO unmapped (merchant, lookup, value, times, first_seen, last_seen)
SELECT $1, u.value ->> '$[0][0]', u.value ->> '$[0][1]', u.value ->> '$[1]', $2, $2 FROM jsonb_each($3) u WHERE TRUE
ON CONFLICT (merchant, lookup, value) DO UPDATE SET
    times = unmapped.times + excluded.times, last_seen = MAX(unmapped.last_seen, excluded.last_seen)";

impl ObservationStore for Sqlite {
    async fn note_unmapped(
        &self,
        merchant: &MerchantId,
        now: i64,
        noted: &BTreeMap<(String, String), i64>,
    ) -> Result<()> {
        let noted: Vec<(&(String, String), &i64)> = noted.iter().collect();
        sqlx::query(NOTE_UNMAPPED)
            .bind(merchant.as_str())
            .bind(now)
            .bind(json(&noted)?)
            .execute(&self.writer)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn unmapped(&self, merchant: &MerchantId) -> Result<Vec<SightingColumns>> {
        sqlx::query_as(sql::UNMAPPED)
            .bind(merchant.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(database)
    }
}
