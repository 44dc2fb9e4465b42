// The fixed tables of identity as data. Column order here is the order of cells in writes.
#pragma once

#include <array>

#include "platform/sql.hpp"

namespace outlay::api::tables {

using sql::Column;
using sql::Type;

inline constexpr std::array users_columns{
    Column{"id", Type::uuid},
    Column{"name", Type::text},
    Column{"email", Type::text},
    Column{"created_at", Type::timestamp},
};
inline constexpr sql::Table users{"outlay.users", users_columns, 1};

inline constexpr std::array api_keys_columns{
    Column{"id", Type::uuid},      Column{"hash", Type::text},
    Column{"user_id", Type::uuid}, Column{"workspace", Type::uuid},
    Column{"member", Type::uuid},  Column{"instance_owner", Type::boolean},
    Column{"last4", Type::text},   Column{"created_at", Type::timestamp},
};
inline constexpr sql::Table api_keys{"outlay.api_keys", api_keys_columns, 1};

}  // namespace outlay::api::tables
