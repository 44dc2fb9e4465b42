-- What keeps channels from being asked too often, or twice for one thing.
-- The window in which the rate limit of a lane counts, and the attempts since it began.
ALTER TABLE outlay.channel_lanes ADD COLUMN window_from timestamptz;
ALTER TABLE outlay.channel_lanes ADD COLUMN window_sent bigint NOT NULL DEFAULT 0;
-- How far the digests of a channel have come. through: the local day of the newest, which never goes
-- back, whatever clocks do. alerts_until: when the newest alert was raised that a digest knew of.
CREATE TABLE outlay.channel_digests (
    channel uuid PRIMARY KEY,
    workspace uuid NOT NULL,
    through date NOT NULL,
    alerts_until timestamptz NOT NULL
);
CALL outlay.show_one_workspace('outlay.channel_digests');
GRANT SELECT, INSERT, UPDATE ON outlay.channel_digests TO outlay_worker;
