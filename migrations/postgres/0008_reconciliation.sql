-- How far the comparison of workspaces with their events has come in a partition: looked_through is the
-- last workspace, rounds how often all of them were looked at. Whoever holds the claim looks next.
CREATE TABLE outlay.reconciliations (
    log_partition integer PRIMARY KEY,
    looked_through uuid,
    looked_at timestamptz,
    looks bigint NOT NULL DEFAULT 0,
    rounds bigint NOT NULL DEFAULT 0,
    claimed_until timestamptz,
    claimed_by text
);
-- Workspaces whose rows differ from what follows from their events. differing: how many rows; the first
-- of them is named by table, key and detail, which may hold what people wrote. The position is how far
-- they were projected.
CREATE TABLE outlay.mismatches (
    workspace uuid PRIMARY KEY,
    found_at timestamptz NOT NULL,
    looked_at timestamptz NOT NULL,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    differing bigint NOT NULL,
    first_table text NOT NULL,
    first_row text NOT NULL,
    detail text NOT NULL
);
CALL outlay.show_one_workspace('outlay.mismatches');
GRANT SELECT, INSERT, UPDATE ON outlay.reconciliations TO outlay_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON outlay.mismatches TO outlay_worker;
