-- What only queries need, apart from the tables: a rebuild fills these first.
CREATE INDEX IF NOT EXISTS members_by_user ON read.members (user_id, workspace);
CREATE INDEX IF NOT EXISTS expenses_by_day ON read.expenses (workspace, spent_on, id);
CREATE INDEX IF NOT EXISTS expenses_by_amount ON read.expenses (workspace, amount_minor, id);
CREATE INDEX IF NOT EXISTS expenses_by_creation ON read.expenses (workspace, created_at, id);
CREATE INDEX IF NOT EXISTS expenses_by_category ON read.expenses (workspace, category, spent_on, id);
CREATE INDEX IF NOT EXISTS expenses_by_member ON read.expenses (workspace, member, spent_on, id);
CREATE INDEX IF NOT EXISTS expenses_by_merchant ON read.expenses (workspace, merchant, spent_on, id);
-- For a currency that is rare in its workspace; SQLite, without statistics, would take it for the common one too.
CREATE INDEX IF NOT EXISTS expenses_by_currency ON read.expenses (workspace, currency, spent_on, id);
CREATE INDEX IF NOT EXISTS expenses_voided ON read.expenses (workspace, spent_on, id) WHERE state = 'voided';
CREATE INDEX IF NOT EXISTS refunds_by_day ON read.refunds (workspace, counts_on);
-- The notifier looks for digests that are due.
CREATE INDEX IF NOT EXISTS channels_with_digest ON read.channels (workspace, id) WHERE digest_every IS NOT NULL;
CREATE INDEX IF NOT EXISTS alerts_by_time ON read.alerts (workspace, raised_at, id);
CREATE INDEX IF NOT EXISTS alerts_by_state ON read.alerts (workspace, state, raised_at, id);
CREATE INDEX IF NOT EXISTS alerts_by_budget ON read.alerts (workspace, budget, raised_at, id);
-- The scheduler's: budgets whose day may be over.
CREATE INDEX IF NOT EXISTS budgets_by_forecast_day ON read.budgets (forecast_day) WHERE forecast_day IS NOT NULL;
-- Periods that are above before they begin.
CREATE INDEX IF NOT EXISTS threshold_states_held ON read.threshold_states (period_start) WHERE held;
-- The projector's: who gets the change feed.
CREATE INDEX IF NOT EXISTS channels_with_changes ON read.channels (log_partition) WHERE changes;
-- A generation that was filled in one go has no statistics yet. Of one that is still empty they would mislead.
DO $$ BEGIN
    IF EXISTS (SELECT FROM read.events OFFSET 1000) THEN
        ANALYZE read.commits, read.events, read.rejections, read.members, read.categories, read.expenses,
            read.expense_tags, read.refunds, read.spending, read.spending_merchants, read.spending_tags,
            read.budgets, read.budget_usage, read.budget_member_usage, read.threshold_states, read.alerts,
            read.channels;
    END IF;
END $$;
