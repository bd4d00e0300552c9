//! Completeness in PostgreSQL.

use commerce::{ConnectionId, ExternalId, Kind, MerchantId, SyncId};

use super::Postgres;
use crate::error::{Result, database};
use crate::sql;
use crate::store::{
    CompletenessStore, InspectionColumns, LandedColumns, LandedPage, ReconciliationColumns,
};

const ABSENT: &str = "
SELECT u.id FROM UNNEST($4::text[]) AS u (id)
WHERE NOT EXISTS (SELECT 1 FROM records r
    WHERE r.merchant = $1 AND r.external_id = u.id AND r.kind = $3 AND r.sync = $2)";

const UNBOUND: &str = "
SELECT u.id FROM UNNEST($4::text[]) AS u (id)
WHERE NOT EXISTS (SELECT 1 FROM bindings b
    WHERE b.merchant = $1 AND b.target_id = u.id AND b.kind = $3 AND b.target = $2)";

impl CompletenessStore for Postgres {
    async fn absent(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> Result<Vec<String>> {
        sqlx::query_scalar(ABSENT)
            .bind(merchant.as_str())
            .bind(sync.as_str())
            .bind(kind.as_str())
            .bind(ids.iter().map(ExternalId::as_str).collect::<Vec<_>>())
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }

    async fn put_reconciliation(
        &self,
        merchant: &MerchantId,
        row: &ReconciliationColumns,
    ) -> Result<()> {
        sqlx::query(sql::PUT_RECONCILIATION)
            .bind(merchant.as_str())
            .bind(&row.sync)
            .bind(row.window_from)
            .bind(row.window_to)
            .bind(row.made_at)
            .bind(row.at_source)
            .bind(&row.missing)
            .execute(&self.pool)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn reconciliations(&self, merchant: &MerchantId) -> Result<Vec<ReconciliationColumns>> {
        sqlx::query_as(sql::RECONCILIATIONS)
            .bind(merchant.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }

    async fn landed(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        page: LandedPage<'_>,
    ) -> Result<Vec<LandedColumns>> {
        sqlx::query_as(sql::LANDED)
            .bind(merchant.as_str())
            .bind(sync.as_str())
            .bind(page.first_seen_from)
            .bind(page.changed_before)
            .bind(page.after.0)
            .bind(page.after.1)
            .bind(page.most)
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }

    async fn unbound(
        &self,
        merchant: &MerchantId,
        kind: Kind,
        target: &ConnectionId,
        ids: &[ExternalId],
    ) -> Result<Vec<String>> {
        sqlx::query_scalar(UNBOUND)
            .bind(merchant.as_str())
            .bind(target.as_str())
            .bind(kind.as_str())
            .bind(ids.iter().map(ExternalId::as_str).collect::<Vec<_>>())
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }

    async fn put_inspection(&self, merchant: &MerchantId, row: &InspectionColumns) -> Result<()> {
        sqlx::query(sql::PUT_INSPECTION)
            .bind(merchant.as_str())
            .bind(&row.sync)
            .bind(row.window_from)
            .bind(row.window_to)
            .bind(row.made_at)
            .bind(row.expected)
            .bind(&row.deviations)
            .execute(&self.pool)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn inspections(&self, merchant: &MerchantId) -> Result<Vec<InspectionColumns>> {
        sqlx::query_as(sql::INSPECTIONS)
            .bind(merchant.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }
}
