-- Where migrations are recorded. This file is harmless when run again, and is run first every time.
CREATE TABLE IF NOT EXISTS outlay.schema_migrations (
    name TEXT PRIMARY KEY,
    applied_at TEXT NOT NULL
) STRICT;
