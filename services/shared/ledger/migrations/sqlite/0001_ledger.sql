-- The ledger. Every key begins with the merchant. Times are microseconds since 1970-01-01T00:00:00Z, the same in every
-- database, so that revisions compare exactly after a round trip; datetime(x / 1000000, 'unixepoch') makes them readable.

CREATE TABLE streams (
    merchant    TEXT NOT NULL,
    connection  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    backfill    TEXT NOT NULL, -- '' for what happens now
    cursor      TEXT NOT NULL,
    fence       INTEGER NOT NULL,
    holder      TEXT,
    lease_until INTEGER,
    checked_at  INTEGER,
    PRIMARY KEY (merchant, connection, kind, backfill)
) STRICT;

-- One row per record and sync. The id comes second in the keys: it alone selects, and people search by it.
-- seen = the newest revision known, done = the newest revision whose outcome is stored.
CREATE TABLE records (
    merchant      TEXT NOT NULL,
    sync          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    number        TEXT NOT NULL,
    status        TEXT NOT NULL,
    reason        TEXT,
    actor         TEXT,
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_try      INTEGER,
    waits_for     TEXT,
    first_seen    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL,
    seen_at       INTEGER NOT NULL,
    seen_digest   BLOB NOT NULL,
    done_at       INTEGER,
    done_digest   BLOB,
    done_as       TEXT,    -- proven | settled | reopened
    claimed_by    TEXT,
    claimed_until INTEGER,
    uncertain     INTEGER NOT NULL DEFAULT 0, -- a write was begun and its outcome never recorded
    begun_digest  BLOB,    -- the version of the open write; empty when there were several
    twin_id       TEXT,
    twin_number   TEXT,
    due_since     INTEGER, -- to be published again
    has_event     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (merchant, external_id, kind, sync)
) STRICT;

CREATE INDEX records_by_status ON records (merchant, status, changed_at);
CREATE INDEX records_by_sync ON records (merchant, status, sync, changed_at);
CREATE INDEX records_by_number ON records (merchant, number);
CREATE INDEX records_by_twin ON records (merchant, twin_id) WHERE twin_id IS NOT NULL;
CREATE INDEX records_by_twin_number ON records (merchant, twin_number) WHERE twin_number IS NOT NULL;
CREATE INDEX records_waiting ON records (merchant, waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX records_due ON records (merchant, due_since) WHERE due_since IS NOT NULL;

-- The event that a record's outcome was about: a format byte, then lz4. Apart from the row, which changes more often.
CREATE TABLE events (
    merchant    TEXT NOT NULL,
    sync        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    external_id TEXT NOT NULL,
    body        BLOB NOT NULL,
    PRIMARY KEY (merchant, external_id, kind, sync)
) STRICT;

-- What happened to a record, one row per event of its journey; the body is a format byte, then lz4 of JSON.
CREATE TABLE steps (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    merchant    TEXT NOT NULL,
    sync        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    external_id TEXT NOT NULL,
    body        BLOB NOT NULL,
    UNIQUE (merchant, external_id, kind, sync, seq)
) STRICT;

-- Proven links between records at two connections.
CREATE TABLE bindings (
    merchant      TEXT NOT NULL,
    kind          TEXT NOT NULL,
    source        TEXT NOT NULL,
    target        TEXT NOT NULL,
    source_id     TEXT NOT NULL,
    source_number TEXT NOT NULL,
    target_id     TEXT NOT NULL,
    target_number TEXT,
    bound_at      INTEGER NOT NULL,
    PRIMARY KEY (merchant, source_id, kind, source, target)
) STRICT;
CREATE INDEX bindings_reversed ON bindings (merchant, target_id, kind, source, target);

CREATE TABLE configurations (
    merchant   TEXT NOT NULL,
    version    INTEGER NOT NULL,
    body       TEXT NOT NULL,
    applied_by TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (merchant, version)
) STRICT;

CREATE TABLE paused (
    merchant TEXT NOT NULL,
    sync     TEXT NOT NULL,
    PRIMARY KEY (merchant, sync)
) STRICT;

CREATE TABLE backfills (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    merchant   TEXT NOT NULL,
    id         TEXT NOT NULL,
    connection TEXT NOT NULL,
    kind       TEXT NOT NULL,
    scope      TEXT NOT NULL, -- JSON
    state      TEXT NOT NULL,
    expected   INTEGER,
    published  INTEGER NOT NULL,
    UNIQUE (merchant, id)
) STRICT;

CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    merchant TEXT NOT NULL,
    made_at  INTEGER NOT NULL,
    made_by  TEXT NOT NULL,
    action   TEXT NOT NULL,
    detail   TEXT NOT NULL,
    UNIQUE (merchant, seq)
) STRICT;

-- What a sync's source has and this ledger has never heard of, at the last comparison.
CREATE TABLE reconciliations (
    merchant    TEXT NOT NULL,
    sync        TEXT NOT NULL,
    window_from INTEGER NOT NULL,
    window_to   INTEGER NOT NULL,
    made_at     INTEGER NOT NULL,
    at_source   INTEGER NOT NULL,
    missing     TEXT NOT NULL, -- JSON: ids, and since when
    PRIMARY KEY (merchant, sync)
) STRICT;

-- How a sync's target differs from what this ledger says it holds, at the last comparison.
CREATE TABLE inspections (
    merchant    TEXT NOT NULL,
    sync        TEXT NOT NULL,
    window_from INTEGER NOT NULL,
    window_to   INTEGER NOT NULL,
    made_at     INTEGER NOT NULL,
    expected    INTEGER NOT NULL,
    deviations  TEXT NOT NULL, -- JSON: ids, in what, and since when
    PRIMARY KEY (merchant, sync)
) STRICT;
