-- What operators have stopped, until they resume it. scope names it: what, and the workspace or partition
-- if it is not all of them.
CREATE TABLE outlay.pauses (
    scope text PRIMARY KEY,
    what text NOT NULL,
    workspace uuid,
    log_partition integer,
    reason text NOT NULL,
    operator text NOT NULL,
    since timestamptz NOT NULL
);
CALL outlay.show_one_workspace('outlay.pauses');
GRANT SELECT ON outlay.pauses TO outlay_worker;
