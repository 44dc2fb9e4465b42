// read.channels: the notification channels of each workspace that exist. Pure; any thread.
#pragma once

#include <array>

#include "workers/fact.hpp"
#include "workers/row_changes.hpp"

namespace outlay::workers::channels {

inline constexpr std::array columns{
    sql::Column{"workspace", sql::Type::uuid},
    sql::Column{"id", sql::Type::uuid},
    sql::Column{"kind", sql::Type::text},
    sql::Column{"description", sql::Type::text},
    sql::Column{"events", sql::Type::text},  // a JSON array of texts
    sql::Column{"shown", sql::Type::text},
    sql::Column{"target", sql::Type::uuid},
    sql::Column{"secret", sql::Type::uuid},
    sql::Column{"previous_secret", sql::Type::uuid},
    sql::Column{"rotated_at", sql::Type::timestamp},
    sql::Column{"format", sql::Type::text},
    sql::Column{"routing", sql::Type::text},
    sql::Column{"timing", sql::Type::text},
    sql::Column{"recipient", sql::Type::uuid},
    sql::Column{"digest_every", sql::Type::text},
    sql::Column{"signature", sql::Type::text},
    sql::Column{"headers", sql::Type::text},  // a JSON array of names
    sql::Column{"state", sql::Type::text},
    sql::Column{"version", sql::Type::integer},
    sql::Column{"created_at", sql::Type::timestamp},
    sql::Column{"updated_at", sql::Type::timestamp},
    sql::Column{"changes", sql::Type::boolean},  // whether it gets the change feed
    sql::Column{"log_partition", sql::Type::integer},
    sql::Column{"log_offset", sql::Type::integer},
};
inline constexpr sql::Table table{"read.channels", columns, 2};

void project(const Fact& fact, RowChanges& changes);

}  // namespace outlay::workers::channels
