// The cells of an answer, which PostgreSQL tells in its text form.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/sql.hpp"

namespace outlay::postgres {

// A cell of a column of type `oid`.
sql::Value cell_of(std::uint32_t oid, std::string_view text);

}  // namespace outlay::postgres
