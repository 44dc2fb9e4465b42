-- One generation of read models, without the indexes that only queries need: first the tables of
-- admission, then what projections make of the facts. Money is in minor units. Days are local days
-- of the workspace.
CREATE TABLE read.commits (
    workspace TEXT NOT NULL,
    command TEXT NOT NULL,
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    kind TEXT NOT NULL,
    fingerprint TEXT,
    appended_at TEXT NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (workspace, command)
) STRICT;
CREATE UNIQUE INDEX read.commits_by_position ON read.commits (log_partition, log_offset);
CREATE TABLE read.events (
    workspace TEXT NOT NULL,
    aggregate TEXT NOT NULL,
    version INTEGER NOT NULL,
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    event_index INTEGER NOT NULL,
    type TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace, aggregate, version)
) STRICT, WITHOUT ROWID;
-- The last event of each aggregate. A look-up by (workspace, aggregate) costs three index probes.
CREATE VIEW read.heads AS
    SELECT first.workspace, first.aggregate, last.version, last.hash
    FROM read.events first
    JOIN read.events last ON last.workspace = first.workspace AND last.aggregate = first.aggregate
        AND last.version = (SELECT max(other.version) FROM read.events other
            WHERE other.workspace = first.workspace AND other.aggregate = first.aggregate)
    WHERE first.version = 1;
CREATE TABLE read.rejections (
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    workspace TEXT,
    command TEXT,
    verdict TEXT NOT NULL,
    detail TEXT NOT NULL,
    appended_at TEXT NOT NULL,
    PRIMARY KEY (log_partition, log_offset)
) STRICT;
-- What seals and imports did to partitions. kind: importing, import_end or seal; workspace: NULL unless
-- a seal names one.
CREATE TABLE read.gates (
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    kind TEXT NOT NULL,
    workspace TEXT,
    PRIMARY KEY (log_partition, log_offset)
) STRICT;
-- revision: how often rows were mended by hand of Outlay's own, which whoever remembers rows has to know.
CREATE TABLE read.checkpoints (
    log_partition INTEGER PRIMARY KEY,
    next_offset INTEGER NOT NULL,
    last_hash TEXT NOT NULL,
    chain_hash TEXT NOT NULL,
    journal TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('shadow', 'active', 'frozen')),
    halt_cause TEXT,
    halt_detail TEXT,
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE read.workspaces (
    workspace TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    base_currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    archived INTEGER NOT NULL,
    closed_through TEXT,
    week_start TEXT NOT NULL,
    fiscal_year_start TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
-- kind: person (user_id is set) or service_account (name is set).
-- quiet_from, quiet_to: HH:MM where the member lives, between which nothing is sent that can wait.
CREATE TABLE read.members (
    workspace TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    user_id TEXT,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    added_at TEXT NOT NULL,
    time_zone TEXT,
    quiet_from TEXT,
    quiet_to TEXT,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
-- version: of the whole tree, when this category changed last.
CREATE TABLE read.categories (
    workspace TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    parent TEXT,
    archived INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- state: recorded or voided. tags: a JSON array of texts. The position is that of the last event.
-- amount_minor is what was paid; refunded_minor of it came back, as refunds tells, a JSON text, see
-- workers/projections/refunds.hpp: the refunds that stand.
CREATE TABLE read.expenses (
    workspace TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    spent_on TEXT NOT NULL,
    category TEXT,
    member TEXT NOT NULL,
    merchant TEXT,
    note TEXT,
    tags TEXT NOT NULL,
    refunded_minor INTEGER NOT NULL,
    refunds TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    version INTEGER NOT NULL,
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT;
CREATE TABLE read.expense_tags (
    workspace TEXT NOT NULL,
    tag TEXT NOT NULL,
    expense TEXT NOT NULL,
    PRIMARY KEY (workspace, tag, expense)
) STRICT, WITHOUT ROWID;
-- Money that came back for an expense. state: recorded or taken_back. counts_on: the day whose sums it
-- lowers; NULL while it lowers none, because it is taken back or its expense is voided.
CREATE TABLE read.refunds (
    workspace TEXT NOT NULL,
    expense TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    counts_on TEXT,
    PRIMARY KEY (workspace, expense, id)
) STRICT, WITHOUT ROWID;

-- Cells of the spending report. What is voided is taken out again; a refund lowers the sum of the day
-- on which it counts, and counts as no expense. No category: the nil uuid.
CREATE TABLE read.spending (
    workspace TEXT NOT NULL,
    spent_on TEXT NOT NULL,
    category TEXT NOT NULL,
    member TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    expense_count INTEGER NOT NULL,
    PRIMARY KEY (workspace, spent_on, category, member, currency)
) STRICT, WITHOUT ROWID;
-- No merchant: the empty text.
CREATE TABLE read.spending_merchants (
    workspace TEXT NOT NULL,
    spent_on TEXT NOT NULL,
    merchant TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    expense_count INTEGER NOT NULL,
    PRIMARY KEY (workspace, spent_on, merchant, currency)
) STRICT, WITHOUT ROWID;
-- An expense counts under each of its tags, without any under the empty text.
CREATE TABLE read.spending_tags (
    workspace TEXT NOT NULL,
    spent_on TEXT NOT NULL,
    tag TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    expense_count INTEGER NOT NULL,
    PRIMARY KEY (workspace, spent_on, tag, currency)
) STRICT, WITHOUT ROWID;

-- scope, limits, thresholds, adjustments, funds and rollovers are JSON texts, see
-- workers/projections/budgets.hpp. Every period is period_count units, counted from the anchor; of
-- the unit once there is one period, of that many days. What a period takes over from the one before
-- is not stored. muted_until: NULL while muted stands for good. forecast_day: the local day as of which forecasts
-- are; NULL where there are none to look at.
CREATE TABLE read.budgets (
    workspace TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    currency TEXT NOT NULL,
    limits TEXT NOT NULL,
    period_unit TEXT NOT NULL,
    period_count INTEGER NOT NULL,
    period_anchor TEXT NOT NULL,
    thresholds TEXT NOT NULL,
    archived INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    muted INTEGER NOT NULL,
    muted_until TEXT,
    adjustments TEXT NOT NULL,
    funds TEXT NOT NULL,
    rollovers TEXT NOT NULL,
    forecast_day TEXT,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT;
CREATE TABLE read.budget_usage (
    workspace TEXT NOT NULL,
    budget TEXT NOT NULL,
    period_start TEXT NOT NULL,
    period_end TEXT NOT NULL,
    spent_minor INTEGER NOT NULL,
    expense_count INTEGER NOT NULL,
    PRIMARY KEY (workspace, budget, period_start)
) STRICT, WITHOUT ROWID;
-- Kept while a threshold watches each member.
CREATE TABLE read.budget_member_usage (
    workspace TEXT NOT NULL,
    budget TEXT NOT NULL,
    period_start TEXT NOT NULL,
    member TEXT NOT NULL,
    spent_minor INTEGER NOT NULL,
    expense_count INTEGER NOT NULL,
    PRIMARY KEY (workspace, budget, period_start, member)
) STRICT, WITHOUT ROWID;
-- A row exists once the threshold was reached in that period. alert: the one that is open now;
-- muted: the budget was muted when it was raised. member: whose spending it is; the nil uuid:
-- everybody's.
CREATE TABLE read.threshold_states (
    workspace TEXT NOT NULL,
    budget TEXT NOT NULL,
    period_start TEXT NOT NULL,
    threshold TEXT NOT NULL,
    member TEXT NOT NULL,
    above INTEGER NOT NULL,
    crossings INTEGER NOT NULL,
    alert TEXT,
    muted INTEGER NOT NULL,
    held INTEGER NOT NULL,
    PRIMARY KEY (workspace, budget, period_start, threshold, member)
) STRICT, WITHOUT ROWID;
-- state: raised, acknowledged or resolved. percent or amount_minor is that of the threshold; basis:
-- actual or forecast. spent_minor, limit_minor, expense and the position are what the alert was
-- based on, projected_minor and as_of those of a forecast. level: reached (equal) or exceeded. cause:
-- what happened to the expense, carried (that happened to one of an earlier period), rule_changed or
-- day_passed. member: whose spending it is, NULL: everybody's. changes: how often somebody did
-- something about it.
CREATE TABLE read.alerts (
    workspace TEXT NOT NULL,
    id TEXT NOT NULL,
    budget TEXT NOT NULL,
    threshold TEXT NOT NULL,
    member TEXT,
    period_start TEXT NOT NULL,
    period_end TEXT NOT NULL,
    crossing INTEGER NOT NULL,
    percent INTEGER,
    amount_minor INTEGER,
    currency TEXT NOT NULL,
    spent_minor INTEGER NOT NULL,
    limit_minor INTEGER NOT NULL,
    basis TEXT NOT NULL,
    level TEXT NOT NULL,
    projected_minor INTEGER,
    as_of TEXT,
    muted INTEGER NOT NULL,
    state TEXT NOT NULL,
    cause TEXT NOT NULL,
    expense TEXT,
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    raised_at TEXT NOT NULL,
    acknowledged_at TEXT,
    acknowledged_by TEXT,
    resolved_at TEXT,
    resolved_cause TEXT,
    resolved_expense TEXT,
    resolved_spent_minor INTEGER,
    resolved_partition INTEGER,
    resolved_offset INTEGER,
    snoozed_until TEXT,
    changes INTEGER NOT NULL,
    changed_at TEXT,
    PRIMARY KEY (workspace, id)
) STRICT;

-- state: active, paused or unconfirmed; a removed channel has no row. target and secret: ids in
-- outlay.channel_seals. timing and headers are JSON texts, see views/channel.hpp; recipient and
-- digest_every say what timing says. changes: it gets the change feed. The position is that of the registration.
CREATE TABLE read.channels (
    workspace TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT NOT NULL,
    shown TEXT NOT NULL,
    target TEXT NOT NULL,
    secret TEXT NOT NULL,
    previous_secret TEXT,
    rotated_at TEXT,
    format TEXT,
    routing TEXT NOT NULL,
    timing TEXT NOT NULL,
    recipient TEXT,
    digest_every TEXT,
    signature TEXT NOT NULL,
    headers TEXT,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0,
    log_partition INTEGER NOT NULL,
    log_offset INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
