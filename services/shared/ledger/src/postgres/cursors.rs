//! Streams in PostgreSQL.

use commerce::MerchantId;
use ports::ledger::Stream;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use super::Postgres;
use crate::error::{Result, database};
use crate::sql;
use crate::store::{CursorStore, Position, StreamColumns};

impl CursorStore for Postgres {
    async fn lease(
        &self,
        stream: &Stream,
        holder: &str,
        until: i64,
        now: i64,
    ) -> Result<Option<(i64, String)>> {
        sqlx::query_as(sql::LEASE)
            .bind(stream.merchant.as_str())
            .bind(stream.connection.as_str())
            .bind(stream.kind.as_str())
            .bind(stream.backfill.as_deref().unwrap_or_default())
            .bind(holder)
            .bind(until)
            .bind(now)
            .fetch_optional(&self.pool)
            .await
            .map_err(database)
    }

    async fn advance(
        tx: &mut Self::Tx,
        position: Position<'_>,
        cursor: &str,
        until: i64,
        now: i64,
    ) -> Result<bool> {
        let done = at(sql::ADVANCE, position)
            .bind(cursor)
            .bind(until)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        Ok(done.rows_affected() == 1)
    }

    async fn release(&self, position: Position<'_>) -> Result<()> {
        at(sql::RELEASE, position)
            .execute(&self.pool)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn end_leases(tx: &mut Self::Tx) -> Result<()> {
        let ended = sqlx::query(sql::END_LEASES).execute(&mut **tx);
        ended.await.map(drop).map_err(database)
    }

    async fn cursors(&self, merchant: &MerchantId) -> Result<Vec<StreamColumns>> {
        sqlx::query_as(sql::CURSORS)
            .bind(merchant.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }
}

/// A statement whose first six parameters are the stream, its holder and its fence.
fn at(
    statement: &'static str,
    position: Position<'_>,
) -> Query<'static, sqlx::Postgres, PgArguments> {
    let stream = position.stream;
    sqlx::query(statement)
        .bind(stream.merchant.as_str().to_owned())
        .bind(stream.connection.as_str().to_owned())
        .bind(stream.kind.as_str())
        .bind(stream.backfill.clone().unwrap_or_default())
        .bind(position.holder.to_owned())
        .bind(position.fence)
}
