//! Look-ups in SQLite.

use commerce::{ExternalId, Kind, MerchantId, SyncId};
use ports::Status;
use ports::ledger::RecordRef;
use sqlx::{FromRow, Row};

use super::Sqlite;
use super::packed::json;
use crate::columns::Columns;
use crate::error::{Result, database};
use crate::sql;
use crate::store::{AgeColumns, JournalStore, PageOf};

const ROWS: &str = concat!(
    "SELECT ",
    sql::columns!(),
    "
    FROM json_each($4) u CROSS JOIN records r
    ON r.merchant = $1 AND r.sync = $2 AND r.kind = $3 AND r.external_id = u.value"
);

impl JournalStore for Sqlite {
    async fn page(
        &self,
        merchant: &MerchantId,
        statuses: &[Status],
        page: &PageOf<'_>,
    ) -> Result<Vec<Columns>> {
        let (changed_at, sync, kind, id) = page.before;
        let statement = match page.number {
            Some(_) => sql::PAGE_BY_NUMBER,
            None => sql::PAGE,
        };
        let mut snapshot = self.readers.begin().await.map_err(database)?;
        let mut found = Vec::new();
        for status in statuses {
            let mut query = sqlx::query_as(statement)
                .bind(merchant.as_str())
                .bind(status.as_str())
                .bind(page.filter.sync.as_ref().map(|sync| sync.as_str()))
                .bind(page.since)
                .bind(changed_at)
                .bind(sync)
                .bind(kind)
                .bind(id)
                .bind(page.most);
            if let Some(number) = &page.number {
                query = query.bind(number);
            }
            let rows: Vec<Columns> = query.fetch_all(&mut *snapshot).await.map_err(database)?;
            found.extend(rows);
        }
        snapshot.commit().await.map_err(database)?;
        Ok(found)
    }

    async fn row(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> Result<Option<(Columns, Option<Vec<u8>>)>> {
        let row = sqlx::query(sql::ROW)
            .bind(merchant.as_str())
            .bind(record.sync.as_str())
            .bind(record.key.kind.as_str())
            .bind(record.key.id.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(database)?;
        row.map(|row| Ok((Columns::from_row(&row)?, row.try_get("body")?)))
            .transpose()
            .map_err(database)
    }

    async fn rows(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> Result<Vec<Columns>> {
        let ids: Vec<&str> = ids.iter().map(ExternalId::as_str).collect();
        sqlx::query_as(ROWS)
            .bind(merchant.as_str())
            .bind(sync.as_str())
            .bind(kind.as_str())
            .bind(json(&ids)?)
            .fetch_all(&self.readers)
            .await
            .map_err(database)
    }

    async fn steps(&self, merchant: &MerchantId, record: &RecordRef) -> Result<Vec<Vec<u8>>> {
        sqlx::query_scalar(sql::STEPS)
            .bind(merchant.as_str())
            .bind(record.sync.as_str())
            .bind(record.key.kind.as_str())
            .bind(record.key.id.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(database)
    }

    async fn versions(&self, merchant: &MerchantId, record: &RecordRef) -> Result<Vec<Vec<u8>>> {
        sqlx::query_scalar(sql::VERSIONS)
            .bind(merchant.as_str())
            .bind(record.sync.as_str())
            .bind(record.key.kind.as_str())
            .bind(record.key.id.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(database)
    }

    async fn counts(&self, merchant: &MerchantId) -> Result<Vec<(String, String, i64)>> {
        sqlx::query_as(sql::COUNTS)
            .bind(merchant.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(database)
    }

    async fn ages(&self, merchant: &MerchantId) -> Result<Vec<AgeColumns>> {
        sqlx::query_as(sql::AGES)
            .bind(merchant.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(database)
    }
}
