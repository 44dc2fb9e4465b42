// read.spending, read.spending_merchants, read.spending_tags: sums per day for reports. What an
// expense was is taken out, what it is now is put in. Pure; any thread.
#pragma once

#include <array>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::spending {

// No category: the nil uuid.
inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"spent_on", sql::Type::date},
    sql::Column{"category", sql::Type::uuid},
    sql::Column{"member", sql::Type::uuid},
    sql::Column{"currency", sql::Type::text},
    sql::Column{"amount_minor", sql::Type::integer},
    sql::Column{"expense_count", sql::Type::integer},
};
inline constexpr sql::Table table{"read.spending", columns, 5};

// No merchant: the empty text.
inline constexpr std::array merchant_columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"spent_on", sql::Type::date},
    sql::Column{"merchant", sql::Type::text},
    sql::Column{"currency", sql::Type::text},
    sql::Column{"amount_minor", sql::Type::integer},
    sql::Column{"expense_count", sql::Type::integer},
};
inline constexpr sql::Table merchants_table{"read.spending_merchants", merchant_columns, 4};

// An expense counts under each of its tags; without any, under the empty text.
inline constexpr std::array tag_columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"spent_on", sql::Type::date},
    sql::Column{"tag", sql::Type::text},
    sql::Column{"currency", sql::Type::text},
    sql::Column{"amount_minor", sql::Type::integer},
    sql::Column{"expense_count", sql::Type::integer},
};
inline constexpr sql::Table tags_table{"read.spending_tags", tag_columns, 4};

void project(const Fact& fact, RowChanges& changes);

}  // namespace outlay::workers::spending
