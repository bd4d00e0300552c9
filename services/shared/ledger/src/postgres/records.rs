//! Records in PostgreSQL. Batches go in as arrays; rows are inserted and locked in key order, so that two batches with common
//! records wait for each other instead of blocking each other.

use commerce::{ConnectionId, MerchantId, RecordKey, SyncId};
use ports::Status;
use ports::ledger::{RecordRef, Seen};
use sqlx::PgConnection;

use super::Postgres;
use crate::columns::Columns;
use crate::error::{Result, database};
use crate::sql::{self, columns};
use crate::store::{DueRow, Entry, Found, Key, Link, Packed, RecordStore};
use crate::text::indexable;
use crate::time::micros;
use crate::underway::stored;

const NOTE: &str = "
INSERT INTO records (merchant, sync, kind, external_id, number, status, first_seen, changed_at, seen_at, seen_digest,
    units)
SELECT $1, u.sync, u.kind, u.id, u.number, 'queued', $2, $2, u.seen_at, u.seen_digest, u.units
FROM UNNEST($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bytea[], $9::text[])
    AS u (sync, kind, id, number, seen_at, seen_digest, units)
ORDER BY u.sync COLLATE \"C\", u.kind COLLATE \"C\", u.id COLLATE \"C\"
ON CONFLICT (merchant, sync, kind, external_id) DO NOTHING";

const PUT_UNITS: &str = "
UPDATE records r SET units = u.units
FROM UNNEST($2::text[], $3::text[], $4::text[], $5::text[]) AS u (sync, kind, id, units)
WHERE r.merchant = $1 AND r.external_id = u.id AND r.kind = u.kind AND r.sync = u.sync
    AND r.units IS DISTINCT FROM u.units";

// LATERAL … LIMIT 1: one look at the key per record. Left to itself the planner, while it has no statistics, reads all of a
// merchant's records instead.
const LOAD: &str = concat!(
    "SELECT found.* FROM (
    SELECT sync, kind, id FROM UNNEST($2::text[], $3::text[], $4::text[]) AS u (sync, kind, id)
    ORDER BY u.sync COLLATE \"C\", u.kind COLLATE \"C\", u.id COLLATE \"C\"
) u CROSS JOIN LATERAL (
    SELECT ",
    columns!(),
    " FROM records r
    WHERE r.merchant = $1 AND r.sync = u.sync AND r.kind = u.kind AND r.external_id = u.id
    LIMIT 1 FOR UPDATE
) found"
);

// Every row exists: what was loaded is written back. An INSERT that always meets a conflict finds rows by their key, where
// an UPDATE with a join would be planned, and sometimes badly.
const SAVE: &str = "
INSERT INTO records (merchant, sync, kind, external_id, number, status, reason, actor, attempts, next_try, waits_for,
    first_seen, changed_at, seen_at, seen_digest, done_at, done_digest, done_as, claimed_by, claimed_until, uncertain,
    begun_digest, twin_id, twin_number, due_since, has_event)
SELECT $1, u.* FROM UNNEST($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::bigint[], $10::bigint[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bytea[], $16::bigint[],
    $17::bytea[], $18::text[], $19::text[], $20::bigint[], $21::boolean[], $22::bytea[], $23::text[], $24::text[],
    $25::bigint[], $26::boolean[]) AS u
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
SELECT $1, u.sync, u.kind, u.id, u.body
FROM UNNEST($2::text[], $3::text[], $4::text[], $5::bytea[]) WITH ORDINALITY AS u (sync, kind, id, body, n)
ORDER BY u.n";

const BIND: &str = "
INSERT INTO bindings (merchant, kind, source, target, source_id, source_number, target_id, target_number, bound_at)
SELECT $1, u.kind, $2, $3, u.id, u.number, u.twin_id, u.twin_number, $4
FROM UNNEST($5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS u (kind, id, number, twin_id, twin_number)
ORDER BY u.kind COLLATE \"C\", u.id COLLATE \"C\"
ON CONFLICT (merchant, source_id, kind, source, target) DO UPDATE SET
    source_number = excluded.source_number, target_id = excluded.target_id,
    target_number = excluded.target_number, bound_at = excluded.bound_at
WHERE (bindings.source_number, bindings.target_id, bindings.target_number)
    IS DISTINCT FROM (excluded.source_number, excluded.target_id, excluded.target_number)";

const TWINS: &str = "
SELECT position, id, number FROM (
    SELECT u.n AS position, 0 AS rank, f.id, f.number
    FROM UNNEST($4::text[], $5::text[]) WITH ORDINALITY AS u (kind, id, n)
    CROSS JOIN LATERAL (
        SELECT b.target_id AS id, b.target_number AS number FROM bindings b
        WHERE b.merchant = $1 AND b.source_id = u.id AND b.kind = u.kind AND b.source = $2 AND b.target = $3
        LIMIT 1
    ) f
    UNION ALL
    SELECT u.n, 1, f.id, f.number
    FROM UNNEST($4::text[], $5::text[]) WITH ORDINALITY AS u (kind, id, n)
    CROSS JOIN LATERAL (
        SELECT b.source_id AS id, b.source_number AS number FROM bindings b
        WHERE b.merchant = $1 AND b.target_id = u.id AND b.kind = u.kind AND b.target = $2 AND b.source = $3
        ORDER BY b.bound_at DESC, b.source_id LIMIT 1
    ) f
) found ORDER BY position, rank";

const WAITING_FOR: &str = "
SELECT sync, kind, external_id FROM records
WHERE merchant = $1 AND status = 'waiting' AND waits_for = ANY($2::text[])";

impl RecordStore for Postgres {
    async fn note(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        seen: &[Seen],
        now: i64,
    ) -> Result<u64> {
        let list = |of: fn(&Seen) -> &str| seen.iter().map(of).collect::<Vec<_>>();
        let numbers: Vec<String> = seen.iter().map(|seen| indexable(&seen.number)).collect();
        let times: Vec<i64> = seen.iter().map(|seen| micros(seen.revision.at)).collect();
        let digests: Vec<&[u8]> = seen
            .iter()
            .map(|seen| seen.revision.digest.as_bytes().as_slice())
            .collect();
        let done = sqlx::query(NOTE)
            .bind(merchant.as_str())
            .bind(now)
            .bind(list(|seen| seen.sync.as_str()))
            .bind(list(|seen| seen.key.kind.as_str()))
            .bind(list(|seen| seen.key.id.as_str()))
            .bind(numbers)
            .bind(times)
            .bind(digests)
            .bind(seen.iter().map(stored).collect::<Vec<_>>())
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        Ok(done.rows_affected())
    }

    async fn put_units(tx: &mut Self::Tx, merchant: &MerchantId, seen: &[&Seen]) -> Result<()> {
        let list = |of: fn(&Seen) -> &str| seen.iter().map(|one| of(one)).collect::<Vec<_>>();
        sqlx::query(PUT_UNITS)
            .bind(merchant.as_str())
            .bind(list(|seen| seen.sync.as_str()))
            .bind(list(|seen| seen.key.kind.as_str()))
            .bind(list(|seen| seen.key.id.as_str()))
            .bind(seen.iter().map(|one| stored(one)).collect::<Vec<_>>())
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
        let list = |of: fn(&RecordRef) -> &str| records.iter().map(of).collect::<Vec<_>>();
        sqlx::query_as(LOAD)
            .bind(merchant.as_str())
            .bind(list(|record| record.sync.as_str()))
            .bind(list(|record| record.key.kind.as_str()))
            .bind(list(|record| record.key.id.as_str()))
            .fetch_all(&mut **tx)
            .await
            .map_err(database)
    }

    async fn save(tx: &mut Self::Tx, merchant: &MerchantId, entries: &[Entry]) -> Result<()> {
        let rows: Vec<Columns> = entries
            .iter()
            .map(|entry| Columns::of(&entry.record, &entry.state))
            .collect();
        let text = |of: fn(&Columns) -> &str| rows.iter().map(of).collect::<Vec<_>>();
        let texts = |of: fn(&Columns) -> Option<&str>| rows.iter().map(of).collect::<Vec<_>>();
        let number = |of: fn(&Columns) -> i64| rows.iter().map(of).collect::<Vec<_>>();
        let numbers = |of: fn(&Columns) -> Option<i64>| rows.iter().map(of).collect::<Vec<_>>();
        let bytes = |of: fn(&Columns) -> Option<&[u8]>| rows.iter().map(of).collect::<Vec<_>>();
        let uncertain: Vec<bool> = rows.iter().map(|row| row.uncertain).collect();
        let has_event: Vec<bool> = rows.iter().map(|row| row.has_event).collect();
        sqlx::query(SAVE)
            .bind(merchant.as_str())
            .bind(text(|row| &row.sync))
            .bind(text(|row| &row.kind))
            .bind(text(|row| &row.external_id))
            .bind(text(|row| &row.number))
            .bind(text(|row| &row.status))
            .bind(texts(|row| row.reason.as_deref()))
            .bind(texts(|row| row.actor.as_deref()))
            .bind(number(|row| row.attempts))
            .bind(numbers(|row| row.next_try))
            .bind(texts(|row| row.waits_for.as_deref()))
            .bind(number(|row| row.first_seen))
            .bind(number(|row| row.changed_at))
            .bind(number(|row| row.seen_at))
            .bind(bytes(|row| Some(&row.seen_digest)))
            .bind(numbers(|row| row.done_at))
            .bind(bytes(|row| row.done_digest.as_deref()))
            .bind(texts(|row| row.done_as.as_deref()))
            .bind(texts(|row| row.claimed_by.as_deref()))
            .bind(numbers(|row| row.claimed_until))
            .bind(uncertain)
            .bind(bytes(|row| row.begun_digest.as_deref()))
            .bind(texts(|row| row.twin_id.as_deref()))
            .bind(texts(|row| row.twin_number.as_deref()))
            .bind(numbers(|row| row.due_since))
            .bind(has_event)
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
        let list = |of: fn(&Link) -> &str| links.iter().map(of).collect::<Vec<_>>();
        let twin_numbers: Vec<Option<&str>> = links
            .iter()
            .map(|link| link.twin_number.as_deref())
            .collect();
        sqlx::query(BIND)
            .bind(merchant.as_str())
            .bind(from.as_str())
            .bind(to.as_str())
            .bind(now)
            .bind(list(|link| link.key.kind.as_str()))
            .bind(list(|link| link.key.id.as_str()))
            .bind(list(|link| &link.number))
            .bind(list(|link| &link.twin_id))
            .bind(twin_numbers)
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
        let mut connection = self.pool.acquire().await.map_err(database)?;
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
            .bind(keys)
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
            .fetch_all(&self.pool)
            .await
            .map_err(database)
    }
}

async fn twins(
    connection: &mut PgConnection,
    merchant: &MerchantId,
    here: &ConnectionId,
    there: &ConnectionId,
    keys: &[RecordKey],
) -> Result<Vec<Found>> {
    let kinds: Vec<&str> = keys.iter().map(|key| key.kind.as_str()).collect();
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let mut found: Vec<Found> = sqlx::query_as(TWINS)
        .bind(merchant.as_str())
        .bind(here.as_str())
        .bind(there.as_str())
        .bind(kinds)
        .bind(ids)
        .fetch_all(connection)
        .await
        .map_err(database)?;
    // PostgreSQL counts from 1.
    for link in &mut found {
        link.position -= 1;
    }
    Ok(found)
}

async fn insert(
    connection: &mut PgConnection,
    statement: &'static str,
    merchant: &MerchantId,
    packed: &[Packed],
) -> Result<()> {
    let list = |of: fn(&RecordRef) -> &str| packed.iter().map(|(r, _)| of(r)).collect::<Vec<_>>();
    let bodies: Vec<&[u8]> = packed.iter().map(|(_, body)| body.as_slice()).collect();
    sqlx::query(statement)
        .bind(merchant.as_str())
        .bind(list(|record| record.sync.as_str()))
        .bind(list(|record| record.key.kind.as_str()))
        .bind(list(|record| record.key.id.as_str()))
        .bind(bodies)
        .execute(connection)
        .await
        .map_err(database)?;
    Ok(())
}
