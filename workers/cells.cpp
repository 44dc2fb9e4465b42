// Forms of cells that take more than one call.
#include "workers/cells.hpp"

#include <charconv>

#include "platform/stored_instant.hpp"

namespace outlay::workers {

namespace {

constexpr std::size_t harmless_bytes_max = 500;

bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

sql::Value cell(domain::Instant at) {
    return sql::stored_instant(at);
}

domain::Date day_of(std::string_view text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const char* end = text.data() + text.size();
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): `end` is the size
    auto read = std::from_chars(text.data(), end, year);
    if (read.ptr != end) read = std::from_chars(read.ptr + 1, end, month);
    if (read.ptr != end) read = std::from_chars(read.ptr + 1, end, day);
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    CHECK(read.ec == std::errc{} && date.ok(), "a day of the store has another form");
    return domain::Date{std::chrono::sys_days{date}};
}

std::string harmless(std::string_view text) {
    std::size_t size = std::min(text.size(), harmless_bytes_max);
    while (size > 0 && size < text.size() && continues_character(text[size])) --size;
    std::string kept(text.substr(0, size));
    std::erase(kept, '\0');
    return kept;
}

}  // namespace outlay::workers
