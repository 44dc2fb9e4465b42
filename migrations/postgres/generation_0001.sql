-- One generation of read models, without the indexes that only queries need: first the tables of
-- admission, then what projections make of the facts. Money is in minor units. Days are local days
-- of the workspace. {generation} stands for the number of the generation.
CREATE SCHEMA IF NOT EXISTS read_g{generation};

CREATE TABLE read.commits (
    workspace uuid NOT NULL,
    command uuid NOT NULL,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    kind text NOT NULL,
    fingerprint text,
    appended_at timestamptz NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (workspace, command)
);
CREATE UNIQUE INDEX commits_by_position ON read.commits (log_partition, log_offset);
CREATE TABLE read.events (
    workspace uuid NOT NULL,
    aggregate text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    event_index integer NOT NULL,
    type text NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (workspace, aggregate, version)
);
-- The last event of each aggregate. A look-up by (workspace, aggregate) costs three index probes.
CREATE VIEW read.heads WITH (security_invoker = true) AS
    SELECT first.workspace, first.aggregate, last.version, last.hash
    FROM read.events first
    JOIN read.events last ON last.workspace = first.workspace AND last.aggregate = first.aggregate
        AND last.version = (SELECT max(other.version) FROM read.events other
            WHERE other.workspace = first.workspace AND other.aggregate = first.aggregate)
    WHERE first.version = 1;
CREATE TABLE read.rejections (
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    workspace uuid,
    command uuid,
    verdict text NOT NULL,
    detail text NOT NULL,
    appended_at timestamptz NOT NULL,
    PRIMARY KEY (log_partition, log_offset)
);
-- What seals and imports did to partitions. kind: importing, import_end or seal; workspace: NULL unless
-- a seal names one.
CREATE TABLE read.gates (
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    kind text NOT NULL,
    workspace uuid,
    PRIMARY KEY (log_partition, log_offset)
);
-- revision: how often rows were mended by hand of Outlay's own, which whoever remembers rows has to know.
CREATE TABLE read.checkpoints (
    log_partition integer PRIMARY KEY,
    next_offset bigint NOT NULL,
    last_hash text NOT NULL,
    chain_hash text NOT NULL,
    journal text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('shadow', 'active', 'frozen')),
    halt_cause text,
    halt_detail text,
    revision bigint NOT NULL DEFAULT 0
);

CREATE TABLE read.workspaces (
    workspace uuid PRIMARY KEY,
    name text NOT NULL,
    base_currency char(3) NOT NULL,
    time_zone text NOT NULL,
    archived boolean NOT NULL,
    closed_through date,
    week_start text NOT NULL,
    fiscal_year_start text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
-- kind: person (user_id is set) or service_account (name is set).
-- quiet_from, quiet_to: HH:MM where the member lives, between which nothing is sent that can wait.
CREATE TABLE read.members (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    name text NOT NULL,
    role text NOT NULL,
    added_at timestamptz NOT NULL,
    time_zone text,
    quiet_from text,
    quiet_to text,
    PRIMARY KEY (workspace, id)
);
-- version: of the whole tree, when this category changed last.
CREATE TABLE read.categories (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    parent uuid,
    archived boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (workspace, id)
);

-- state: recorded or voided. tags: a JSON array of texts. The position is that of the last event.
-- amount_minor is what was paid; refunded_minor of it came back, as refunds tells, a JSON text, see
-- workers/projections/refunds.hpp: the refunds that stand.
CREATE TABLE read.expenses (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    amount_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    spent_on date NOT NULL,
    category uuid,
    member uuid NOT NULL,
    merchant text,
    note text,
    tags text NOT NULL,
    refunded_minor bigint NOT NULL,
    refunds text NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE TABLE read.expense_tags (
    workspace uuid NOT NULL,
    tag text NOT NULL,
    expense uuid NOT NULL,
    PRIMARY KEY (workspace, tag, expense)
);
-- Money that came back for an expense. state: recorded or taken_back. counts_on: the day whose sums it
-- lowers; NULL while it lowers none, because it is taken back or its expense is voided.
CREATE TABLE read.refunds (
    workspace uuid NOT NULL,
    expense uuid NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    amount_minor bigint NOT NULL,
    counts_on date,
    PRIMARY KEY (workspace, expense, id)
);

-- Cells of the spending report. What is voided is taken out again; a refund lowers the sum of the day
-- on which it counts, and counts as no expense. No category: the nil uuid.
CREATE TABLE read.spending (
    workspace uuid NOT NULL,
    spent_on date NOT NULL,
    category uuid NOT NULL,
    member uuid NOT NULL,
    currency char(3) NOT NULL,
    amount_minor bigint NOT NULL,
    expense_count bigint NOT NULL,
    PRIMARY KEY (workspace, spent_on, category, member, currency)
);
-- No merchant: the empty text.
CREATE TABLE read.spending_merchants (
    workspace uuid NOT NULL,
    spent_on date NOT NULL,
    merchant text NOT NULL,
    currency char(3) NOT NULL,
    amount_minor bigint NOT NULL,
    expense_count bigint NOT NULL,
    PRIMARY KEY (workspace, spent_on, merchant, currency)
);
-- An expense counts under each of its tags, without any under the empty text.
CREATE TABLE read.spending_tags (
    workspace uuid NOT NULL,
    spent_on date NOT NULL,
    tag text NOT NULL,
    currency char(3) NOT NULL,
    amount_minor bigint NOT NULL,
    expense_count bigint NOT NULL,
    PRIMARY KEY (workspace, spent_on, tag, currency)
);

-- scope, limits, thresholds, adjustments, funds and rollovers are JSON texts, see
-- workers/projections/budgets.hpp. Every period is period_count units, counted from the anchor; of
-- the unit once there is one period, of that many days. What a period takes over from the one before
-- is not stored. muted_until: NULL while muted stands for good. forecast_day: the local day as of which forecasts
-- are; NULL where there are none to look at.
CREATE TABLE read.budgets (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    currency char(3) NOT NULL,
    limits text NOT NULL,
    period_unit text NOT NULL,
    period_count bigint NOT NULL,
    period_anchor date NOT NULL,
    thresholds text NOT NULL,
    archived boolean NOT NULL,
    paused boolean NOT NULL,
    muted boolean NOT NULL,
    muted_until timestamptz,
    adjustments text NOT NULL,
    funds text NOT NULL,
    rollovers text NOT NULL,
    forecast_day date,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE TABLE read.budget_usage (
    workspace uuid NOT NULL,
    budget uuid NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    spent_minor bigint NOT NULL,
    expense_count bigint NOT NULL,
    PRIMARY KEY (workspace, budget, period_start)
);
-- Kept while a threshold watches each member.
CREATE TABLE read.budget_member_usage (
    workspace uuid NOT NULL,
    budget uuid NOT NULL,
    period_start date NOT NULL,
    member uuid NOT NULL,
    spent_minor bigint NOT NULL,
    expense_count bigint NOT NULL,
    PRIMARY KEY (workspace, budget, period_start, member)
);
-- A row exists once the threshold was reached in that period. alert: the one that is open now;
-- muted: the budget was muted when it was raised. member: whose spending it is; the nil uuid:
-- everybody's.
CREATE TABLE read.threshold_states (
    workspace uuid NOT NULL,
    budget uuid NOT NULL,
    period_start date NOT NULL,
    threshold uuid NOT NULL,
    member uuid NOT NULL,
    above boolean NOT NULL,
    crossings bigint NOT NULL,
    alert uuid,
    muted boolean NOT NULL,
    held boolean NOT NULL,
    PRIMARY KEY (workspace, budget, period_start, threshold, member)
);
-- state: raised, acknowledged or resolved. percent or amount_minor is that of the threshold; basis:
-- actual or forecast. spent_minor, limit_minor, expense and the position are what the alert was
-- based on, projected_minor and as_of those of a forecast. level: reached (equal) or exceeded. cause:
-- what happened to the expense, carried (that happened to one of an earlier period), rule_changed or
-- day_passed. member: whose spending it is, NULL: everybody's. changes: how often somebody did
-- something about it.
CREATE TABLE read.alerts (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    budget uuid NOT NULL,
    threshold uuid NOT NULL,
    member uuid,
    period_start date NOT NULL,
    period_end date NOT NULL,
    crossing bigint NOT NULL,
    percent bigint,
    amount_minor bigint,
    currency char(3) NOT NULL,
    spent_minor bigint NOT NULL,
    limit_minor bigint NOT NULL,
    basis text NOT NULL,
    level text NOT NULL,
    projected_minor bigint,
    as_of date,
    muted boolean NOT NULL,
    state text NOT NULL,
    cause text NOT NULL,
    expense uuid,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    raised_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    resolved_at timestamptz,
    resolved_cause text,
    resolved_expense uuid,
    resolved_spent_minor bigint,
    resolved_partition integer,
    resolved_offset bigint,
    snoozed_until timestamptz,
    changes bigint NOT NULL,
    changed_at timestamptz,
    PRIMARY KEY (workspace, id)
);

-- state: active, paused or unconfirmed; a removed channel has no row. target and secret: ids in
-- outlay.channel_seals. timing and headers are JSON texts, see views/channel.hpp; recipient and
-- digest_every say what timing says. changes: it gets the change feed. The position is that of the registration.
CREATE TABLE read.channels (
    workspace uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    description text NOT NULL,
    events text NOT NULL,
    shown text NOT NULL,
    target uuid NOT NULL,
    secret uuid NOT NULL,
    previous_secret uuid,
    rotated_at timestamptz,
    format text,
    routing text NOT NULL,
    timing text NOT NULL,
    recipient uuid,
    digest_every text,
    signature text NOT NULL,
    headers text,
    state text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    changes boolean NOT NULL DEFAULT false,
    log_partition integer NOT NULL,
    log_offset bigint NOT NULL,
    PRIMARY KEY (workspace, id)
);

-- Every table with a workspace shows the API role one workspace only. The rule holds for the owner
-- of the tables too.
DO $$
DECLARE
    tenants regclass;
BEGIN
    FOR tenants IN
        SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'read_g{generation}'::regnamespace AND c.relkind = 'r'
            AND a.attname = 'workspace'
    LOOP
        CALL outlay.show_one_workspace(tenants);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA read_g{generation} TO outlay_api, outlay_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA read_g{generation} TO outlay_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA read_g{generation} TO outlay_worker;
