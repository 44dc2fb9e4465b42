// read.workspaces: settings of each workspace. Pure; any thread.
#pragma once

#include <array>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::workspaces {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"name", sql::Type::text},
    sql::Column{"base_currency", sql::Type::text},
    sql::Column{"time_zone", sql::Type::text},
    sql::Column{"archived", sql::Type::boolean},
    sql::Column{"closed_through", sql::Type::date},
    sql::Column{"week_start", sql::Type::text},
    sql::Column{"fiscal_year_start", sql::Type::text},
    sql::Column{"version", sql::Type::integer},
    sql::Column{"created_at", sql::Type::timestamp},
    sql::Column{"updated_at", sql::Type::timestamp},
};
inline constexpr sql::Table table{"read.workspaces", columns, 1};

void project(const Fact& fact, RowChanges& changes);

}  // namespace outlay::workers::workspaces
