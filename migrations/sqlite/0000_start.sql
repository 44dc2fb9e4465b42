-- Where migrations are recorded. This file is harmless when run again, and is run first every time.
CREATE TABLE IF NOT EXISTS outlay.schema_migrations (
    name TEXT PRIMARY KEY,
    applied_at TEXT NOT NULL
) STRICT;
-- What the text of each was when it was applied (SHA-256). Apart, because programs before this table
-- write only the other one.
CREATE TABLE IF NOT EXISTS outlay.schema_checksums (
    name TEXT PRIMARY KEY,
    checksum TEXT NOT NULL
) STRICT;
