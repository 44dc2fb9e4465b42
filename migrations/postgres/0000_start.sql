-- Where migrations are recorded. This file is harmless when run again, and is run first every time.
CREATE SCHEMA IF NOT EXISTS outlay;
CREATE TABLE IF NOT EXISTS outlay.schema_migrations (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL
);
-- What the text of each was when it was applied (SHA-256). Apart, because programs before this table
-- write only the other one.
CREATE TABLE IF NOT EXISTS outlay.schema_checksums (
    name text PRIMARY KEY,
    checksum text NOT NULL
);
