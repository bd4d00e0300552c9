//! Records in SQLite. Writers are alone in their transactions, so nothing has to be locked row by row.

use commerce::{ConnectionId, MerchantId, RecordKey, SyncId};
use ports::Status;
use ports::ledger::{RecordRef, Seen};
use serde_json::json;
use sqlx::SqliteConnection;

use super::Sqlite;
use super::packed::{Blobs, json};
use crate::columns::Columns;
use crate::error::{Result, database};
use crate::sql::{self, columns};
use crate::store::{DueRow, Entry, Found, Key, Link, Packed, RecordStore};
use crate::text::indexable;
use crate::time::micros;
use crate::underway::stored;

// `WHERE TRUE` keeps the parser from taking ON CONFLICT for a join's ON.
const NOTE: &str = "
INSERT INTO records (merchant, sync, kind, external_id, number, status, first_seen, changed_at, seen_at, seen_digest,
    units)
SELECT $1, u.value ->> 'sync', u.value ->> 'kind', u.value ->> 'id', u.value ->> 'number', 'queued', $2, $2,
    u.value ->> 'at', unhex(u.value ->> 'digest'), u.value ->> 'units'
FROM jsonb_each($3) u WHERE TRUE
ON CONFLICT (merchant, sync, kind, external_id) DO NOTHING";

// CROSS JOIN: the batch outside, the key inside, whatever the planner guesses about sizes.
const PUT_UNITS: &str = "
UPDATE records SET units = u.value ->> 'units' FROM jsonb_each($2) u
WHERE merchant = $1 AND external_id = u.value ->> 'id' AND kind = u.value ->> 'kind' AND sync = u.value ->> 'sync'
    AND units IS DISTINCT FROM u.value ->> 'units'";

const LOAD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM jsonb_each($2) u
CROSS JOIN records r ON r.merchant = $1 AND r.sync = u.value ->> 'sync' AND r.kind = u.value ->> 'kind'
    AND r.external_id = u.value ->> 'id'"
);

const SAVE: &str = "
INSERT INTO records (merchant, sync, kind, external_id, number, status, reason, actor, attempts, next_try, waits_for,
    first_seen, changed_at, seen_at, seen_digest, done_at, done_digest, done_as, claimed_by, claimed_until, uncertain,
    begun_digest, twin_id, twin_number, due_since, has_event)
SELECT $1, u.value ->> 'sync', u.value ->> 'kind', u.value ->> 'external_id', u.value ->> 'number',
    u.value ->> 'status', u.value ->> 'reason', u.value ->> 'actor', u.value ->> 'attempts', u.value ->> 'next_try',
    u.value ->> 'waits_for', u.value ->> 'first_seen', u.value ->> 'changed_at', u.value ->> 'seen_at',
    unhex(u.value ->> 'seen_digest'), u.value ->> 'done_at', unhex(u.value ->> 'done_digest'), u.value ->> 'done_as',
    u.value ->> 'claimed_by', u.value ->> 'claimed_until', u.value ->> 'uncertain',
    unhex(u.value ->> 'begun_digest'), u.value ->> 'twin_id',
    u.value ->> 'twin_number', u.value ->> 'due_since',
    u.value ->> 'has_event'
FROM jsonb_each($2) u WHERE TRUE
ON CONFLICT (merchant, sync, kind, external_id) DO UPDATE SET
    number = excluded.number, status = excluded.status, reason = excluded.reason, actor = excluded.actor,
    attempts = excluded.attempts, next_try = excluded.next_try, waits_for = excluded.waits_for,
    changed_at = excluded.changed_at, seen_at = excluded.seen_at, seen_digest = excluded.seen_digest,
    done_at = excluded.done_at, done_digest = excluded.done_digest, done_as = excluded.done_as,
    claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until, uncertain = excluded.uncertain,
    begun_digest = excluded.begun_digest,
    twin_id = excluded.twin_id, twin_number = excluded.twin_number, due_since = excluded.due_since,
    has_event = excluded.has_event";

const ADD_STEPS: &str = "
INSERT INTO steps (merchant, sync, kind, external_id, body)
SELECT $1, u.value ->> 'sync', u.value ->> 'kind', u.value ->> 'id',
    substr($3, u.value ->> '$.body.start', u.value ->> '$.body.length')
FROM jsonb_each($2) u ORDER BY u.key";

const BIND: &str = "
INSERT INTO bindings (merchant, kind, source, target, source_id, source_number, target_id, target_number, bound_at)
SELECT $1, u.value ->> 'kind', $2, $3, u.value ->> 'id', u.value ->> 'number', u.value ->> 'twin_id',
    u.value ->> 'twin_number', $4
FROM jsonb_each($5) u WHERE TRUE
ON CONFLICT (merchant, source_id, kind, source, target) DO UPDATE SET
    source_number = excluded.source_number, target_id = excluded.target_id,
    target_number = excluded.target_number, bound_at = excluded.bound_at
WHERE (bindings.source_number, bindings.target_id, bindings.target_number)
    IS DISTINCT FROM (excluded.source_number, excluded.target_id, excluded.target_number)";

const TWINS: &str = "
SELECT position, id, number FROM (
    SELECT u.key AS position, 0 AS rank, b.target_id AS id, b.target_number AS number, b.bound_at AS bound_at
    FROM jsonb_each($4) u CROSS JOIN bindings b ON b.merchant = $1 AND b.kind = u.value ->> 'kind'
        AND b.source = $2 AND b.target = $3 AND b.source_id = u.value ->> 'id'
    UNION ALL
    SELECT u.key, 1, b.source_id, b.source_number, b.bound_at
    FROM jsonb_each($4) u CROSS JOIN bindings b ON b.merchant = $1 AND b.kind = u.value ->> 'kind'
        AND b.target = $2 AND b.source = $3 AND b.target_id = u.value ->> 'id'
) ORDER BY position, rank, bound_at DESC, id";

const WAITING_FOR: &str = "
SELECT r.sync, r.kind, r.external_id FROM json_each($2) u
CROSS JOIN records r ON r.merchant = $1 AND r.waits_for = u.value AND r.status = 'waiting'";

impl RecordStore for Sqlite {
    async fn note(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        seen: &[Seen],
        now: i64,
    ) -> Result<u64> {
        let rows: Vec<_> = seen
            .iter()
            .map(|seen| {
                json!({
                    "sync": seen.sync, "kind": seen.key.kind.as_str(), "id": seen.key.id,
                    "number": indexable(&seen.number), "at": micros(seen.revision.at),
                    "digest": seen.revision.digest.to_string(), "units": stored(seen),
                })
            })
            .collect();
        let done = sqlx::query(NOTE)
            .bind(merchant.as_str())
            .bind(now)
            .bind(json(&rows)?)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn put_units(tx: &mut Self::Tx, merchant: &MerchantId, seen: &[&Seen]) -> Result<()> {
        let rows: Vec<_> = seen
            .iter()
            .map(|seen| {
                json!({
                    "sync": seen.sync, "kind": seen.key.kind.as_str(), "id": seen.key.id, "units": stored(seen),
                })
            })
            .collect();
        sqlx::query(PUT_UNITS)
            .bind(merchant.as_str())
            .bind(json(&rows)?)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn load(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        records: &[RecordRef],
    ) -> Result<Vec<Columns>> {
        let rows: Vec<_> = records
            .iter()
            .map(|record| {
                json!({ "sync": record.sync, "kind": record.key.kind.as_str(), "id": record.key.id })
            })
            .collect();
        sqlx::query_as(LOAD)
            .bind(merchant.as_str())
            .bind(json(&rows)?)
            .fetch_all(&mut **tx)
            .await
            .map_err(database)
    }

    async fn save(tx: &mut Self::Tx, merchant: &MerchantId, entries: &[Entry]) -> Result<()> {
        let rows: Vec<Columns> = entries
            .iter()
            .map(|entry| Columns::of(&entry.record, &entry.state))
            .collect();
        sqlx::query(SAVE)
            .bind(merchant.as_str())
            .bind(json(&rows)?)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn add_steps(tx: &mut Self::Tx, merchant: &MerchantId, steps: &[Packed]) -> Result<()> {
        insert(tx, ADD_STEPS, merchant, steps).await
    }

    async fn bind(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        from: &ConnectionId,
        to: &ConnectionId,
        links: &[Link],
        now: i64,
    ) -> Result<()> {
        let rows: Vec<_> = links
            .iter()
            .map(|link| {
                json!({
                    "kind": link.key.kind.as_str(), "id": link.key.id, "number": link.number,
                    "twin_id": link.twin_id, "twin_number": link.twin_number,
                })
            })
            .collect();
        sqlx::query(BIND)
            .bind(merchant.as_str())
            .bind(from.as_str())
            .bind(to.as_str())
            .bind(now)
            .bind(json(&rows)?)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn bound(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        here: &ConnectionId,
        there: &ConnectionId,
        keys: &[RecordKey],
    ) -> Result<Vec<Found>> {
        twins(tx, merchant, here, there, keys).await
    }

    async fn twins(
        &self,
        merchant: &MerchantId,
        here: &ConnectionId,
        there: &ConnectionId,
        keys: &[RecordKey],
    ) -> Result<Vec<Found>> {
        let mut connection = self.readers.acquire().await.map_err(database)?;
        twins(&mut connection, merchant, here, there, keys).await
    }

    async fn in_status(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        sync: &SyncId,
        status: Status,
    ) -> Result<Vec<Key>> {
        sqlx::query_as(sql::IN_STATUS)
            .bind(merchant.as_str())
            .bind(sync.as_str())
            .bind(status.as_str())
            .fetch_all(&mut **tx)
            .await
            .map_err(database)
    }

    async fn waiting_for(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        keys: &[String],
    ) -> Result<Vec<Key>> {
        sqlx::query_as(WAITING_FOR)
            .bind(merchant.as_str())
            .bind(json(keys)?)
            .fetch_all(&mut **tx)
            .await
            .map_err(database)
    }

    async fn overdue(tx: &mut Self::Tx, merchant: &MerchantId, now: i64) -> Result<Vec<Key>> {
        sqlx::query_as(sql::OVERDUE)
            .bind(merchant.as_str())
            .bind(now)
            .fetch_all(&mut **tx)
            .await
            .map_err(database)
    }

    async fn end_claims(tx: &mut Self::Tx, now: i64) -> Result<u64> {
        let ended = sqlx::query(sql::END_CLAIMS).bind(now).execute(&mut **tx);
        Ok(ended.await.map_err(database)?.rows_affected())
    }

    async fn due(&self, merchant: &MerchantId, most: i64) -> Result<Vec<DueRow>> {
        sqlx::query_as(sql::DUE)
            .bind(merchant.as_str())
            .bind(most)
            .fetch_all(&self.readers)
            .await
            .map_err(database)
    }
}

async fn twins(
    connection: &mut SqliteConnection,
    merchant: &MerchantId,
    here: &ConnectionId,
    there: &ConnectionId,
    keys: &[RecordKey],
) -> Result<Vec<Found>> {
    let rows: Vec<_> = keys
        .iter()
        .map(|key| json!({ "kind": key.kind.as_str(), "id": key.id }))
        .collect();
    sqlx::query_as(TWINS)
        .bind(merchant.as_str())
        .bind(here.as_str())
        .bind(there.as_str())
        .bind(json(&rows)?)
        .fetch_all(connection)
        .await
        .map_err(database)
}

async fn insert(
    connection: &mut SqliteConnection,
    statement: &'static str,
    merchant: &MerchantId,
    packed: &[Packed],
) -> Result<()> {
    let mut blobs = Blobs::default();
    let rows: Vec<_> = packed
        .iter()
        .map(|(record, body)| {
            json!({
                "sync": record.sync, "kind": record.key.kind.as_str(), "id": record.key.id,
                "body": blobs.push(body),
            })
        })
        .collect();
    sqlx::query(statement)
        .bind(merchant.as_str())
        .bind(json(&rows)?)
        .bind(blobs.0)
        .execute(connection)
        .await
        .map_err(database)?;
    Ok(())
}
