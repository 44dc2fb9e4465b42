-- Where migrations are recorded. This file is harmless when run again, and is run first every time.
CREATE SCHEMA IF NOT EXISTS outlay;
CREATE TABLE IF NOT EXISTS outlay.schema_migrations (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL
);
