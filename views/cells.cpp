// One form for each sort of cell.
#include "views/cells.hpp"

#include "domain/values/check.hpp"

namespace outlay::views {

namespace {

domain::Instant instant_of(std::string_view cell) {
    const auto instant = domain::Instant::parse(cell);
    CHECK(instant.has_value(), "a timestamp cell of another form");
    return *instant;
}

}  // namespace

domain::Instant instant_in(const sql::Rows& rows, std::size_t row, std::size_t column) {
    return instant_of(rows.text(row, column));
}

std::optional<domain::Instant> optional_instant_in(const sql::Rows& rows, std::size_t row,
                                                   std::size_t column) {
    return rows.is_null(row, column) ? std::nullopt : std::optional(instant_in(rows, row, column));
}

std::string instant_text(const std::string& cell) {
    return instant_of(cell).text();
}

std::optional<std::string> optional_instant(const sql::Rows& rows, std::size_t row,
                                            std::size_t column) {
    return rows.is_null(row, column) ? std::nullopt
                                     : std::optional(instant_text(rows.text(row, column)));
}

void write_money(json::Writer& out, std::string_view name, std::int64_t minor,
                 std::string_view currency) {
    out.key(name).begin_object().field("amount", minor).field("currency", currency).end_object();
}

}  // namespace outlay::views
