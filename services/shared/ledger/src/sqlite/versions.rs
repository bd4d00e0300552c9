//! Events in SQLite, and the versions that newer ones have taken the place of.

use commerce::MerchantId;
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::Sqlite;
use super::packed::{Blobs, json};
use crate::error::{Result, database};
use crate::store::{Version, VersionStore};

const PUT_ASIDE: &str = "
INSERT INTO versions (merchant, sync, kind, external_id, revised_at, digest, body)
SELECT e.merchant, e.sync, e.kind, e.external_id, e.revised_at, e.digest, e.body
FROM jsonb_each($2) u
CROSS JOIN events e ON e.merchant = $1 AND e.external_id = u.value ->> 'id' AND e.kind = u.value ->> 'kind'
    AND e.sync = u.value ->> 'sync'
WHERE e.pushed AND (e.revised_at, e.digest) <> (u.value ->> 'at', unhex(u.value ->> 'digest'))
ON CONFLICT DO NOTHING";

const KEEP_EVENTS: &str = "
INSERT INTO events (merchant, sync, kind, external_id, revised_at, digest, pushed, body)
SELECT $1, u.value ->> 'sync', u.value ->> 'kind', u.value ->> 'id',
    u.value ->> 'at', unhex(u.value ->> 'digest'), u.value ->> 'pushed',
    substr($3, u.value ->> '$.body.start', u.value ->> '$.body.length')
FROM jsonb_each($2) u WHERE TRUE
ON CONFLICT (merchant, sync, kind, external_id) DO UPDATE SET
    revised_at = excluded.revised_at, digest = excluded.digest, body = excluded.body,
    pushed = excluded.pushed
        OR (pushed AND (revised_at, digest) = (excluded.revised_at, excluded.digest))";

const KEEP_VERSIONS: &str = "
INSERT INTO versions (merchant, sync, kind, external_id, revised_at, digest, body)
SELECT $1, u.value ->> 'sync', u.value ->> 'kind', u.value ->> 'id',
    u.value ->> 'at', unhex(u.value ->> 'digest'),
    substr($3, u.value ->> '$.body.start', u.value ->> '$.body.length')
FROM jsonb_each($2) u WHERE TRUE
ON CONFLICT DO NOTHING";

impl VersionStore for Sqlite {
    async fn put_aside(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        versions: &[&Version],
    ) -> Result<()> {
        let rows: Vec<Value> = versions.iter().map(|version| named(version)).collect();
        sqlx::query(PUT_ASIDE)
            .bind(merchant.as_str())
            .bind(json(&rows)?)
            .execute(&mut **tx)
            .await
            .map_err(database)?;
        Ok(())
    }

    async fn keep_events(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        events: &[Version],
    ) -> Result<()> {
        insert(tx, KEEP_EVENTS, merchant, events).await
    }

    async fn keep_versions(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        versions: &[Version],
    ) -> Result<()> {
        insert(tx, KEEP_VERSIONS, merchant, versions).await
    }
}

fn named(version: &Version) -> Value {
    json!({
        "sync": version.record.sync, "kind": version.record.key.kind.as_str(), "id": version.record.key.id,
        "at": version.at, "digest": version.digest.to_string(), "pushed": version.pushed,
    })
}

async fn insert(
    connection: &mut SqliteConnection,
    statement: &'static str,
    merchant: &MerchantId,
    versions: &[Version],
) -> Result<()> {
    let mut blobs = Blobs::default();
    let rows: Vec<Value> = versions
        .iter()
        .map(|version| {
            let mut row = named(version);
            if let Value::Object(row) = &mut row {
                row.insert("body".to_owned(), json!(blobs.push(&version.body)));
            }
            row
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
