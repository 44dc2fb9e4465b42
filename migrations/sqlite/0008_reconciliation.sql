-- How far the comparison of workspaces with their events has come in a partition: looked_through is the
-- last workspace, rounds how often all of them were looked at. Whoever holds the claim looks next.
CREATE TABLE outlay.reconciliations (
    log_partition INTEGER PRIMARY KEY,
    looked_through TEXT,
    looked_at TEXT,
    looks INTEGER NOT NULL DEFAULT 0,
    rounds INTEGER NOT NULL DEFAULT 0,
    claimed_until TEXT,
    claimed_by TEXT
) STRICT;
-- Workspaces whose rows differ from what follows from their events. differing: how many rows; the first
-- of them is named by table, key and detail, which may hold what people wrote. The position is how far
-- they were projected.
CREATE TABLE outlay.mismatches (
    workspace TEXT PRIMARY KEY,
    found_at TEXT NOT NULL,
    looked_at TEXT NOT NULL,
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    differing INTEGER NOT NULL,
    first_table TEXT NOT NULL,
    first_row TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
