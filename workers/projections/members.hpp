// read.members: the people and service accounts of each workspace who are present now. Pure; any
// thread.
#pragma once

#include <array>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::members {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},     sql::Column{"id", sql::Type::uuid},
    sql::Column{"kind", sql::Type::text},          sql::Column{"user_id", sql::Type::uuid},
    sql::Column{"name", sql::Type::text},          sql::Column{"role", sql::Type::text},
    sql::Column{"added_at", sql::Type::timestamp}, sql::Column{"time_zone", sql::Type::text},
    sql::Column{"quiet_from", sql::Type::text},    sql::Column{"quiet_to", sql::Type::text},
};
inline constexpr sql::Table table{"read.members", columns, 2};

void project(const Fact& fact, RowChanges& changes);

}  // namespace outlay::workers::members
