// read.categories: the category tree of each workspace, a row per category. Pure; any thread.
#pragma once

#include <array>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::categories {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"id", sql::Type::uuid},
    sql::Column{"name", sql::Type::text},
    sql::Column{"parent", sql::Type::uuid},
    sql::Column{"archived", sql::Type::boolean},
    sql::Column{"version", sql::Type::integer},
    sql::Column{"created_at", sql::Type::timestamp},
    sql::Column{"updated_at", sql::Type::timestamp},
};
inline constexpr sql::Table table{"read.categories", columns, 2};

void project(const Fact& fact, RowChanges& changes);

}  // namespace outlay::workers::categories
