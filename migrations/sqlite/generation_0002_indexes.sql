-- What only queries need, apart from the tables: a rebuild fills these first.
CREATE INDEX IF NOT EXISTS read.members_by_user ON read.members (user_id, workspace);
CREATE INDEX IF NOT EXISTS read.expenses_by_day ON read.expenses (workspace, spent_on, id);
CREATE INDEX IF NOT EXISTS read.expenses_by_amount ON read.expenses (workspace, amount_minor, id);
CREATE INDEX IF NOT EXISTS read.expenses_by_creation ON read.expenses (workspace, created_at, id);
CREATE INDEX IF NOT EXISTS read.expenses_by_category ON read.expenses (workspace, category, spent_on, id);
CREATE INDEX IF NOT EXISTS read.expenses_by_member ON read.expenses (workspace, member, spent_on, id);
CREATE INDEX IF NOT EXISTS read.expenses_by_merchant ON read.expenses (workspace, merchant, spent_on, id);
CREATE INDEX IF NOT EXISTS read.expenses_voided ON read.expenses (workspace, spent_on, id) WHERE state = 'voided';
CREATE INDEX IF NOT EXISTS read.refunds_by_day ON read.refunds (workspace, counts_on);
-- The notifier looks for digests that are due.
CREATE INDEX IF NOT EXISTS read.channels_with_digest ON read.channels (workspace, id) WHERE digest_every IS NOT NULL;
CREATE INDEX IF NOT EXISTS read.alerts_by_time ON read.alerts (workspace, raised_at, id);
CREATE INDEX IF NOT EXISTS read.alerts_by_state ON read.alerts (workspace, state, raised_at, id);
CREATE INDEX IF NOT EXISTS read.alerts_by_budget ON read.alerts (workspace, budget, raised_at, id);
-- The scheduler's: budgets whose day may be over.
CREATE INDEX IF NOT EXISTS read.budgets_by_forecast_day ON read.budgets (forecast_day) WHERE forecast_day IS NOT NULL;
-- Periods that are above before they begin.
CREATE INDEX IF NOT EXISTS read.threshold_states_held ON read.threshold_states (period_start) WHERE held;
-- The projector's: who gets the change feed.
CREATE INDEX IF NOT EXISTS read.channels_with_changes ON read.channels (log_partition) WHERE changes;
