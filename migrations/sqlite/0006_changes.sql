-- Messages that tell changes may be many: whoever asks for the others does not look through them.
ALTER TABLE outlay.outbox ADD COLUMN is_change INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outlay.messages_told ON outlay.outbox (workspace, log_offset, id) WHERE channel IS NULL AND NOT is_change;
CREATE INDEX outlay.messages_listed ON outlay.outbox (workspace, created_at, id) WHERE channel IS NULL AND NOT is_change;

-- Messages are kept for a while after they were laid out. log_offset: up to here some of the workspace's
-- messages to everybody are gone.
CREATE INDEX outlay.outbox_by_age ON outlay.outbox (fanned_at) WHERE fanned_at IS NOT NULL;
CREATE TABLE outlay.message_horizons (
    workspace TEXT PRIMARY KEY,
    log_offset INTEGER NOT NULL
) STRICT;
-- What alerts and notices say is laid out before what changes say.
DROP INDEX outlay.outbox_waiting;
CREATE INDEX outlay.outbox_waiting ON outlay.outbox (is_change, created_at, id) WHERE fanned_at IS NULL;
