-- Values that were looked up in a table of the mapping without an entry for them.
CREATE TABLE unmapped (
    merchant   TEXT COLLATE "C" NOT NULL,
    lookup     TEXT COLLATE "C" NOT NULL, -- the table's name
    value      TEXT COLLATE "C" NOT NULL,
    times      BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    PRIMARY KEY (merchant, lookup, value)
);
