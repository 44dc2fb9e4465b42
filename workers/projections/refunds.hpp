// read.refunds: money that came back, a row for each refund, also of those that were taken back.
// The ones that stand are in the row of their expense too, as JSON [{"id":"rfd_...","minor":500,
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
    sql::Column{"currency", sql::Type::text},
    sql::Column{"received_on", sql::Type::date},
    sql::Column{"counts_in", sql::Type::text},
    sql::Column{"counts_on", sql::Type::date},
    sql::Column{"reason", sql::Type::text},
    sql::Column{"created_by", sql::Type::uuid},
    sql::Column{"created_at", sql::Type::timestamp},
};
inline constexpr sql::Table table{"read.refunds", columns, 3};

void project(const Fact& fact, RowChanges& changes);

// The column of read.expenses.
std::string standing_json(const domain::expense::Expense& expense);

}  // namespace outlay::workers::refunds
