// read.budgets: everything that a budget shows beside its usage. JSON columns: scope
// {"categories":["cat_..."],"members":
// ["mem_..."],"merchants":[...],"tags":[...]}, limits [{"from":"2026-01-01","minor":5000}] in order
// of days, thresholds [{"id":"thr_...","percent":80}] or with "amount_minor", and with
// "basis":"forecast" and "per":"member"; adjustments and funds
// [{"period":"2026-03-01","minor":-500}] and rollovers
// [{"from":"2026-03-01","carry":"capped","cap_minor":500}] in order of days. Pure; any thread.
#pragma once

#include <array>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::budgets {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"id", sql::Type::uuid},
    sql::Column{"name", sql::Type::text},
    sql::Column{"scope", sql::Type::text},
    sql::Column{"currency", sql::Type::text},
    sql::Column{"limits", sql::Type::text},
    sql::Column{"period_unit", sql::Type::text},
    sql::Column{"period_count", sql::Type::integer},
    sql::Column{"period_anchor", sql::Type::date},
    sql::Column{"thresholds", sql::Type::text},
    sql::Column{"archived", sql::Type::boolean},
    sql::Column{"paused", sql::Type::boolean},
    sql::Column{"muted", sql::Type::boolean},
    sql::Column{"muted_until", sql::Type::timestamp},
    sql::Column{"adjustments", sql::Type::text},
    sql::Column{"funds", sql::Type::text},
    sql::Column{"rollovers", sql::Type::text},
    sql::Column{"forecast_day", sql::Type::date},
    sql::Column{"version", sql::Type::integer},
    sql::Column{"created_at", sql::Type::timestamp},
    sql::Column{"updated_at", sql::Type::timestamp},
};
inline constexpr sql::Table table{"read.budgets", columns, 2};

void project(const Fact& fact, RowChanges& changes);

}  // namespace outlay::workers::budgets
