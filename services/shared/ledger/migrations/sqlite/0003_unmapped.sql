-- Values that were looked up in a table of the mapping without an entry for them.
CREATE TABLE unmapped (
    merchant   TEXT NOT NULL,
    lookup     TEXT NOT NULL, -- the table's name
    value      TEXT NOT NULL,
    times      INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    PRIMARY KEY (merchant, lookup, value)
) STRICT;
