// read.alerts: every crossing of a budget's threshold that fired, with the numbers and the position
// it rests on. Confined to the session's thread.
#pragma once

#include <array>
#include <optional>

#include "workers/effects.hpp"
#include "workers/fact.hpp"
#include "workers/projections/budget_usage.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::alerts {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"id", sql::Type::uuid},
    sql::Column{"budget", sql::Type::uuid},
    sql::Column{"threshold", sql::Type::uuid},
    sql::Column{"member", sql::Type::uuid},
    sql::Column{"period_start", sql::Type::date},
    sql::Column{"period_end", sql::Type::date},
    sql::Column{"crossing", sql::Type::integer},
    sql::Column{"percent", sql::Type::integer},
    sql::Column{"amount_minor", sql::Type::integer},
    sql::Column{"currency", sql::Type::text},
    sql::Column{"spent_minor", sql::Type::integer},
    sql::Column{"limit_minor", sql::Type::integer},
    sql::Column{"basis", sql::Type::text},
    sql::Column{"level", sql::Type::text},
    sql::Column{"projected_minor", sql::Type::integer},
    sql::Column{"as_of", sql::Type::date},
    sql::Column{"muted", sql::Type::boolean},
    sql::Column{"state", sql::Type::text},
    sql::Column{"cause", sql::Type::text},
    sql::Column{"expense", sql::Type::uuid},
    sql::Column{"log_partition", sql::Type::integer},
    sql::Column{"log_offset", sql::Type::integer},
    sql::Column{"raised_at", sql::Type::timestamp},
    sql::Column{"acknowledged_at", sql::Type::timestamp},
    sql::Column{"acknowledged_by", sql::Type::uuid},
    sql::Column{"resolved_at", sql::Type::timestamp},
    sql::Column{"resolved_cause", sql::Type::text},
    sql::Column{"resolved_expense", sql::Type::uuid},
    sql::Column{"resolved_spent_minor", sql::Type::integer},
    sql::Column{"resolved_partition", sql::Type::integer},
    sql::Column{"resolved_offset", sql::Type::integer},
    sql::Column{"snoozed_until", sql::Type::timestamp},
    sql::Column{"changes", sql::Type::integer},
    sql::Column{"changed_at", sql::Type::timestamp},
};
inline constexpr sql::Table table{"read.alerts", columns, 2};

// Why a period is looked at. Where it does not fire, thresholds are set above in silence; whoever
// was told of a beginning is told of the end.
struct Occasion {
    // recorded, amended, voided, restored, refunded or refund_taken_back; carried: that happened to
    // an expense of an earlier period, which hands on another number now; rule_changed or
    // day_passed
    std::string_view cause;
    std::optional<domain::ExpenseId> expense;
    bool fires = false;
    std::optional<domain::MemberId> member{};  // whose expense it is
    // The period begins after the day of the rules: what is reached is held until then.
    bool is_ahead = false;
};

// One budget's period at the end of one commit.
struct Scene {
    const AdmittedCommit& commit;
    const budget_usage::BudgetKey& key;
    const domain::budget::Budget& budget;
    Occasion occasion;
    effects::Notices* notices = nullptr;  // empty: nothing is told
    bool is_muted = false;                // what is raised now is told to nobody, nor is its end
    domain::Date as_of;                   // the local day of forecasts
};

// The local day as of which a commit's forecasts are: the latest that the budget's events told. A
// scheduler that was late must not make old days out of new expenses, so it is at least the day
// before the commit's day in UTC, which no zone is behind by more.
domain::Date forecast_day(const domain::budget::Budget& budget, domain::Instant decided_at);

// The day before the commit's day in UTC: in no zone is it earlier.
domain::Date earliest_today(domain::Instant decided_at);

// Compares the cell with the budget's thresholds, in their order: raises, holds, resolves, re-arms.
// Open alerts of thresholds that the budget no longer has are resolved.
void evaluate(const Scene& scene, budget_usage::Cell& usage, RowChanges& changes);

// An open alert that is not acknowledged yet is from now on; any other one stays as it is.
sql::Status acknowledge(sql::Session& session, RowChanges& changes, const Fact& fact,
                        const domain::AlertId& alert);

// An open alert rests until that time. Who tells people of alerts leaves it alone so long.
sql::Status snooze(sql::Session& session, RowChanges& changes, const Fact& fact,
                   const domain::budget::AlertSnoozed& event);

// The nil member stands for everybody.
domain::AlertId alert_id(const domain::ThresholdId& threshold, domain::Date period_start,
                         std::int64_t crossing, const domain::MemberId& member = {});

}  // namespace outlay::workers::alerts
