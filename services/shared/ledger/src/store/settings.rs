//! What settings need of a database.

use std::future::Future;

use commerce::{MerchantId, SyncId};

use crate::error::Result;

/// Statements on configuration, switches, backfills and the audit log.
pub(crate) trait SettingStore: Send + Sync + 'static {
    /// The new version; nothing when the newest says the same, or somebody else was faster.
    fn add_configuration(
        &self,
        merchant: &MerchantId,
        body: &str,
        by: &str,
        now: i64,
    ) -> impl Future<Output = Result<Option<ConfigurationColumns>>> + Send;

    fn newest_configuration(
        &self,
        merchant: &MerchantId,
    ) -> impl Future<Output = Result<Option<ConfigurationColumns>>> + Send;

    fn configuration_at(
        &self,
        merchant: &MerchantId,
        version: i64,
    ) -> impl Future<Output = Result<Option<ConfigurationColumns>>> + Send;

    /// Newest first.
    fn configurations(
        &self,
        merchant: &MerchantId,
        most: i64,
    ) -> impl Future<Output = Result<Vec<ConfigurationColumns>>> + Send;

    fn pause(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
    ) -> impl Future<Output = Result<()>> + Send;

    fn resume(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
    ) -> impl Future<Output = Result<()>> + Send;

    fn paused(&self, merchant: &MerchantId) -> impl Future<Output = Result<Vec<String>>> + Send;

    fn put_backfill(
        &self,
        merchant: &MerchantId,
        backfill: &BackfillColumns,
    ) -> impl Future<Output = Result<()>> + Send;

    fn forget_backfill(
        &self,
        merchant: &MerchantId,
        id: &str,
    ) -> impl Future<Output = Result<()>> + Send;

    fn backfills(
        &self,
        merchant: &MerchantId,
    ) -> impl Future<Output = Result<Vec<BackfillColumns>>> + Send;

    fn add_audit(
        &self,
        merchant: &MerchantId,
        entry: &AuditColumns,
    ) -> impl Future<Output = Result<()>> + Send;

    fn audit(
        &self,
        merchant: &MerchantId,
        most: i64,
    ) -> impl Future<Output = Result<Vec<AuditColumns>>> + Send;
}

#[derive(sqlx::FromRow)]
pub(crate) struct ConfigurationColumns {
    pub(crate) version: i64,
    pub(crate) body: String,
    pub(crate) applied_by: String,
    pub(crate) applied_at: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct BackfillColumns {
    pub(crate) id: String,
    pub(crate) connection: String,
    pub(crate) kind: String,
    pub(crate) scope: String,
    pub(crate) state: String,
    pub(crate) expected: Option<i64>,
    pub(crate) published: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct AuditColumns {
    pub(crate) made_at: i64,
    pub(crate) made_by: String,
    pub(crate) action: String,
    pub(crate) detail: String,
}
