//! Statements that both databases understand as they stand. What differs between them is in `postgres` and `sqlite`.

/// The columns of [`crate::columns::Columns`].
macro_rules! columns {
    () => {
        "r.sync, r.kind, r.external_id, r.number, r.status, r.reason, r.actor, r.attempts, r.next_try, r.waits_for, \
         r.first_seen, r.changed_at, r.seen_at, r.seen_digest, r.done_at, r.done_digest, r.done_as, r.claimed_by, \
         r.claimed_until, r.uncertain, r.begun_digest, r.twin_id, r.twin_number, r.due_since, r.has_event"
    };
}
pub(crate) use columns;

/// Orders on their way, and those that reached their target or changed lately: number, units, and since when. Two parts, so that each
/// reads its own piece of an index and none reads what is long done.
macro_rules! underway {
    ($syncs:literal) => {
        concat!(
            "
SELECT r.number, r.units, NULL AS landed FROM records r
WHERE r.merchant = $1 AND r.status IN ('queued', 'held', 'waiting', 'retrying', 'uncertain', 'failed') AND r.sync ",
            $syncs,
            " AND r.kind = 'order' AND r.units IS NOT NULL AND r.twin_id IS NULL
UNION ALL
SELECT r.number, r.units, r.changed_at FROM records r
WHERE r.merchant = $1 AND r.status IN ('queued', 'held', 'waiting', 'retrying', 'uncertain', 'failed', 'synced', 'unchanged')
    AND r.sync ",
            $syncs,
            " AND r.changed_at >= $3 AND r.kind = 'order' AND r.units IS NOT NULL AND r.twin_id IS NOT NULL"
        )
    };
}
pub(crate) use underway;

/// The present holder gets the lease again with the same fence; anybody else when it is free, with the next one.
pub(crate) const LEASE: &str = "
INSERT INTO streams (merchant, connection, kind, backfill, cursor, fence, holder, lease_until)
VALUES ($1, $2, $3, $4, '', 1, $5, $6)
ON CONFLICT (merchant, connection, kind, backfill) DO UPDATE SET
    fence = CASE WHEN streams.holder = excluded.holder THEN streams.fence ELSE streams.fence + 1 END,
    holder = excluded.holder,
    lease_until = excluded.lease_until
WHERE streams.holder IS NULL OR streams.holder = excluded.holder OR streams.lease_until <= $7
RETURNING fence, cursor";

pub(crate) const ADVANCE: &str = "
UPDATE streams SET cursor = $7, lease_until = $8, checked_at = $9
WHERE merchant = $1 AND connection = $2 AND kind = $3 AND backfill = $4 AND holder = $5 AND fence = $6";

pub(crate) const RELEASE: &str = "
UPDATE streams SET holder = NULL, lease_until = NULL
WHERE merchant = $1 AND connection = $2 AND kind = $3 AND backfill = $4 AND holder = $5 AND fence = $6";

pub(crate) const END_LEASES: &str =
    "UPDATE streams SET holder = NULL, lease_until = NULL WHERE holder IS NOT NULL";

pub(crate) const END_CLAIMS: &str =
    "UPDATE records SET claimed_until = $1 WHERE claimed_until > $1";

pub(crate) const CURSORS: &str = "
SELECT connection, kind, backfill, cursor, holder, checked_at FROM streams
WHERE merchant = $1 ORDER BY connection, kind, backfill";

pub(crate) const IN_STATUS: &str = "
SELECT sync, kind, external_id FROM records WHERE merchant = $1 AND sync = $2 AND status = $3";

/// Few at a time: each is sent through the queue once more.
pub(crate) const OVERDUE: &str = "
SELECT sync, kind, external_id FROM records
WHERE merchant = $1 AND status = 'waiting' AND next_try <= $2 LIMIT 1000";

pub(crate) const DUE: &str = "
SELECT r.sync, r.kind, r.external_id, r.due_since, e.body FROM records r
JOIN events e ON e.merchant = $1 AND e.sync = r.sync AND e.kind = r.kind AND e.external_id = r.external_id
WHERE r.merchant = $1 AND r.due_since IS NOT NULL
ORDER BY r.due_since, r.sync, r.kind, r.external_id LIMIT $2";

pub(crate) const PAGE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM records r
WHERE r.merchant = $1 AND r.status = $2 AND (CAST($3 AS TEXT) IS NULL OR r.sync = $3) AND r.changed_at >= $4
    AND (r.changed_at, r.sync, r.kind, r.external_id) < ($5, $6, $7, $8)
ORDER BY r.changed_at DESC, r.sync DESC, r.kind DESC, r.external_id DESC LIMIT $9"
);

pub(crate) const PAGE_BY_NUMBER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM records r
WHERE r.merchant = $1 AND r.status = $2 AND (CAST($3 AS TEXT) IS NULL OR r.sync = $3) AND r.changed_at >= $4
    AND (r.changed_at, r.sync, r.kind, r.external_id) < ($5, $6, $7, $8)
    AND (r.number = $10 OR r.external_id = $10 OR r.twin_id = $10 OR r.twin_number = $10)
ORDER BY r.changed_at DESC, r.sync DESC, r.kind DESC, r.external_id DESC LIMIT $9"
);

pub(crate) const ROW: &str = concat!(
    "SELECT ",
    columns!(),
    ", e.body FROM records r
LEFT JOIN events e ON e.merchant = $1 AND e.sync = r.sync AND e.kind = r.kind AND e.external_id = r.external_id
WHERE r.merchant = $1 AND r.sync = $2 AND r.kind = $3 AND r.external_id = $4"
);

pub(crate) const STEPS: &str = "
SELECT body FROM steps WHERE merchant = $1 AND sync = $2 AND kind = $3 AND external_id = $4 ORDER BY seq";

pub(crate) const VERSIONS: &str = "
SELECT body FROM versions WHERE merchant = $1 AND sync = $2 AND kind = $3 AND external_id = $4 ORDER BY revised_at";

pub(crate) const COUNTS: &str = "
SELECT sync, status, COUNT(*) FROM records WHERE merchant = $1 GROUP BY sync, status ORDER BY sync, status";

/// Steps from sync to sync in each status, then reads one end of the index for each: the work grows with the unfinished
/// records alone.
pub(crate) const AGES: &str = "
WITH RECURSIVE statuses (status) AS (
    VALUES ('queued'), ('held'), ('waiting'), ('retrying'), ('uncertain'), ('synced'), ('unchanged'), ('skipped'),
        ('failed'), ('ignored')
), found (status, sync) AS (
    SELECT s.status, (SELECT MIN(r.sync) FROM records r WHERE r.merchant = $1 AND r.status = s.status) FROM statuses s
    UNION ALL
    SELECT f.status, (SELECT MIN(r.sync) FROM records r
        WHERE r.merchant = $1 AND r.status = f.status AND r.sync > f.sync)
    FROM found f WHERE f.sync IS NOT NULL
)
SELECT f.sync,
    MIN(CASE WHEN f.status IN ('queued', 'retrying', 'uncertain') THEN (SELECT MIN(r.first_seen) FROM records r
        WHERE r.merchant = $1 AND r.status = f.status AND r.sync = f.sync) END) AS oldest_unfinished,
    MAX(CASE WHEN f.status IN ('synced', 'unchanged') THEN (SELECT MAX(r.changed_at) FROM records r
        WHERE r.merchant = $1 AND r.status = f.status AND r.sync = f.sync) END) AS last_success
FROM found f WHERE f.sync IS NOT NULL GROUP BY f.sync ORDER BY f.sync";

pub(crate) const ADD_CONFIGURATION: &str = "
INSERT INTO configurations (merchant, version, body, applied_by, applied_at)
SELECT $1, COALESCE((SELECT MAX(version) FROM configurations WHERE merchant = $1), 0) + 1, $2, $3, $4
WHERE COALESCE((SELECT body FROM configurations WHERE merchant = $1 ORDER BY version DESC LIMIT 1) <> $2, TRUE)
ON CONFLICT (merchant, version) DO NOTHING
RETURNING version, body, applied_by, applied_at";

pub(crate) const NEWEST_CONFIGURATION: &str = "
SELECT version, body, applied_by, applied_at FROM configurations
WHERE merchant = $1 ORDER BY version DESC LIMIT 1";

pub(crate) const CONFIGURATION_AT: &str = "
SELECT version, body, applied_by, applied_at FROM configurations WHERE merchant = $1 AND version = $2";

pub(crate) const CONFIGURATIONS: &str = "
SELECT version, body, applied_by, applied_at FROM configurations
WHERE merchant = $1 ORDER BY version DESC LIMIT $2";

pub(crate) const UNMAPPED: &str = "
SELECT lookup, value, times, first_seen, last_seen FROM unmapped
WHERE merchant = $1 ORDER BY lookup, value";

pub(crate) const PAUSE: &str =
    "INSERT INTO paused (merchant, sync) VALUES ($1, $2) ON CONFLICT (merchant, sync) DO NOTHING";

pub(crate) const RESUME: &str = "DELETE FROM paused WHERE merchant = $1 AND sync = $2";

pub(crate) const PAUSED: &str = "SELECT sync FROM paused WHERE merchant = $1 ORDER BY sync";

pub(crate) const PUT_BACKFILL: &str = "
INSERT INTO backfills (merchant, id, connection, kind, scope, state, expected, published)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (merchant, id) DO UPDATE SET
    connection = excluded.connection, kind = excluded.kind, scope = excluded.scope,
    state = CASE WHEN backfills.state = 'cancelled' THEN backfills.state ELSE excluded.state END,
    expected = excluded.expected, published = excluded.published";

pub(crate) const FORGET_BACKFILL: &str = "DELETE FROM backfills WHERE merchant = $1 AND id = $2";

pub(crate) const FORGET_STREAM: &str = "DELETE FROM streams WHERE merchant = $1 AND backfill = $2";

pub(crate) const BACKFILLS: &str = "
SELECT id, connection, kind, scope, state, expected, published FROM backfills
WHERE merchant = $1 ORDER BY seq DESC";

pub(crate) const ADD_AUDIT: &str =
    "INSERT INTO audit (merchant, made_at, made_by, action, detail) VALUES ($1, $2, $3, $4, $5)";

pub(crate) const AUDIT: &str = "
SELECT made_at, made_by, action, detail FROM audit WHERE merchant = $1 ORDER BY seq DESC LIMIT $2";

pub(crate) const PUT_RECONCILIATION: &str = "
INSERT INTO reconciliations (merchant, sync, window_from, window_to, made_at, at_source, missing)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (merchant, sync) DO UPDATE SET
    window_from = excluded.window_from, window_to = excluded.window_to, made_at = excluded.made_at,
    at_source = excluded.at_source, missing = excluded.missing";

pub(crate) const RECONCILIATIONS: &str = "
SELECT sync, window_from, window_to, made_at, at_source, missing FROM reconciliations
WHERE merchant = $1 ORDER BY sync";

/// Two short walks along an index, one for each status of what the target holds.
pub(crate) const LANDED: &str = "
SELECT r.external_id, r.twin_id, r.changed_at, e.body FROM (
    SELECT * FROM (SELECT external_id, kind, twin_id, changed_at FROM records
        WHERE merchant = $1 AND status = 'synced' AND sync = $2 AND first_seen >= $3 AND changed_at < $4
            AND (changed_at, external_id) > ($5, $6) AND twin_id IS NOT NULL
        ORDER BY changed_at, external_id LIMIT $7) a
    UNION ALL
    SELECT * FROM (SELECT external_id, kind, twin_id, changed_at FROM records
        WHERE merchant = $1 AND status = 'unchanged' AND sync = $2 AND first_seen >= $3 AND changed_at < $4
            AND (changed_at, external_id) > ($5, $6) AND twin_id IS NOT NULL
        ORDER BY changed_at, external_id LIMIT $7) b
) r
JOIN events e ON e.merchant = $1 AND e.sync = $2 AND e.kind = r.kind AND e.external_id = r.external_id
ORDER BY r.changed_at, r.external_id LIMIT $7";

pub(crate) const PUT_INSPECTION: &str = "
INSERT INTO inspections (merchant, sync, window_from, window_to, made_at, expected, deviations)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (merchant, sync) DO UPDATE SET
    window_from = excluded.window_from, window_to = excluded.window_to, made_at = excluded.made_at,
    expected = excluded.expected, deviations = excluded.deviations";

pub(crate) const INSPECTIONS: &str = "
SELECT sync, window_from, window_to, made_at, expected, deviations FROM inspections
WHERE merchant = $1 ORDER BY sync";
