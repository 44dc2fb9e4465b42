// read.refunds: money that came back, by the day that it lowers, a row for each refund, also of
// those that were taken back. All about those that stand is in the row of their expense, as JSON
// [{"id":"rfd_...","minor":500,
// "received_on":"2026-12-03","counts_in":"received","created_by":"mem_...","created_at":"..."}],
// with "reason" where there is one. Pure; any thread.
#pragma once

#include <array>
#include <string>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::refunds {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"expense", sql::Type::uuid},
    sql::Column{"id", sql::Type::uuid},
    sql::Column{"state", sql::Type::text},
    sql::Column{"amount_minor", sql::Type::integer},
    sql::Column{"counts_on", sql::Type::date},
};
inline constexpr sql::Table table{"read.refunds", columns, 3};

void project(const Fact& fact, RowChanges& changes);

// The column of read.expenses.
std::string standing_json(const domain::expense::Expense& expense);

}  // namespace outlay::workers::refunds
