// Cells of rows in the form in which documents show them. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"
#include "platform/json/writer.hpp"
#include "platform/sql.hpp"

namespace outlay::views {

domain::Instant instant_in(const sql::Rows& rows, std::size_t row, std::size_t column);
std::optional<domain::Instant> optional_instant_in(const sql::Rows& rows, std::size_t row,
                                                   std::size_t column);
// A timestamp cell in the form of domain::Instant, the one that rendered states have.
std::string instant_text(const std::string& cell);
std::optional<std::string> optional_instant(const sql::Rows& rows, std::size_t row,
                                            std::size_t column);

template <typename AnyId>
std::optional<AnyId> optional_id(const sql::Rows& rows, std::size_t row, std::size_t column) {
    const auto uuid = rows.optional_uuid(row, column);
    return uuid ? std::optional(AnyId{*uuid}) : std::nullopt;
}

// {"amount","currency"} as the member `name`.
void write_money(json::Writer& out, std::string_view name, std::int64_t minor,
                 std::string_view currency);

}  // namespace outlay::views
