-- Which version of its record an event is, and whether requests were made of it; none where an earlier release stored it.
ALTER TABLE events ADD COLUMN revised_at BIGINT;
ALTER TABLE events ADD COLUMN digest BYTEA;
ALTER TABLE events ADD COLUMN pushed BOOLEAN NOT NULL DEFAULT FALSE;

-- Events that requests were made of and that newer ones have taken the place of; the body as in events.
CREATE TABLE versions (
    merchant    TEXT COLLATE "C" NOT NULL,
    sync        TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    revised_at  BIGINT NOT NULL,
    digest      BYTEA NOT NULL,
    body        BYTEA NOT NULL,
    PRIMARY KEY (merchant, external_id, kind, sync, revised_at, digest)
);
ALTER TABLE versions ALTER COLUMN body SET STORAGE EXTERNAL; -- compressed by us already
