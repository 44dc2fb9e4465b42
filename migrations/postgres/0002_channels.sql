-- What channels need beside the journal: what is sealed, the lane of each endpoint, and the log of
-- deliveries.
-- Addresses and signing secrets, encrypted. Facts name them by id; a row is never changed, except to
-- seal it under another key.
CREATE TABLE outlay.channel_seals (
    id uuid PRIMARY KEY,
    workspace uuid NOT NULL,
    channel uuid NOT NULL,
    sealed text NOT NULL,
    created_at timestamptz NOT NULL
);
-- One row per channel that ever had a message. due_at: when somebody has to look at it; NULL: there is
-- nothing to send. A lane is claimed as a whole, so an endpoint never has two senders; `claim` counts
-- the claims, so that one whose lease ran out notices. failures: attempts since the last success; after
-- some of them the endpoint is left alone until quiet_until.
CREATE TABLE outlay.channel_lanes (
    channel uuid PRIMARY KEY,
    workspace uuid NOT NULL,
    due_at timestamptz,
    claim bigint NOT NULL DEFAULT 0,
    claimed_by text,
    claimed_until timestamptz,
    failures bigint NOT NULL DEFAULT 0,
    failing_since timestamptz,
    quiet_until timestamptz,
    disabled_at timestamptz,
    disabled_reason text
);
CREATE INDEX channel_lanes_due ON outlay.channel_lanes (due_at);
CREATE TABLE outlay.delivery_attempts (
    delivery uuid NOT NULL,
    number bigint NOT NULL,
    workspace uuid NOT NULL,
    at timestamptz NOT NULL,
    status bigint,
    error text,
    answer text NOT NULL DEFAULT '',
    millis bigint NOT NULL,
    PRIMARY KEY (delivery, number)
);
CREATE INDEX delivery_attempts_by_time ON outlay.delivery_attempts (at);

-- fanned_at: when the message was laid into the lanes of its channels.
ALTER TABLE outlay.outbox ADD COLUMN fanned_at timestamptz;
-- What channels choose by. A message with a channel is for that one only.
ALTER TABLE outlay.outbox ADD COLUMN severity text;
ALTER TABLE outlay.outbox ADD COLUMN budget uuid;
ALTER TABLE outlay.outbox ADD COLUMN member uuid;
ALTER TABLE outlay.outbox ADD COLUMN channel uuid;
CREATE INDEX outbox_waiting ON outlay.outbox (created_at, id) WHERE fanned_at IS NULL;
CREATE INDEX deliveries_waiting ON outlay.deliveries (channel, next_attempt_at, id)
    WHERE state = 'pending';
CREATE INDEX deliveries_by_channel ON outlay.deliveries (workspace, channel, created_at, id);

CALL outlay.show_one_workspace('outlay.channel_seals');
CALL outlay.show_one_workspace('outlay.channel_lanes');
CALL outlay.show_one_workspace('outlay.delivery_attempts');
GRANT SELECT ON outlay.channel_lanes, outlay.delivery_attempts TO outlay_api;
GRANT SELECT ON outlay.channel_seals TO outlay_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON outlay.channel_lanes, outlay.delivery_attempts TO outlay_worker;
