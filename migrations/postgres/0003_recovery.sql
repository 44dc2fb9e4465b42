-- Deliveries that people ask for again.
-- schedule_from: attempts that were made before somebody asked once more; the schedule counts from there.
ALTER TABLE outlay.deliveries ADD COLUMN schedule_from integer NOT NULL DEFAULT 0;
-- What was asked under an idempotency key, and its answer: a repeated request sends nothing twice. The
-- id derives from workspace, caller and key. Kept for ever, as keys never expire.
CREATE TABLE outlay.delivery_requests (
    id uuid PRIMARY KEY,
    workspace uuid NOT NULL,
    fingerprint text NOT NULL,
    answer text NOT NULL,
    created_at timestamptz NOT NULL
);
CALL outlay.show_one_workspace('outlay.delivery_requests');
