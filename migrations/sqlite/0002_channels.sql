-- What channels need beside the journal: what is sealed, the lane of each endpoint, and the log of
-- deliveries.
-- Addresses and signing secrets, encrypted. Facts name them by id; a row is never changed, except to
-- seal it under another key.
CREATE TABLE outlay.channel_seals (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
-- One row per channel that ever had a message. due_at: when somebody has to look at it; NULL: there is
-- nothing to send. A lane is claimed as a whole, so an endpoint never has two senders; `claim` counts
-- the claims, so that one whose lease ran out notices. failures: attempts since the last success; after
-- some of them the endpoint is left alone until quiet_until.
CREATE TABLE outlay.channel_lanes (
    channel TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    due_at TEXT,
    claim INTEGER NOT NULL DEFAULT 0,
    claimed_by TEXT,
    claimed_until TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT,
    quiet_until TEXT,
    disabled_at TEXT,
    disabled_reason TEXT
) STRICT;
CREATE INDEX outlay.channel_lanes_due ON outlay.channel_lanes (due_at);
CREATE TABLE outlay.delivery_attempts (
    delivery TEXT NOT NULL,
    number INTEGER NOT NULL,
    workspace TEXT NOT NULL,
    at TEXT NOT NULL,
    status INTEGER,
    error TEXT,
    answer TEXT NOT NULL DEFAULT '',
    millis INTEGER NOT NULL,
    PRIMARY KEY (delivery, number)
) STRICT;
CREATE INDEX outlay.delivery_attempts_by_time ON outlay.delivery_attempts (at);

-- fanned_at: when the message was laid into the lanes of its channels.
ALTER TABLE outlay.outbox ADD COLUMN fanned_at TEXT;
-- What channels choose by. A message with a channel is for that one only.
ALTER TABLE outlay.outbox ADD COLUMN severity TEXT;
ALTER TABLE outlay.outbox ADD COLUMN budget TEXT;
ALTER TABLE outlay.outbox ADD COLUMN member TEXT;
ALTER TABLE outlay.outbox ADD COLUMN channel TEXT;
CREATE INDEX outlay.outbox_waiting ON outlay.outbox (created_at, id) WHERE fanned_at IS NULL;
CREATE INDEX outlay.deliveries_waiting ON outlay.deliveries (channel, next_attempt_at, id) WHERE state = 'pending';
CREATE INDEX outlay.deliveries_by_channel ON outlay.deliveries (workspace, channel, created_at, id);
