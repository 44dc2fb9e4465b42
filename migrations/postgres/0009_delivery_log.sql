-- What the log of deliveries tells of attempts, and what deliveries are looked for by.
-- error_class: why it failed, in one word of a closed list; NULL: it did not. request: the header fields
-- that were sent, as JSON, secrets masked. next_attempt_at: when it was to be tried again, as planned then.
ALTER TABLE outlay.delivery_attempts ADD COLUMN error_class text;
ALTER TABLE outlay.delivery_attempts ADD COLUMN request text;
ALTER TABLE outlay.delivery_attempts ADD COLUMN next_attempt_at timestamptz;
-- Of its message: what somebody looks for by type is found without the messages.
ALTER TABLE outlay.deliveries ADD COLUMN type text NOT NULL DEFAULT '';
UPDATE outlay.deliveries SET type = (SELECT m.kind FROM outlay.outbox m WHERE m.id = message);
-- Of the last attempt.
ALTER TABLE outlay.deliveries ADD COLUMN last_status bigint;
ALTER TABLE outlay.deliveries ADD COLUMN last_error_class text;
DROP INDEX outlay.deliveries_due;
CREATE INDEX deliveries_of_workspace ON outlay.deliveries (workspace, created_at, id, type);
CREATE INDEX deliveries_in_state ON outlay.deliveries (workspace, state, created_at, id);
CREATE INDEX deliveries_failed ON outlay.deliveries (workspace, created_at, id)
    WHERE last_error_class IS NOT NULL;
