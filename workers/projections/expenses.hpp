// read.expenses and read.expense_tags: everything that a single expense and lists of expenses show.
// Pure; any thread.
#pragma once

#include <array>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::expenses {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"id", sql::Type::uuid},
    sql::Column{"state", sql::Type::text},
    sql::Column{"amount_minor", sql::Type::integer},
    sql::Column{"currency", sql::Type::text},
    sql::Column{"spent_on", sql::Type::date},
    sql::Column{"category", sql::Type::uuid},
    sql::Column{"member", sql::Type::uuid},
    sql::Column{"merchant", sql::Type::text},
    sql::Column{"note", sql::Type::text},
    sql::Column{"tags", sql::Type::text},
    sql::Column{"refunded_minor", sql::Type::integer},
    sql::Column{"refunds", sql::Type::text},
    sql::Column{"created_by", sql::Type::uuid},
    sql::Column{"created_at", sql::Type::timestamp},
    sql::Column{"updated_at", sql::Type::timestamp},
    sql::Column{"version", sql::Type::integer},
    sql::Column{"log_partition", sql::Type::integer},
    sql::Column{"log_offset", sql::Type::integer},
};
inline constexpr sql::Table table{"read.expenses", columns, 2};

inline constexpr std::array tag_columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"tag", sql::Type::text},
    sql::Column{"expense", sql::Type::uuid},
};
inline constexpr sql::Table tags_table{"read.expense_tags", tag_columns, 3};

void project(const Fact& fact, RowChanges& changes);

}  // namespace outlay::workers::expenses
