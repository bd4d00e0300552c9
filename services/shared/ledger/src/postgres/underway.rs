//! Orders on their way in PostgreSQL.

use commerce::{MerchantId, SyncId};

use super::Postgres;
use crate::error::{Result, database};
use crate::sql::underway;
use crate::store::{UnderwayRow, UnderwayStore};

const UNDERWAY: &str = underway!("= ANY($2)");

impl UnderwayStore for Postgres {
    async fn underway(
        &self,
        merchant: &MerchantId,
        orders: &[SyncId],
        since: i64,
    ) -> Result<Vec<UnderwayRow>> {
        sqlx::query_as(UNDERWAY)
            .bind(merchant.as_str())
            .bind(orders.iter().map(SyncId::as_str).collect::<Vec<_>>())
            .bind(since)
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }
}
