-- Messages to everybody of a workspace, in the order of the log: what is new, and what follows a place.
CREATE INDEX messages_by_place ON outlay.outbox (log_partition, log_offset) WHERE channel IS NULL;
CREATE INDEX messages_of_workspace ON outlay.outbox (workspace, log_offset, id) WHERE channel IS NULL;
