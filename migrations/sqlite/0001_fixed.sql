-- What no replay of the journal could make again: identity, effects, what operators did, and the
-- generations.
CREATE TABLE outlay.generations (
    generation INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
-- One row: the generation that answers queries.
CREATE TABLE outlay.active_generation (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    generation INTEGER NOT NULL
) STRICT;

CREATE TABLE outlay.users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    created_at TEXT NOT NULL,
    disabled_at TEXT
) STRICT;
-- A key belongs to a person (user_id) or to a service account (workspace and member). Only its
-- hash is kept.
CREATE TABLE outlay.api_keys (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    user_id TEXT,
    workspace TEXT,
    member TEXT,
    instance_owner INTEGER NOT NULL DEFAULT 0,
    label TEXT NOT NULL DEFAULT '',
    last4 TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    disabled_at TEXT
) STRICT;
CREATE INDEX outlay.api_keys_by_user ON outlay.api_keys (user_id);
CREATE INDEX outlay.api_keys_by_member ON outlay.api_keys (workspace, member);

-- Effects that facts ask for. Ids derive from the facts, so no replay and no generation asks twice.
CREATE TABLE outlay.outbox (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX outlay.outbox_by_workspace ON outlay.outbox (workspace, created_at, id);
CREATE TABLE outlay.deliveries (
    id TEXT PRIMARY KEY,
    message TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    last_error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (message, channel)
) STRICT;
CREATE INDEX outlay.deliveries_due ON outlay.deliveries (state, next_attempt_at);
-- Facts at or below this offset of a partition ask for no effects.
CREATE TABLE outlay.effects_from (
    log_partition INTEGER PRIMARY KEY,
    log_offset INTEGER NOT NULL
) STRICT;

CREATE TABLE outlay.operator_audit (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    operator TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
