-- The ledger. Every key begins with the merchant. Times are microseconds since 1970-01-01T00:00:00Z, the same in every
-- database, so that revisions compare exactly after a round trip; to_timestamp(x / 1e6) makes them readable.
-- Ids use the "C" collation: cheap to compare, and ordered as in every other database.

CREATE TABLE streams (
    merchant    TEXT COLLATE "C" NOT NULL,
    connection  TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    backfill    TEXT COLLATE "C" NOT NULL, -- '' for what happens now
    cursor      TEXT NOT NULL,
    fence       BIGINT NOT NULL,
    holder      TEXT,
    lease_until BIGINT,
    checked_at  BIGINT,
    PRIMARY KEY (merchant, connection, kind, backfill)
);

-- One row per record and sync. The id comes second in the keys: it alone selects, and people search by it.
-- seen = the newest revision known, done = the newest revision whose outcome is stored.
CREATE TABLE records (
    merchant      TEXT COLLATE "C" NOT NULL,
    sync          TEXT COLLATE "C" NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL,
    external_id   TEXT COLLATE "C" NOT NULL,
    number        TEXT COLLATE "C" NOT NULL,
    status        TEXT COLLATE "C" NOT NULL,
    reason        TEXT,
    actor         TEXT,
    attempts      BIGINT NOT NULL DEFAULT 0,
    next_try      BIGINT,
    waits_for     TEXT COLLATE "C",
    first_seen    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    seen_at       BIGINT NOT NULL,
    seen_digest   BYTEA NOT NULL,
    done_at       BIGINT,
    done_digest   BYTEA,
    done_as       TEXT,    -- proven | settled | reopened
    claimed_by    TEXT,
    claimed_until BIGINT,
    uncertain     BOOLEAN NOT NULL DEFAULT FALSE, -- a write was begun and its outcome never recorded
    begun_digest  BYTEA,   -- the version of the open write; empty when there were several
    twin_id       TEXT COLLATE "C",
    twin_number   TEXT COLLATE "C",
    due_since     BIGINT,  -- to be published again
    has_event     BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (merchant, external_id, kind, sync)
) WITH (fillfactor = 50);  -- room for a claim beside every row: it changes no index, so it can stay on the page

CREATE INDEX records_by_status ON records (merchant, status, changed_at);
CREATE INDEX records_by_sync ON records (merchant, status, sync, changed_at);
CREATE INDEX records_by_number ON records (merchant, number);
CREATE INDEX records_by_twin ON records (merchant, twin_id) WHERE twin_id IS NOT NULL;
CREATE INDEX records_by_twin_number ON records (merchant, twin_number) WHERE twin_number IS NOT NULL;
CREATE INDEX records_waiting ON records (merchant, waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX records_due ON records (merchant, due_since) WHERE due_since IS NOT NULL;

-- The event that a record's outcome was about: a format byte, then lz4. Apart from the row, which changes more often.
CREATE TABLE events (
    merchant    TEXT COLLATE "C" NOT NULL,
    sync        TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    body        BYTEA NOT NULL,
    PRIMARY KEY (merchant, external_id, kind, sync)
);
ALTER TABLE events ALTER COLUMN body SET STORAGE EXTERNAL; -- compressed by us already

-- What happened to a record, one row per event of its journey; the body is a format byte, then lz4 of JSON.
CREATE TABLE steps (
    merchant    TEXT COLLATE "C" NOT NULL,
    sync        TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    seq         BIGINT GENERATED ALWAYS AS IDENTITY,
    body        BYTEA NOT NULL,
    PRIMARY KEY (merchant, external_id, kind, sync, seq)
);
ALTER TABLE steps ALTER COLUMN body SET STORAGE EXTERNAL;

-- Proven links between records at two connections.
CREATE TABLE bindings (
    merchant      TEXT COLLATE "C" NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL,
    source        TEXT COLLATE "C" NOT NULL,
    target        TEXT COLLATE "C" NOT NULL,
    source_id     TEXT COLLATE "C" NOT NULL,
    source_number TEXT NOT NULL,
    target_id     TEXT COLLATE "C" NOT NULL,
    target_number TEXT,
    bound_at      BIGINT NOT NULL,
    PRIMARY KEY (merchant, source_id, kind, source, target)
);
CREATE INDEX bindings_reversed ON bindings (merchant, target_id, kind, source, target);

CREATE TABLE configurations (
    merchant   TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    body       TEXT NOT NULL,
    applied_by TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (merchant, version)
);

CREATE TABLE paused (
    merchant TEXT COLLATE "C" NOT NULL,
    sync     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (merchant, sync)
);

CREATE TABLE backfills (
    merchant   TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    seq        BIGINT GENERATED ALWAYS AS IDENTITY,
    connection TEXT NOT NULL,
    kind       TEXT NOT NULL,
    scope      TEXT NOT NULL, -- JSON
    state      TEXT NOT NULL,
    expected   BIGINT,
    published  BIGINT NOT NULL,
    PRIMARY KEY (merchant, id)
);

CREATE TABLE audit (
    merchant TEXT COLLATE "C" NOT NULL,
    seq      BIGINT GENERATED ALWAYS AS IDENTITY,
    made_at  BIGINT NOT NULL,
    made_by  TEXT NOT NULL,
    action   TEXT NOT NULL,
    detail   TEXT NOT NULL,
    PRIMARY KEY (merchant, seq)
);

-- What a sync's source has and this ledger has never heard of, at the last comparison.
CREATE TABLE reconciliations (
    merchant    TEXT COLLATE "C" NOT NULL,
    sync        TEXT COLLATE "C" NOT NULL,
    window_from BIGINT NOT NULL,
    window_to   BIGINT NOT NULL,
    made_at     BIGINT NOT NULL,
    at_source   BIGINT NOT NULL,
    missing     TEXT NOT NULL, -- JSON: ids, and since when
    PRIMARY KEY (merchant, sync)
);

-- How a sync's target differs from what this ledger says it holds, at the last comparison.
CREATE TABLE inspections (
    merchant    TEXT COLLATE "C" NOT NULL,
    sync        TEXT COLLATE "C" NOT NULL,
    window_from BIGINT NOT NULL,
    window_to   BIGINT NOT NULL,
    made_at     BIGINT NOT NULL,
    expected    BIGINT NOT NULL,
    deviations  TEXT NOT NULL, -- JSON: ids, in what, and since when
    PRIMARY KEY (merchant, sync)
);
