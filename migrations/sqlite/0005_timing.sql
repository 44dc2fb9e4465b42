-- What keeps channels from being asked too often, or twice for one thing.
-- The window in which the rate limit of a lane counts, and the attempts since it began.
ALTER TABLE outlay.channel_lanes ADD COLUMN window_from TEXT;
ALTER TABLE outlay.channel_lanes ADD COLUMN window_sent INTEGER NOT NULL DEFAULT 0;
-- Until then the lane is let rest by quiet hours, a rate limit, a pause or a missing confirmation: what is
-- laid out meanwhile does not wake it, but for what somebody asks for.
ALTER TABLE outlay.channel_lanes ADD COLUMN held_until TEXT;
-- The version of the channel for which it rests: another one may not have to.
ALTER TABLE outlay.channel_lanes ADD COLUMN held_version INTEGER;
DROP INDEX outlay.channel_lanes_due;
CREATE INDEX outlay.channel_lanes_due ON outlay.channel_lanes (due_at, channel) WHERE disabled_at IS NULL;
CREATE INDEX outlay.channel_lanes_claimed ON outlay.channel_lanes (claimed_until, workspace)
    WHERE claimed_until IS NOT NULL;
-- Messages for one channel: test messages, codes, digests.
CREATE INDEX outlay.outbox_for_one ON outlay.outbox (channel) WHERE channel IS NOT NULL;
-- How far the digests of a channel have come. through: the local day of the newest, which never goes
-- back, whatever clocks do. alerts_until and alerts_offset: when the newest
-- alert was raised that a digest knew of, and the highest place in the log of any.
CREATE TABLE outlay.channel_digests (
    channel TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    through TEXT NOT NULL,
    alerts_until TEXT NOT NULL,
    alerts_offset INTEGER NOT NULL
) STRICT;
