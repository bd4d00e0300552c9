-- Which version of its record an event is, and whether requests were made of it; none where an earlier release stored it.
ALTER TABLE events ADD COLUMN revised_at INTEGER;
ALTER TABLE events ADD COLUMN digest BLOB;
ALTER TABLE events ADD COLUMN pushed INTEGER NOT NULL DEFAULT FALSE;

-- Events that requests were made of and that newer ones have taken the place of; the body as in events.
CREATE TABLE versions (
    merchant    TEXT NOT NULL,
    sync        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    external_id TEXT NOT NULL,
    revised_at  INTEGER NOT NULL,
    digest      BLOB NOT NULL,
    body        BLOB NOT NULL,
    PRIMARY KEY (merchant, external_id, kind, sync, revised_at, digest)
) STRICT;
