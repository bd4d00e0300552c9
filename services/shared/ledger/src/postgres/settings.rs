//! Configuration, switches, backfills and the audit log in PostgreSQL.

use commerce::{MerchantId, SyncId};

use super::Postgres;
use crate::error::{Result, database};
use crate::sql;
use crate::store::{AuditColumns, BackfillColumns, ConfigurationColumns, SettingStore};

impl SettingStore for Postgres {
    async fn add_configuration(
        &self,
        merchant: &MerchantId,
        body: &str,
        by: &str,
        now: i64,
    ) -> Result<Option<ConfigurationColumns>> {
        sqlx::query_as(sql::ADD_CONFIGURATION)
            .bind(merchant.as_str())
            .bind(body)
            .bind(by)
            .bind(now)
            .fetch_optional(&self.pool)
            .await
            .map_err(database)
    }

    async fn newest_configuration(
        &self,
        merchant: &MerchantId,
    ) -> Result<Option<ConfigurationColumns>> {
        sqlx::query_as(sql::NEWEST_CONFIGURATION)
            .bind(merchant.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(database)
    }

    async fn configuration_at(
        &self,
        merchant: &MerchantId,
        version: i64,
    ) -> Result<Option<ConfigurationColumns>> {
        sqlx::query_as(sql::CONFIGURATION_AT)
            .bind(merchant.as_str())
            .bind(version)
            .fetch_optional(&self.pool)
            .await
            .map_err(database)
    }

    async fn configurations(
        &self,
        merchant: &MerchantId,
        most: i64,
    ) -> Result<Vec<ConfigurationColumns>> {
        sqlx::query_as(sql::CONFIGURATIONS)
            .bind(merchant.as_str())
            .bind(most)
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }

    async fn pause(&self, merchant: &MerchantId, sync: &SyncId) -> Result<()> {
        self.switch(sql::PAUSE, merchant, sync).await
    }

    async fn resume(&self, merchant: &MerchantId, sync: &SyncId) -> Result<()> {
        self.switch(sql::RESUME, merchant, sync).await
    }

    async fn paused(&self, merchant: &MerchantId) -> Result<Vec<String>> {
        sqlx::query_scalar(sql::PAUSED)
            .bind(merchant.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }

    async fn put_backfill(&self, merchant: &MerchantId, backfill: &BackfillColumns) -> Result<()> {
        sqlx::query(sql::PUT_BACKFILL)
            .bind(merchant.as_str())
            .bind(&backfill.id)
            .bind(&backfill.connection)
            .bind(&backfill.kind)
            .bind(&backfill.scope)
            .bind(&backfill.state)
            .bind(backfill.expected)
            .bind(backfill.published)
            .execute(&self.pool)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn forget_backfill(&self, merchant: &MerchantId, id: &str) -> Result<()> {
        for statement in [sql::FORGET_STREAM, sql::FORGET_BACKFILL] {
            sqlx::query(statement)
                .bind(merchant.as_str())
                .bind(id)
                .execute(&self.pool)
                .await
                .map_err(database)?;
        }
        Ok(())
    }

    async fn backfills(&self, merchant: &MerchantId) -> Result<Vec<BackfillColumns>> {
        sqlx::query_as(sql::BACKFILLS)
            .bind(merchant.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }

    async fn add_audit(&self, merchant: &MerchantId, entry: &AuditColumns) -> Result<()> {
        sqlx::query(sql::ADD_AUDIT)
            .bind(merchant.as_str())
            .bind(entry.made_at)
            .bind(&entry.made_by)
            .bind(&entry.action)
            .bind(&entry.detail)
            .execute(&self.pool)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn audit(&self, merchant: &MerchantId, most: i64) -> Result<Vec<AuditColumns>> {
        sqlx::query_as(sql::AUDIT)
            .bind(merchant.as_str())
            .bind(most)
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }
}

impl Postgres {
    async fn switch(
        &self,
        statement: &'static str,
        merchant: &MerchantId,
        sync: &SyncId,
    ) -> Result<()> {
        sqlx::query(statement)
            .bind(merchant.as_str())
            .bind(sync.as_str())
            .execute(&self.pool)
            .await
            .map_err(database)?;
        Ok(())
    }
}
