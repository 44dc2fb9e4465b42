// How domain values stand in cells of the read store. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/values/dates.hpp"
#include "domain/values/ids.hpp"
#include "domain/values/money.hpp"
#include "platform/sql.hpp"

namespace outlay::workers {

inline sql::Value cell(std::int64_t number) {
    return number;
}
inline sql::Value cell(std::uint64_t number) {
    return static_cast<std::int64_t>(number);
}
inline sql::Value cell(std::int32_t number) {
    return std::int64_t{number};
}
inline sql::Value cell(std::string_view text) {
    return std::string(text);
}
inline sql::Value cell(const domain::Uuid& id) {
    return id.text();
}
inline sql::Value cell(domain::Date day) {
    return day.text();
}
inline sql::Value cell(const domain::Currency& currency) {
    return std::string(currency.code());
}
sql::Value cell(domain::Instant at);
template <typename Kind>
sql::Value cell(const domain::Id<Kind>& id) {
    return id.value.text();
}
template <typename T>
sql::Value cell(const std::optional<T>& maybe) {
    return maybe ? cell(*maybe) : sql::Value{sql::Null{}};
}
inline sql::Value flag(bool set) {
    return std::int64_t{set ? 1 : 0};
}

// A day of the store. Period bounds may lie just outside the years that people may name. CHECKs the
// form.
domain::Date day_of(std::string_view text);

// For free text of a rejected record: without NUL, which no store takes, and not longer than a line
// or two.
std::string harmless(std::string_view text);

}  // namespace outlay::workers
