//! Orders on their way in SQLite.

use commerce::{MerchantId, SyncId};

use super::Sqlite;
use super::packed::json;
use crate::error::{Result, database};
use crate::sql::underway;
use crate::store::{UnderwayRow, UnderwayStore};

const UNDERWAY: &str = underway!("IN (SELECT value FROM json_each($2))");

impl UnderwayStore for Sqlite {
    async fn underway(
        &self,
        merchant: &MerchantId,
        orders: &[SyncId],
        since: i64,
    ) -> Result<Vec<UnderwayRow>> {
        sqlx::query_as(UNDERWAY)
            .bind(merchant.as_str())
            .bind(json(orders)?)
            .bind(since)
            .fetch_all(&self.readers)
            .await
            .map_err(database)
    }
}
