//! Events in PostgreSQL, and the versions that newer ones have taken the place of.

use commerce::MerchantId;
use ports::ledger::RecordRef;
use sqlx::PgConnection;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use super::Postgres;
use crate::error::{Result, database};
use crate::store::{Version, VersionStore};

// As in LOAD of the records: one look at the key per record.
const PUT_ASIDE: &str = "
INSERT INTO versions (merchant, sync, kind, external_id, revised_at, digest, body)
SELECT e.merchant, e.sync, e.kind, e.external_id, e.revised_at, e.digest, e.body
FROM UNNEST($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bytea[]) AS u (sync, kind, id, revised_at, digest)
CROSS JOIN LATERAL (
    SELECT * FROM events e
    WHERE e.merchant = $1 AND e.external_id = u.id AND e.kind = u.kind AND e.sync = u.sync
    LIMIT 1
) e
WHERE e.pushed AND (e.revised_at, e.digest) <> (u.revised_at, u.digest)
ON CONFLICT DO NOTHING";

const KEEP_EVENTS: &str = "
INSERT INTO events (merchant, sync, kind, external_id, revised_at, digest, pushed, body)
SELECT $1, u.* FROM UNNEST($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::boolean[], $8::bytea[]) AS u
ON CONFLICT (merchant, sync, kind, external_id) DO UPDATE SET
    revised_at = excluded.revised_at, digest = excluded.digest, body = excluded.body,
    pushed = excluded.pushed
        OR (events.pushed AND (events.revised_at, events.digest) = (excluded.revised_at, excluded.digest))";

const KEEP_VERSIONS: &str = "
INSERT INTO versions (merchant, sync, kind, external_id, revised_at, digest, body)
SELECT $1, u.* FROM UNNEST($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[]) AS u
ON CONFLICT DO NOTHING";

impl VersionStore for Postgres {
    async fn put_aside(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        versions: &[&Version],
    ) -> Result<()> {
        run(tx, named(PUT_ASIDE, merchant, versions)).await
    }

    async fn keep_events(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        events: &[Version],
    ) -> Result<()> {
        let all: Vec<&Version> = events.iter().collect();
        let pushed: Vec<bool> = events.iter().map(|version| version.pushed).collect();
        let query = named(KEEP_EVENTS, merchant, &all).bind(pushed);
        run(tx, query.bind(bodies(events))).await
    }

    async fn keep_versions(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        versions: &[Version],
    ) -> Result<()> {
        let all: Vec<&Version> = versions.iter().collect();
        let query = named(KEEP_VERSIONS, merchant, &all);
        run(tx, query.bind(bodies(versions))).await
    }
}

type Statement<'q> = Query<'q, sqlx::Postgres, PgArguments>;

fn named<'q>(
    statement: &'static str,
    merchant: &'q MerchantId,
    versions: &[&'q Version],
) -> Statement<'q> {
    let list = |of: fn(&RecordRef) -> &str| -> Vec<&'q str> {
        versions.iter().map(|one| of(&one.record)).collect()
    };
    let times: Vec<i64> = versions.iter().map(|one| one.at).collect();
    let digests: Vec<&[u8]> = versions
        .iter()
        .map(|one| one.digest.as_bytes().as_slice())
        .collect();
    sqlx::query(statement)
        .bind(merchant.as_str())
        .bind(list(|record| record.sync.as_str()))
        .bind(list(|record| record.key.kind.as_str()))
        .bind(list(|record| record.key.id.as_str()))
        .bind(times)
        .bind(digests)
}

fn bodies(versions: &[Version]) -> Vec<&[u8]> {
    versions.iter().map(|one| one.body.as_slice()).collect()
}

async fn run(connection: &mut PgConnection, statement: Statement<'_>) -> Result<()> {
    statement.execute(connection).await.map_err(database)?;
    Ok(())
}
