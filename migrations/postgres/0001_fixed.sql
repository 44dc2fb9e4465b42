-- What no replay of the journal could make again: identity, effects, what operators did, and the
-- generations.
DO $$
BEGIN
    -- Roles belong to the whole server, where somebody else may make them at the same time.
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'outlay_api') THEN
            CREATE ROLE outlay_api NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'outlay_worker') THEN
            CREATE ROLE outlay_worker NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    IF NOT pg_has_role(current_user, 'outlay_api', 'MEMBER') THEN
        EXECUTE format('GRANT outlay_api TO %I', current_user);
    END IF;
    IF NOT pg_has_role(current_user, 'outlay_worker', 'MEMBER') THEN
        EXECUTE format('GRANT outlay_worker TO %I', current_user);
    END IF;
END
$$;

CREATE TABLE outlay.generations (
    generation bigint PRIMARY KEY,
    state text NOT NULL,
    created_at timestamptz NOT NULL
);
-- One row: the generation that answers queries.
CREATE TABLE outlay.active_generation (
    singleton boolean PRIMARY KEY CHECK (singleton),
    generation bigint NOT NULL REFERENCES outlay.generations
);

CREATE TABLE outlay.users (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    email text,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);
-- A key belongs to a person (user_id) or to a service account (workspace and member). Only its
-- hash is kept.
CREATE TABLE outlay.api_keys (
    id uuid PRIMARY KEY,
    hash text NOT NULL UNIQUE,
    user_id uuid,
    workspace uuid,
    member uuid,
    instance_owner boolean NOT NULL DEFAULT false,
    label text NOT NULL DEFAULT '',
    last4 text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);
CREATE INDEX api_keys_by_user ON outlay.api_keys (user_id);
CREATE INDEX api_keys_by_member ON outlay.api_keys (workspace, member);

-- Effects that facts ask for. Ids derive from the facts, so no replay and no generation asks twice.
CREATE TABLE outlay.outbox (
    id uuid PRIMARY KEY,
    workspace uuid NOT NULL,
    kind text NOT NULL,
    payload text NOT NULL,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX outbox_by_workspace ON outlay.outbox (workspace, created_at, id);
CREATE TABLE outlay.deliveries (
    id uuid PRIMARY KEY,
    message uuid NOT NULL REFERENCES outlay.outbox,
    workspace uuid NOT NULL,
    channel uuid NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    last_error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (message, channel)
);
CREATE INDEX deliveries_due ON outlay.deliveries (state, next_attempt_at);
-- Facts at or below this offset of a partition ask for no effects.
CREATE TABLE outlay.effects_from (
    log_partition integer PRIMARY KEY,
    log_offset bigint NOT NULL
);

CREATE TABLE outlay.operator_audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    operator text NOT NULL,
    action text NOT NULL,
    detail text NOT NULL
);

-- Lets the API role see the rows of one workspace only, the one that its transaction names. The rule
-- holds for the owner of the table too.
CREATE PROCEDURE outlay.show_one_workspace(tenants regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenants);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenants);
    EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', tenants);
    EXECUTE format('CREATE POLICY worker ON %s TO outlay_worker USING (true) WITH CHECK (true)', tenants);
    EXECUTE format('CREATE POLICY api ON %s TO outlay_api USING (workspace ='
        ' nullif(current_setting(''outlay.workspace'', true), '''')::uuid)', tenants);
END $$;
CALL outlay.show_one_workspace('outlay.api_keys');
CALL outlay.show_one_workspace('outlay.outbox');
CALL outlay.show_one_workspace('outlay.deliveries');

GRANT USAGE ON SCHEMA outlay TO outlay_api, outlay_worker;
GRANT SELECT ON outlay.active_generation, outlay.generations, outlay.users, outlay.api_keys,
    outlay.outbox, outlay.deliveries TO outlay_api;
GRANT SELECT ON outlay.active_generation, outlay.generations, outlay.schema_migrations,
    outlay.users, outlay.api_keys TO outlay_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON outlay.outbox, outlay.deliveries, outlay.effects_from
    TO outlay_worker;
GRANT SELECT, INSERT ON outlay.operator_audit TO outlay_worker;
