-- What operators have stopped, until they resume it. scope names it: what, and the workspace or partition
-- if it is not all of them.
CREATE TABLE outlay.pauses (
    scope TEXT PRIMARY KEY,
    what TEXT NOT NULL,
    workspace TEXT,
    log_partition INTEGER,
    reason TEXT NOT NULL,
    operator TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT;
