-- What keeps channels from being asked too often, or twice for one thing.
-- The window in which the rate limit of a lane counts, and the attempts since it began.
ALTER TABLE outlay.channel_lanes ADD COLUMN window_from TEXT;
ALTER TABLE outlay.channel_lanes ADD COLUMN window_sent INTEGER NOT NULL DEFAULT 0;
-- How far the digests of a channel have come. through: the local day of the newest, which never goes
-- back, whatever clocks do. alerts_until: when the newest alert was raised that a digest knew of.
CREATE TABLE outlay.channel_digests (
    channel TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    through TEXT NOT NULL,
    alerts_until TEXT NOT NULL
) STRICT;
